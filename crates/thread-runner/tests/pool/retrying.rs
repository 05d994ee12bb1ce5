//! Trying again on threads: what one cannot do with them, and what is left behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use anypool_core::{
    Context, Executor as _, JobError, JobHandle, JobOptions, MapOptions, RanBy, Retries, StoppedBy,
    WorkerId, set_quiet,
};
use serde::{Deserialize, Serialize};
use thread_runner::ThreadPool;

use crate::gate::{Gate, LONG, eventually, threads_named};

const HOUR: Duration = Duration::from_secs(3_600);

fn soon(count: u32) -> JobOptions {
    JobOptions::new().retries(Retries::new(count).delay(Duration::from_millis(1)))
}

fn in_an_hour() -> JobOptions {
    JobOptions::new().retries(Retries::new(2).delay(HOUR).max_delay(HOUR))
}

fn succeed_at(wanted: u32, ctx: &Context) -> u32 {
    set_quiet(true);
    assert!(ctx.attempt() >= wanted, "attempt {}", ctx.attempt());
    ctx.attempt()
}

#[test]
fn what_ran_too_long_is_not_tried_again_since_it_may_still_run() {
    static GATE: Gate = Gate::new();
    static RUNS: AtomicU32 = AtomicU32::new(0);
    fn hang(fail_first: bool, ctx: &Context) {
        set_quiet(true);
        assert!(!fail_first || ctx.attempt() > 1, "the first attempt fails");
        RUNS.fetch_add(1, Ordering::SeqCst);
        GATE.pass();
        panic!("too late to be tried again");
    }
    let pool = ThreadPool::builder().workers(1).start().unwrap();
    let limit = Duration::from_millis(30);
    let expected = Err(JobError::TimedOut {
        limit,
        stopped_by: StoppedBy::Abandoned,
        worker: Some(RanBy::Thread(WorkerId(0))),
    });
    let options = soon(5).timeout(limit);
    for fail_first in [false, true] {
        let handle = pool.submit_with(hang, fail_first, options).unwrap();
        assert_eq!(handle.join(), expected);
    }
    GATE.open();
    eventually("the threads have ended", || pool.stats().leaked == 0);
    pool.shutdown();
    // At most, since an attempt may be given up before it has come this far.
    assert!(RUNS.load(Ordering::SeqCst) <= 2);
    assert_eq!(pool.stats().retrying, 0);
}

/// Keeps a share of a counter for as long as it lives; none in a copy.
#[derive(Serialize, Deserialize)]
struct Share {
    #[serde(skip)]
    counter: Option<Arc<()>>,
}

fn fail(share: Share) -> bool {
    set_quiet(true);
    Arc::strong_count(&share.counter.expect("a copy has none")) > 1
}

#[test]
fn only_jobs_that_may_be_tried_again_are_given_copies() {
    let (pool, counter) = (
        ThreadPool::builder().workers(1).start().unwrap(),
        Arc::new(()),
    );
    let share = || Share {
        counter: Some(Arc::clone(&counter)),
    };
    assert_eq!(pool.submit(fail, share()).unwrap().join(), Ok(true));
    let copied = pool.submit_with(fail, share(), soon(1)).unwrap();
    assert_eq!(Arc::strong_count(&counter), 1, "it was encoded");
    assert!(copied.join().is_err());
}

#[test]
fn a_job_that_is_cancelled_between_two_attempts_leaves_nothing_behind() {
    let pool = ThreadPool::builder().workers(2).name("pause").start();
    let pool = pool.unwrap();
    let submit = |_| pool.submit_with(succeed_at, 9, in_an_hour()).unwrap();
    let handles: Vec<_> = (0..100).map(submit).collect();
    eventually("all have failed", || pool.stats().retrying == 100);
    assert_eq!((pool.stats().queued, pool.stats().leaked), (0, 0));
    for (n, handle) in (0..).zip(&handles) {
        assert!(if n % 2 == 0 {
            handle.cancel()
        } else {
            handle.kill()
        });
    }
    // One may have failed so shortly before that nobody knew yet where it waits.
    eventually("all are forgotten", || pool.stats().retrying == 0);
    assert!(
        handles
            .into_iter()
            .all(|handle| handle.join() == Err(JobError::Cancelled))
    );
    drop(pool);
    eventually("the threads are gone", || threads_named("pause") == 0);
}

