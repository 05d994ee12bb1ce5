//! Waiting inside a callback: as anywhere else, but for the callback's own job.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use anypool_core::{Executor as _, JobError, JobHandle, WaitUntil, as_completed, wait};
use anypool_tests::{Gate, LONG, Pass, Pool, Subject};

use crate::callbacks::release;

anypool_tests::contract! {
    all: [
        callbacks_may_join_jobs_with_callbacks_in_depth,
        a_callback_may_wait_for_several_jobs_with_callbacks,
        a_callback_may_map,
    ],
    pools: [
        a_callback_that_waits_for_its_own_job_is_told_that_it_would_deadlock,
        a_callback_may_stop_its_pool_while_another_pools_callback_waits_for_it,
    ],
    processes: [callbacks_of_two_pools_may_wait_for_jobs_of_each_other],
}

fn square(n: u64) -> u64 {
    n * n
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

fn a_callback_may_stop_its_pool_while_another_pools_callback_waits_for_it<P: Pool>() {
    let outer = P::with_workers(1);
    // Either pool's thread may be the one that calls the inner callback.
    for _ in 0..10 {
        let inner = Arc::new(P::with_workers(1));
        let (tell, told) = channel();
        let mut handle = outer.submit(square, 2).unwrap();
        handle.on_done(move |_| {
            let mut job = inner.submit(square, 3).unwrap();
            job.on_done(move |_| P::shutdown(&inner));
            tell.send(job.join()).unwrap();
        });
        assert_eq!(told.recv_timeout(LONG), Ok(Ok(9)));
    }
}
