//! The worker initializer: its state, and what becomes of a pool whose initializer fails.

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anypool_core::{Context, Executor as _, JobError, SubmitError};
use thread_runner::ThreadPool;

use crate::gate::{Gate, LONG};

#[test]
fn each_worker_has_a_state_of_its_own() {
    static BOTH: Gate = Gate::new();
    /// Counts in the worker's state, which need not be shareable between threads.
    fn count(_: u32, ctx: &Context) -> (u32, u32) {
        BOTH.pass();
        let (worker, calls) = ctx.state::<(u32, Cell<u32>)>().unwrap();
        calls.set(calls.get() + 1);
        (*worker, calls.get())
    }
    let pool = ThreadPool::builder()
        .workers(2)
        .worker_init(|worker| Ok::<_, String>((worker.0, Cell::new(0_u32))))
        .start()
        .unwrap();
    let handles: Vec<_> = (0..10).map(|n| pool.submit(count, n).unwrap()).collect();
    BOTH.await_arrivals(2);
    BOTH.open();
    let seen: HashSet<_> = handles.into_iter().map(|h| h.join().unwrap()).collect();
    assert_eq!(seen.len(), 10, "a count came twice: {seen:?}");
    assert!(seen.contains(&(0, 1)) && seen.contains(&(1, 1)), "{seen:?}");
}

#[test]
fn an_initializer_that_recovers_is_forgiven() {
    let tries = Arc::new(AtomicU32::new(0));
    let own = tries.clone();
    let init = move |_| match own.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => Err("not yet"),
        _ => Ok(7_u32),
    };
    let pool = ThreadPool::builder()
        .workers(1)
        .worker_init(init)
        .start()
        .unwrap();
    let seven = |_: (), ctx: &Context| *ctx.state::<u32>().unwrap();
    assert_eq!(pool.submit(seven, ()).unwrap().join(), Ok(7));
    assert_eq!(tries.load(Ordering::SeqCst), 3);
}

#[test]
fn a_pool_whose_initializer_keeps_failing_has_failed() {
    let tries = Arc::new(AtomicU32::new(0));
    let own = tries.clone();
    let init = move |_| -> Result<(), &str> {
        own.fetch_add(1, Ordering::SeqCst);
        Err("no licence")
    };
    let pool = ThreadPool::builder()
        .workers(1)
        .worker_init(init)
        .start()
        .unwrap();
    let outcomes = pool.map(|n: u64| n, 0..3).collect::<Vec<_>>();
    let failed = JobError::InitFailed {
        attempts: 3,
        reason: "no licence".to_owned(),
    };
    assert_eq!(outcomes[0], Err(failed));
    let refused = pool.submit(|n: u64| n, 1).unwrap_err();
    assert!(
        matches!(&refused, SubmitError::PoolFailed { reason } if reason.contains("no licence"))
    );
    assert_eq!(tries.load(Ordering::SeqCst), 3);
    pool.shutdown();
    let refused = pool.submit(|n: u64| n, 1).unwrap_err();
    assert_eq!(refused, SubmitError::Shutdown);
}

#[test]
fn an_initializer_that_panics_has_failed() {
    let pool = ThreadPool::builder()
        .workers(2)
        .quiet_panics(true)
        .worker_init(|_| -> Result<(), String> { panic!("no such device") })
        .start()
        .unwrap();
    let outcome = pool.submit(|n: u64| n, 1).unwrap().join();
    let Err(JobError::InitFailed { attempts, reason }) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(attempts, 3);
    assert!(reason.contains("no such device"), "{reason}");
}

#[test]
fn an_initializer_that_hangs_cannot_keep_a_pool_from_stopping() {
    let gate = Arc::new(Gate::new());
    let own = gate.clone();
    let pool = ThreadPool::builder()
        .workers(1)
        .name("hang")
        .grace(Duration::from_millis(10))
        .worker_init(move |_| {
            own.pass();
            Ok::<_, String>(())
        })
        .start()
        .unwrap();
    let job = pool.submit(|n: u64| n, 1).unwrap();
    gate.await_arrivals(1);
    let report = pool.shutdown_now();
    assert_eq!(report.cancelled, 1);
    assert_eq!(report.left_behind[0].thread, "hang-0");
    assert_eq!(report.left_behind[0].jobs, []);
    assert_eq!(job.join(), Err(JobError::Cancelled));
    gate.open();
}

#[test]
fn a_pool_that_stops_does_not_wait_for_the_next_try() {
    let gate = Arc::new(Gate::new());
    let tries = Arc::new(AtomicU32::new(0));
    let (own, counted) = (gate.clone(), tries.clone());
    let pool = ThreadPool::builder()
        .workers(1)
        .grace(LONG)
        .worker_init(move |_| -> Result<(), &str> {
            counted.fetch_add(1, Ordering::SeqCst);
            own.pass();
            Err("no")
        })
        .start()
        .unwrap();
    let job = pool.submit(|n: u64| n, 1).unwrap();
    gate.await_arrivals(1);
    std::thread::scope(|scope| {
        scope.spawn(|| pool.shutdown_now());
        assert_eq!(job.join(), Err(JobError::Cancelled));
        gate.open();
    });
    assert_eq!(tries.load(Ordering::SeqCst), 1);
}

#[test]
fn a_pool_without_any_thread_refuses_its_jobs() {
    // More than there are addresses.
    let builder = ThreadPool::builder().workers(2).stack_size(1 << 47);
    let pool = builder.start().unwrap();
    let refused = pool.try_submit(|n: u64| n, 1).unwrap_err();
    assert_eq!(refused.input, Some(1));
    assert!(matches!(refused.error, SubmitError::PoolFailed { .. }));
    pool.shutdown();
}

#[test]
fn a_state_that_panics_when_dropped_hurts_nobody() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("boom");
        }
    }
    let pool = ThreadPool::builder()
        .workers(1)
        .quiet_panics(true)
        .worker_init(|_| Ok::<_, String>(Bomb))
        .start()
        .unwrap();
    assert_eq!(pool.submit(|n: u64| n, 1).unwrap().join(), Ok(1));
    pool.shutdown();
    assert_eq!(pool.stats().running, 0);
}
