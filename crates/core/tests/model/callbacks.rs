//! `on_done`: once each, in order, with the outcome, before anyone who waits is released.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

use anypool_core::{Executor as _, JobError, Settlement, WaitUntil, wait};

use crate::hand_driven::{HandDriven, LONG, settle_with};

fn square(n: u32) -> u32 {
    n * n
}

#[test]
fn callbacks_are_called_once_in_the_order_they_were_added() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(square, 3).unwrap();
    let calls = Arc::new(Mutex::new(Vec::new()));
    for number in 0..3 {
        let calls = Arc::clone(&calls);
        handle.on_done(move |outcome| calls.lock().unwrap().push((number, outcome.clone())));
    }
    assert!(calls.lock().unwrap().is_empty());
    pool.run_all();
    let expected = [0, 1, 2].map(|number| (number, Ok(9)));
    assert_eq!(*calls.lock().unwrap(), expected);
    assert_eq!(handle.join(), Ok(9));
    assert_eq!(calls.lock().unwrap().len(), 3);
}

#[test]
fn a_callback_added_after_the_end_is_called_at_once() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(square, 4).unwrap();
    pool.run_all();
    let (tell, told) = channel();
    handle.on_done(move |outcome| tell.send(outcome.clone()).unwrap());
    assert_eq!(told.try_recv(), Ok(Ok(16)));
    assert_eq!(handle.join(), Ok(16));
}

#[test]
fn a_callback_sees_an_undecoded_value_decoded() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(square, 4).unwrap();
    settle_with(&pool.take().job, 0, &5_u32);
    let (tell, told) = channel();
    handle.on_done(move |outcome| tell.send(outcome.clone()).unwrap());
    assert_eq!(told.try_recv(), Ok(Ok(5)));
    assert_eq!(handle.join(), Ok(5));
}

#[test]
fn a_panic_in_one_callback_does_not_skip_the_next() {
    anypool_core::set_quiet(true);
    let pool = HandDriven::new();
    let mut handle = pool.submit(square, 2).unwrap();
    let (tell, told) = channel();
    handle.on_done(|_| panic!("a callback's own fault"));
    handle.on_done(move |_| tell.send(()).unwrap());
    pool.run_all();
    assert_eq!(told.try_recv(), Ok(()));
    assert_eq!(handle.join(), Ok(4));
}

#[test]
fn a_failure_is_an_outcome_too() {
    anypool_core::set_quiet(true);
    let pool = HandDriven::new();
    let mut handle = pool.submit(|n: u32| assert_eq!(n, 0), 1).unwrap();
    let (tell, told) = channel();
    handle.on_done(move |outcome| tell.send(outcome.is_err()).unwrap());
    pool.run_all();
    assert_eq!(told.try_recv(), Ok(true));
}

#[test]
fn who_waits_is_released_after_the_callbacks() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(square, 2).unwrap();
    let (tell, told) = channel();
    let (let_go, go) = channel::<()>();
    let called = Arc::new(AtomicBool::new(false));
    let sets = Arc::clone(&called);
    handle.on_done(move |_| {
        tell.send(()).unwrap();
        go.recv_timeout(LONG).unwrap();
        sets.store(true, Ordering::SeqCst);
    });
    thread::scope(|scope| {
        scope.spawn(|| pool.run_all());
        told.recv_timeout(LONG).unwrap();
        assert!(!handle.is_finished());
        let joiner = scope.spawn(|| (handle.join(), called.load(Ordering::SeqCst)));
        let_go.send(()).unwrap();
        assert_eq!(joiner.join().unwrap(), (Ok(4), true));
    });
}

#[test]
fn callbacks_that_are_dropped_unrun_release_who_waits() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(square, 2).unwrap();
    let (tell, told) = channel();
    handle.on_done(move |_| tell.send(()).unwrap());
    let how = Settlement::Failed(JobError::Shutdown);
    drop(pool.take().job.settle(0, how, std::time::Duration::ZERO));
    assert_eq!(handle.join(), Err(JobError::Shutdown));
    assert!(told.try_recv().is_err());
}

#[test]
fn a_callback_may_submit() {
    let pool = Arc::new(HandDriven::new());
    let (tell, told) = channel();
    link(&pool, 300, tell);
    pool.run_all();
    assert_eq!(told.try_recv(), Ok(0));
}

/// Submits a job whose callback submits the next, `left` times.
fn link(pool: &Arc<HandDriven>, left: u32, end: std::sync::mpsc::Sender<u32>) {
    let mut handle = pool.submit(square, left).unwrap();
    let next = Arc::downgrade(pool);
    handle.on_done(move |_| match left {
        0 => end.send(left).unwrap(),
        _ => link(&next.upgrade().unwrap(), left - 1, end),
    });
}

#[test]
fn a_callback_added_while_callbacks_run_is_called_too() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(square, 2).unwrap();
    let (tell, told) = channel();
    let (let_go, go) = channel::<()>();
    let late = tell.clone();
    handle.on_done(move |_| {
        tell.send("first").unwrap();
        go.recv_timeout(LONG).unwrap();
    });
    thread::scope(|scope| {
        scope.spawn(|| pool.run_all());
        assert_eq!(told.recv_timeout(LONG), Ok("first"));
        handle.on_done(move |_| late.send("second").unwrap());
        let_go.send(()).unwrap();
        assert_eq!(told.recv_timeout(LONG), Ok("second"));
    });
    assert_eq!(wait(&[handle], WaitUntil::All, Some(LONG)).done, [0]);
}
