//! After a pool is gone, this process and its fork server hold what they held before: descriptors,
//! threads, descendants. After many pools as well.
//!
//! One test in a program of its own, since tests beside it would have descriptors and threads too.

use std::time::Duration;

use anypool_core::{Executor as _, JobOptions};
use anypool_tests::{
    Gate, Holdings, LONG, Pass, Pool, ProcessesOverIpc, ProcessesOverPipe, ProcessesOverShm,
    Threads, within,
};

process_runner::init_at_load!();

fn square(n: u64) -> u64 {
    n * n
}

fn use_and_drop<P: Pool>() {
    let pool = P::with_workers(2);
    assert!(pool.map(square, 0..100).all(|outcome| outcome.is_ok()));
    let text = "x".repeat(1 << 20);
    let length = |text: String| text.len();
    assert_eq!(pool.submit(length, text).unwrap().join(), Ok(1 << 20));
}

fn use_and_shut_down<P: Pool>() {
    let pool = P::with_workers(2);
    let handles: Vec<_> = (0..10).map(|n| pool.submit(square, n).unwrap()).collect();
    P::shutdown(&pool);
    assert!(handles.into_iter().all(|handle| handle.join().is_ok()));
}

fn stop_while_jobs_run<P: Pool>() {
    let (pool, gate) = (P::with_workers(2), Gate::new());
    let handles = [0, 1, 2].map(|n| pool.submit(Pass::enter, gate.pass(n)).unwrap());
    let visitors = gate.next_sorted(2);
    P::shutdown_now(&pool);
    drop(visitors);
    assert!(
        handles
            .into_iter()
            .all(|handle| handle.join_timeout(LONG).is_ok())
    );
}

fn time_out<P: Pool>() {
    let (pool, gate) = (P::with_workers(1), Gate::new());
    let options = JobOptions::new().timeout(Duration::from_millis(5));
    let handle = pool
        .submit_with(Pass::enter, gate.pass(0), options)
        .unwrap();
    assert!(handle.join_timeout(LONG).unwrap().is_err());
}

fn abort(n: u64) -> u64 {
    if n == 0 {
        std::process::abort();
    }
    n
}

fn lose_workers<P: Pool>() {
    let pool = P::with_workers(2);
    assert!(pool.submit(abort, 0).unwrap().join().is_err());
    assert_eq!(pool.submit(abort, 1).unwrap().join(), Ok(1));
    assert_eq!(pool.map(abort, 0..20).filter(Result::is_err).count(), 1);
}

/// What is done with a pool leaves nothing behind: once to start what lives as long as the program,
/// then again and again.
fn leaves_nothing(what: &str, times: usize, scene: fn()) {
    within(what, scene);
    let before = Holdings::now();
    for _ in 0..times {
        within(what, scene);
    }
    before.wait_for();
}

fn pools_leave_nothing<P: Pool>(times: usize) {
    leaves_nothing("a pool that is dropped", times, use_and_drop::<P>);
    leaves_nothing("a pool that is shut down", times, use_and_shut_down::<P>);
    leaves_nothing(
        "a pool that is stopped",
        times / 4,
        stop_while_jobs_run::<P>,
    );
    leaves_nothing("a pool whose job times out", times / 4, time_out::<P>);
}

#[test]
fn pools_leave_nothing_behind() {
    const TIMES: usize = 40;
    pools_leave_nothing::<Threads>(TIMES);
    pools_leave_nothing::<ProcessesOverPipe>(TIMES);
    pools_leave_nothing::<ProcessesOverIpc>(TIMES);
    pools_leave_nothing::<ProcessesOverShm>(TIMES);
    leaves_nothing(
        "a pool that loses workers",
        TIMES,
        lose_workers::<ProcessesOverPipe>,
    );
    leaves_nothing(
        "a pool that loses workers",
        TIMES,
        lose_workers::<ProcessesOverIpc>,
    );
    leaves_nothing(
        "a pool that loses workers",
        TIMES,
        lose_workers::<ProcessesOverShm>,
    );
}
