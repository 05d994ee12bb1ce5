//! `on_done`: once each, in order, before anyone who waits is released; free to submit.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anypool_core::{Executor as _, JobError, JobHandle, WaitUntil, as_completed, set_quiet, wait};
use anypool_tests::{Gate, LONG, Pass, Pool, Subject};

anypool_tests::contract! {
    all: [
        every_callback_is_called_once,
        a_callback_on_an_ended_job_is_called_at_once,
        a_callback_sees_why_a_job_failed,
        a_panicking_callback_does_not_skip_the_next,
        a_callback_may_submit_hundreds_in_a_chain,
        callbacks_may_join_jobs_with_callbacks_in_depth,
        a_callback_may_wait_for_several_jobs_with_callbacks,
        a_callback_may_map,
    ],
    pools: [
        callbacks_come_in_order_before_the_joiner_is_released,
        a_cancelled_job_calls_back_too,
        a_chain_survives_jobs_that_panic,
        a_callback_that_waits_for_its_own_job_is_told_that_it_would_deadlock,
    ],
    processes: [
        a_chain_survives_jobs_that_kill_their_workers,
        callbacks_of_two_pools_may_wait_for_jobs_of_each_other,
    ],
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
fn release<X>(pool: Arc<X>) {
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

/// Calls `inside` with the pool in a callback of a job, and returns what it returns.
fn inside_a_callback<S: Subject, R: Send + 'static>(
    pool: &Arc<S::Executor>,
    inside: impl FnOnce(&Arc<S::Executor>) -> R + Send + 'static,
) -> R {
    let (tell, told) = channel();
    let mut handle = pool.submit(square, 2).unwrap();
    let shared = Arc::clone(pool);
    handle.on_done(move |_| {
        let value = inside(&shared);
        drop(shared);
        tell.send(value).unwrap();
    });
    told.recv_timeout(LONG).expect("the callback ends")
}

/// Submits a job with a callback that waits for such a job, `left` deep; returns how deep it was.
fn dig<S: Subject>(pool: &Arc<S::Executor>, left: u64) -> u64 {
    let mut handle = pool.submit(square, left).unwrap();
    let (tell, told) = channel();
    let shared = Arc::clone(pool);
    handle.on_done(move |_| {
        let below = if left == 0 {
            0
        } else {
            dig::<S>(&shared, left - 1)
        };
        drop(shared);
        tell.send(below).unwrap();
    });
    assert_eq!(handle.join(), Ok(left * left));
    told.try_recv()
        .expect("it was called before the joiner was released")
        + 1
}

fn callbacks_may_join_jobs_with_callbacks_in_depth<S: Subject>() {
    for workers in [1, 3] {
        let pool = Arc::new(S::with_workers(workers));
        let depth = inside_a_callback::<S, _>(&pool, |pool| dig::<S>(pool, 30));
        assert_eq!(depth, 31);
        release(pool);
    }
}

fn a_callback_may_wait_for_several_jobs_with_callbacks<S: Subject>() {
    let pool = Arc::new(S::with_workers(2));
    let (done, sum, calls) = inside_a_callback::<S, _>(&pool, |pool| {
        let (tell, told) = channel();
        let submit = |n| {
            let tell = tell.clone();
            let mut handle = pool.submit(square, n).unwrap();
            handle.on_done(move |_| tell.send(()).unwrap());
            handle
        };
        let handles: Vec<_> = (0..10).map(submit).collect();
        let done = wait(&handles, WaitUntil::All, None).done.len();
        let sum: u64 = as_completed((0..10).map(submit))
            .map(|(_, outcome)| outcome.unwrap())
            .sum();
        (done, sum, told.try_iter().count())
    });
    assert_eq!((done, sum, calls), (10, 285, 20));
    release(pool);
}

fn a_callback_may_map<S: Subject>() {
    let pool = Arc::new(S::with_workers(1));
    let sum: u64 = inside_a_callback::<S, _>(&pool, |pool| {
        pool.map(square, 0..1_000).map(Result::unwrap).sum()
    });
    assert_eq!(sum, (0..1_000).map(square).sum());
    release(pool);
}

fn callbacks_of_two_pools_may_wait_for_jobs_of_each_other<P: Pool>() {
    let pools = [(); 2].map(|()| Arc::new(P::with_workers(1)));
    let (tell, told) = channel();
    for n in 0..40_usize {
        let (tell, other) = (tell.clone(), Arc::clone(&pools[(n + 1) % 2]));
        let mut handle = pools[n % 2].submit(square, 2).unwrap();
        handle.on_done(move |_| {
            let mut inner = other.submit(square, 3).unwrap();
            inner.on_done(|_| ());
            let joined = inner.join();
            drop(other);
            tell.send(joined).unwrap();
        });
    }
    for _ in 0..40 {
        assert_eq!(told.recv_timeout(LONG), Ok(Ok(9)));
    }
    pools.into_iter().for_each(release);
}

fn a_callback_that_waits_for_its_own_job_is_told_that_it_would_deadlock<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let slot = Arc::new(Mutex::new(None::<JobHandle<u64>>));
    let (own, (tell, told)) = (Arc::clone(&slot), channel());
    let mut handle = pool.submit(Pass::enter, gate.pass(3)).unwrap();
    handle.on_done(move |_| {
        let own = own.lock().unwrap().take().expect("the test put it there");
        let waited = wait(&[&own], WaitUntil::All, None);
        tell.send((waited.pending, own.join())).unwrap();
    });
    *slot.lock().unwrap() = Some(handle);
    gate.next().let_go();
    let told = told.recv_timeout(LONG);
    assert_eq!(told, Ok((vec![0], Err(JobError::WouldDeadlock))));
    P::shutdown(&pool);
}
