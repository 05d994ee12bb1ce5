//! Callbacks that a thread of another pool calls, as it waits for their job inside a callback of its own.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anypool_core::{
    Executor as _, JobError, JobHandle, JobOptions, Outcome, RanBy, StoppedBy, WorkerId,
};
use thread_runner::ThreadPool;

use crate::gate::{Gate, LONG};

const SHORT: Duration = Duration::from_millis(20);

fn square(n: u32) -> u32 {
    n * n
}

fn one_worker(limit: Option<Duration>) -> Arc<ThreadPool> {
    let builder = ThreadPool::builder().workers(1).grace(LONG);
    let builder = match limit {
        Some(limit) => builder.timeout(limit),
        None => builder,
    };
    Arc::new(builder.start().unwrap())
}

/// Joins `handle` in a callback of `pool`.
fn join_inside(
    pool: &ThreadPool,
    handle: JobHandle<u32>,
) -> (JobHandle<u32>, Receiver<Outcome<u32>>) {
    let (tell, told) = channel();
    let gate = Arc::new(Gate::new());
    let own = Arc::clone(&gate);
    let mut outer = pool.submit_fn(move || {
        own.pass();
        0
    });
    let outer_ref = outer.as_mut().unwrap();
    outer_ref.on_done(move |_| tell.send(handle.join()).unwrap());
    gate.open();
    (outer.unwrap(), told)
}

#[test]
fn what_they_wait_for_is_run_by_the_pools_only_worker() {
    let other = one_worker(None);
    for limit in [None, Some(SHORT)] {
        for _ in 0..20 {
            let pool = one_worker(limit);
            let (gate, own) = (Arc::new(Gate::new()), Arc::clone(&pool));
            let (at_gate, (tell, told)) = (Arc::clone(&gate), channel());
            let mut inner = pool.submit_fn(move || {
                at_gate.pass();
                3
            });
            inner.as_mut().unwrap().on_done(move |_| {
                let unhurried = JobOptions::new().timeout(LONG);
                let called = own.submit_with(square, 4, unhurried).unwrap();
                tell.send(called.join()).unwrap();
            });
            let (_outer, joined) = join_inside(&other, inner.unwrap());
            gate.await_arrivals(1);
            if limit.is_none() {
                gate.open();
            }
            assert_eq!(told.recv_timeout(LONG), Ok(Ok(16)));
            let expected = limit.map_or(Ok(3), |limit| {
                Err(JobError::TimedOut {
                    limit,
                    stopped_by: StoppedBy::Abandoned,
                    worker: Some(RanBy::Thread(WorkerId(0))),
                })
            });
            assert_eq!(joined.recv_timeout(LONG), Ok(expected));
            gate.open();
        }
    }
}

#[test]
fn the_end_of_their_pool_waits_for_them() {
    let other = one_worker(None);
    let pool = one_worker(Some(SHORT));
    let (at_work, in_callback) = (Arc::new(Gate::new()), Arc::new(Gate::new()));
    let (own_work, own_callback) = (Arc::clone(&at_work), Arc::clone(&in_callback));
    let mut inner = pool.submit_fn(move || {
        own_work.pass();
        3
    });
    inner
        .as_mut()
        .unwrap()
        .on_done(move |_| own_callback.pass());
    let (_outer, joined) = join_inside(&other, inner.unwrap());
    in_callback.await_arrivals(1);
    at_work.open();
    let (tell, ended) = channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            pool.shutdown();
            tell.send(()).unwrap();
        });
        // Whichever thread calls it, it is still there.
        let early = ended.recv_timeout(Duration::from_millis(100));
        assert_eq!(early, Err(RecvTimeoutError::Timeout));
        in_callback.open();
        assert_eq!(ended.recv_timeout(LONG), Ok(()));
    });
    assert!(joined.recv_timeout(LONG).unwrap().is_err());
}
