//! Cancelling: only what has not started, and then for good.

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;

use anypool_core::{Executor as _, JobError, JobHandle, Settlement, WaitUntil, as_completed, wait};

use crate::hand_driven::{HandDriven, LONG, run, settle, submit_gated};

fn double(n: u32) -> u32 {
    n * 2
}

#[test]
fn a_queued_job_can_be_cancelled_twice_and_never_runs() {
    let pool = HandDriven::new();
    let (handle, gate) = submit_gated(&pool);
    assert!(handle.cancel());
    assert!(handle.cancel());
    pool.run_all();
    assert!(gate.started.try_recv().is_err());
    assert_eq!(handle.join(), Err(JobError::Cancelled));
}

#[test]
fn a_running_job_cannot_be_cancelled() {
    let pool = HandDriven::new();
    let (handle, gate) = submit_gated(&pool);
    thread::scope(|scope| {
        scope.spawn(|| pool.run_next());
        gate.started.recv_timeout(LONG).unwrap();
        assert!(!handle.cancel());
        gate.end.send(3).unwrap();
        assert_eq!(handle.join(), Ok(3));
    });
}

#[test]
fn an_ended_job_cannot_be_cancelled() {
    let pool = HandDriven::new();
    let handle = pool.submit(double, 2).unwrap();
    pool.run_all();
    assert!(!handle.cancel());
    assert_eq!(handle.join(), Ok(4));
}

#[test]
fn cancelled_is_done_for_every_way_of_waiting() {
    let pool = HandDriven::new();
    let handles: Vec<_> = (0..5).map(|n| pool.submit(double, n).unwrap()).collect();
    assert!(handles.iter().all(JobHandle::cancel));
    let waited = wait(&handles, WaitUntil::All, Some(LONG));
    assert_eq!((waited.done.len(), waited.pending.len()), (5, 0));
    let outcomes: Vec<_> = as_completed(handles).collect();
    let cancelled: Vec<_> = (0..5).map(|n| (n, Err(JobError::Cancelled))).collect();
    assert_eq!(outcomes, cancelled);
}

#[test]
fn cancelling_releases_who_waits_already() {
    let pool = HandDriven::new();
    let handles = [pool.submit(double, 1).unwrap()];
    thread::scope(|scope| {
        let waiter = scope.spawn(|| wait(&handles, WaitUntil::All, Some(LONG)));
        assert!(handles[0].cancel());
        assert_eq!(waiter.join().unwrap().done, [0]);
    });
}

#[test]
fn cancelling_drops_the_input_at_once() {
    let pool = HandDriven::new();
    let probe = Arc::new(());
    let held = Arc::clone(&probe);
    let handle = anypool_core::submit_closure(&pool, move || drop(held)).unwrap();
    assert!(handle.cancel());
    assert_eq!(Arc::strong_count(&probe), 1);
}

#[test]
fn a_result_that_comes_after_the_cancellation_is_ignored() {
    let pool = HandDriven::new();
    let handle = pool.submit(double, 1).unwrap();
    let work = pool.take();
    assert!(handle.cancel());
    settle(&work.job, 0, Settlement::Failed(JobError::Shutdown));
    run(&work);
    assert_eq!(handle.join(), Err(JobError::Cancelled));
}

#[test]
fn a_cancellation_runs_the_callbacks_on_its_own_thread() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(double, 1).unwrap();
    let (tell, told) = channel();
    handle.on_done(move |outcome| {
        tell.send((thread::current().id(), outcome.clone()))
            .unwrap();
    });
    assert!(handle.cancel());
    let seen = told.try_recv().unwrap();
    assert_eq!(seen, (thread::current().id(), Err(JobError::Cancelled)));
}

#[test]
fn who_cancels_second_is_told_true_even_while_callbacks_run() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(double, 1).unwrap();
    let (tell, told) = channel();
    let (let_go, go) = channel::<()>();
    handle.on_done(move |_| {
        tell.send(()).unwrap();
        go.recv_timeout(LONG).unwrap();
    });
    thread::scope(|scope| {
        scope.spawn(|| assert!(handle.cancel()));
        told.recv_timeout(LONG).unwrap();
        let second = handle.cancel();
        let_go.send(()).unwrap();
        assert!(second, "it is cancelled already");
    });
}

#[test]
fn cancel_and_start_never_both_win() {
    for _ in 0..500 {
        let pool = HandDriven::new();
        let handle = pool.submit(double, 21).unwrap();
        let line = Barrier::new(2);
        let cancelled = thread::scope(|scope| {
            let runner = scope.spawn(|| {
                line.wait();
                pool.run_all();
            });
            line.wait();
            let cancelled = handle.cancel();
            runner.join().unwrap();
            cancelled
        });
        let expected = if cancelled {
            Err(JobError::Cancelled)
        } else {
            Ok(42)
        };
        assert_eq!(handle.join(), expected);
    }
}