#[test]
fn a_shutdown_ends_with_the_last_job_that_it_waited_for() {
    let pool = ThreadPool::builder().workers(1).name("ending").start();
    let pool = pool.unwrap();
    let paused = pool.submit_with(succeed_at, 9, in_an_hour()).unwrap();
    eventually("it has failed", || pool.stats().retrying == 1);
    let left = || threads_named("ending-0") == 0;
    thread::scope(|scope| {
        let stopper = scope.spawn(|| pool.shutdown());
        eventually("the pool is closed", || pool.submit(succeed_at, 1).is_err());
        // Its end is not what ends the shutdown.
        eventually("the worker has left", left);
        assert!(!stopper.is_finished(), "the job was accepted");
        assert!(paused.cancel());
    });
    assert_eq!(paused.join(), Err(JobError::Cancelled));
}

#[test]
fn shutting_down_now_cancels_what_waits_for_its_retry_and_counts_it() {
    let pool = ThreadPool::builder().workers(1).start().unwrap();
    let paused = [1, 2].map(|_| pool.submit_with(succeed_at, 9, in_an_hour()).unwrap());
    eventually("they have failed", || pool.stats().retrying == 2);
    let report = pool.shutdown_now();
    assert_eq!((report.cancelled, report.left_behind.len()), (2, 0));
    let cancelled = Err(JobError::Cancelled);
    assert_eq!(paused.map(JobHandle::join), [cancelled.clone(), cancelled]);
}

#[test]
fn what_fails_while_the_pool_stops_is_cancelled() {
    static GATE: Gate = Gate::new();
    fn fail_late((): ()) {
        set_quiet(true);
        GATE.pass();
        panic!("while the pool stops");
    }
    let pool = ThreadPool::builder().workers(1).grace(LONG).start();
    let pool = pool.unwrap();
    let job = pool.submit_with(fail_late, (), soon(9)).unwrap();
    GATE.await_arrivals(1);
    thread::scope(|scope| {
        let stopper = scope.spawn(|| pool.shutdown_now());
        eventually("the pool is closed", || pool.submit(succeed_at, 1).is_err());
        GATE.open();
        assert_eq!(stopper.join().unwrap().left_behind, []);
    });
    assert_eq!(job.join(), Err(JobError::Cancelled));
}

#[test]
fn attempts_of_many_items_and_jobs_at_once_come_out_even() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    fn third_time(n: u32, ctx: &Context) -> u32 {
        set_quiet(true);
        RUNS.fetch_add(1, Ordering::SeqCst);
        assert_eq!(ctx.attempt(), 3);
        n
    }
    let pool = ThreadPool::builder().workers(3).start().unwrap();
    let submit = |n| pool.submit_with(third_time, n, soon(2)).unwrap();
    let handles: Vec<_> = (0..500).map(submit).collect();
    let options = MapOptions::new().retries(soon(2).retries);
    let mapped: Vec<_> = pool.map_with(third_time, 0..500, options).collect();
    assert!(mapped.into_iter().eq((0..500).map(Ok)));
    for (n, handle) in (0..).zip(handles) {
        assert_eq!(handle.join(), Ok(n));
    }
    assert_eq!(RUNS.load(Ordering::SeqCst), 3_000);
}

#[test]
fn a_worker_that_waits_for_a_job_being_tried_again_elsewhere_runs_it_when_all_others_wait_too() {
    static GATE: Gate = Gate::new();
    static FIRST: Gate = Gate::new();
    /// Fails once, when it is told to.
    fn fail_once((): (), ctx: &Context) -> u32 {
        set_quiet(true);
        if ctx.attempt() == 1 {
            FIRST.open();
            FIRST.pass();
            GATE.pass();
            panic!("the first attempt");
        }
        ctx.attempt()
    }
    let pool = Arc::new(ThreadPool::builder().workers(2).start().unwrap());
    let retried = pool.submit_with(fail_once, (), soon(1)).unwrap();
    FIRST.await_arrivals(1);
    // The second worker waits for the job that runs on the first,
    let joining = pool.submit_fn(move || retried.join()).unwrap();
    eventually("both are busy", || pool.stats().queued == 0);
    // and the first one will wait for the second.
    let waiting = pool.submit_fn(move || joining.join()).unwrap();
    GATE.open();
    let outcome = waiting.join_timeout(LONG).expect("nobody waits for ever");
    assert_eq!(outcome, Ok(Ok(Ok(2))));
}
