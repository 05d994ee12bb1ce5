//! `on_done`: once each, in order, before anyone who waits is released; free to submit.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anypool_core::{Executor as _, JobError, JobHandle, WaitUntil, set_quiet, wait};
use anypool_tests::{Gate, LONG, Pass, Pool, Subject};

anypool_tests::contract! {
    all: [
        every_callback_is_called_once,
        a_callback_on_an_ended_job_is_called_at_once,
        a_callback_sees_why_a_job_failed,
        a_panicking_callback_does_not_skip_the_next,
        a_callback_may_submit_hundreds_in_a_chain,
    ],
    pools: [
        callbacks_come_in_order_before_the_joiner_is_released,
        a_cancelled_job_calls_back_too,
        a_chain_survives_jobs_that_panic,
    ],
    processes: [a_chain_survives_jobs_that_kill_their_workers],
}

fn square(n: u64) -> u64 {
    n * n
}

fn fail(n: u64) -> u64 {
    set_quiet(true);
    panic!("no {n}")
}

fn every_callback_is_called_once<S: Subject>() {
    let pool = S::with_workers(2);
    let (tell, told) = channel();
    for n in 0..100 {
        let tell = tell.clone();
        let mut handle = pool.submit(square, n).unwrap();
        handle.on_done(move |outcome| tell.send((n, outcome.clone())).unwrap());
    }
    let mut calls: Vec<_> = (0..100).map(|_| told.recv_timeout(LONG).unwrap()).collect();
    calls.sort_by_key(|(n, _)| *n);
    assert!(calls.into_iter().eq((0..100).map(|n| (n, Ok(n * n)))));
    drop(pool);
    assert!(told.try_recv().is_err());
}

fn a_callback_on_an_ended_job_is_called_at_once<S: Subject>() {
    let pool = S::with_workers(1);
    let handle = pool.submit(square, 5).unwrap();
    wait(&[&handle], WaitUntil::All, Some(LONG));
    let (mut handle, (tell, told)) = (handle, channel());
    handle.on_done(move |outcome| tell.send(outcome.clone()).unwrap());
    assert_eq!(told.try_recv(), Ok(Ok(25)));
    assert_eq!(handle.join(), Ok(25));
}

fn a_callback_sees_why_a_job_failed<S: Subject>() {
    let pool = S::with_workers(1);
    let (tell, told) = channel();
    let mut handle = pool.submit(fail, 5).unwrap();
    handle.on_done(move |outcome| tell.send(outcome.clone()).unwrap());
    let seen = told.recv_timeout(LONG).unwrap();
    assert!(matches!(seen, Err(JobError::Panicked(_))), "{seen:?}");
    assert_eq!(handle.join(), seen);
}

fn a_panicking_callback_does_not_skip_the_next<S: Subject>() {
    let pool = S::with_workers(1);
    let (tell, told) = channel();
    let mut handle = pool.submit(square, 2).unwrap();
    handle.on_done(|_| {
        set_quiet(true);
        panic!("a callback's own fault")
    });
    handle.on_done(move |_| tell.send(()).unwrap());
    assert_eq!(told.recv_timeout(LONG), Ok(()));
    assert_eq!(handle.join(), Ok(4));
    assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
}

/// Submits a job whose callback submits the next, `left` times; every job is `task`.
fn link<S: Subject>(
    pool: &Arc<S::Executor>,
    task: fn(&S::Executor, u64) -> JobHandle<u64>,
    left: u64,
    end: Sender<u64>,
) {
    let mut handle = task(pool, left);
    let pool = Arc::clone(pool);
    handle.on_done(move |_| match left {
        0 => end.send(left).unwrap(),
        _ => link::<S>(&pool, task, left - 1, end),
    });
}

fn a_callback_may_submit_hundreds_in_a_chain<S: Subject>() {
    let pool = Arc::new(S::with_workers(2));
    let (end, ended) = channel();
    link::<S>(&pool, |pool, n| pool.submit(square, n).unwrap(), 300, end);
    assert_eq!(ended.recv_timeout(LONG), Ok(0));
    release(pool);
}

fn a_chain_survives_jobs_that_panic<P: Pool>() {
    let pool = Arc::new(P::with_workers(2));
    let (end, ended) = channel();
    link::<P>(&pool, |pool, n| pool.submit(fail, n).unwrap(), 100, end);
    assert_eq!(ended.recv_timeout(LONG), Ok(0));
    release(pool);
}

fn abort(_: u64) -> u64 {
    std::process::abort()
}

fn a_chain_survives_jobs_that_kill_their_workers<P: Pool>() {
    let pool = Arc::new(P::with_workers(2));
    let (end, ended) = channel();
    link::<P>(&pool, |pool, n| pool.submit(abort, n).unwrap(), 20, end);
    assert_eq!(ended.recv_timeout(LONG), Ok(0));
    assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
    release(pool);
}

/// Waits until no callback has the pool any more, so that it is this thread that drops it: a pool
/// that is dropped by its own thread would wait for itself.
pub(crate) fn release<X>(pool: Arc<X>) {
    let mut shared = Some(pool);
    let given_up = Instant::now() + LONG;
    while let Err(still_shared) = Arc::try_unwrap(shared.take().expect("put back below")) {
        assert!(Instant::now() < given_up, "a callback was never dropped");
        shared = Some(still_shared);
        std::thread::yield_now();
    }
}

fn callbacks_come_in_order_before_the_joiner_is_released<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let calls = Arc::new(Mutex::new(Vec::new()));
    let mut handle = pool.submit(Pass::enter, gate.pass(3)).unwrap();
    for number in 0..10 {
        let calls = Arc::clone(&calls);
        handle.on_done(move |outcome| calls.lock().unwrap().push((number, outcome.clone())));
    }
    let visitor = gate.next();
    assert_eq!(*calls.lock().unwrap(), []);
    visitor.let_go();
    assert_eq!(handle.join(), Ok(3));
    let expected: Vec<_> = (0..10).map(|number| (number, Ok(3))).collect();
    assert_eq!(*calls.lock().unwrap(), expected);
}

fn a_cancelled_job_calls_back_too<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let busy = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    let (tell, told) = channel();
    let mut queued = pool.submit(square, 3).unwrap();
    queued.on_done(move |outcome| tell.send(outcome.clone()).unwrap());
    assert!(queued.cancel());
    assert_eq!(told.recv_timeout(LONG), Ok(Err(JobError::Cancelled)));
    visitor.let_go();
    assert_eq!(busy.join(), Ok(0));
}
