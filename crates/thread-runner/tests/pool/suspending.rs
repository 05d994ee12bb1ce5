//! Limits that stand still while a pool is suspended.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anypool_core::JobError;
use thread_runner::{Thread, ThreadPool};

use crate::gate::{Gate, LONG};

/// Long enough for a task to start and to end on a machine that is busy, short enough to be waited for.
const LIMIT: Duration = Duration::from_secs(2);

/// Lets more time pass than a job may run: the event to wait for is that nothing happens.
fn outlast_the_limit() {
    thread::sleep(LIMIT + LIMIT / 4);
}

fn gate(_: ()) -> u32 {
    GATE.pass();
    7
}

static GATE: Gate = Gate::new();

#[test]
fn suspended_time_counts_against_no_limit() {
    let pool = ThreadPool::builder().workers(2).timeout(LIMIT);
    let pool = pool.start().unwrap();
    let gate = Arc::new(Gate::new());
    let submit = || {
        let gate = Arc::clone(&gate);
        pool.submit_fn(move || gate.pass()).unwrap()
    };
    let before = submit();
    gate.await_arrivals(1);
    pool.suspend();
    // One that begins meanwhile is no worse off.
    let during = submit();
    gate.await_arrivals(2);
    outlast_the_limit();
    assert!(!before.is_finished() && !during.is_finished());
    pool.resume();
    gate.open();
    assert_eq!((before.join(), during.join()), (Ok(()), Ok(())));
    assert_eq!(pool.stats().leaked, 0);
}

#[test]
fn limits_count_again_when_a_pool_was_resumed() {
    let limit = Duration::from_millis(20);
    let pool = ThreadPool::builder().workers(1).timeout(limit);
    let pool = pool.start().unwrap();
    let gate = Arc::new(Gate::new());
    pool.suspend();
    let own = Arc::clone(&gate);
    let job = pool.submit_fn(move || own.pass()).unwrap();
    gate.await_arrivals(1);
    pool.suspend();
    pool.resume();
    pool.resume();
    let outcome = job.join_timeout(LONG).unwrap();
    assert!(
        matches!(outcome, Err(JobError::TimedOut { .. })),
        "{outcome:?}"
    );
    gate.open();
}

#[test]
fn a_single_threads_limit_stands_still_too() {
    let builder = Thread::builder().timeout(LIMIT);
    let thread = builder.spawn(gate, ()).unwrap();
    GATE.await_arrivals(1);
    thread.suspend();
    outlast_the_limit();
    thread.resume();
    GATE.open();
    assert_eq!(thread.join(), Ok(7));
}
