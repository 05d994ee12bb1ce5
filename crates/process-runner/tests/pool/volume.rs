//! Many pools, and many workers.

use std::time::Instant;

use anypool_core::Executor as _;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::leaks::Counts;
use crate::scene::{PATIENCE, TRANSPORTS, alone, eventually, pool, square};

#[test]
fn a_thousand_pools_in_a_row_leave_nothing_behind() {
    if !alone("volume::a_thousand_pools_in_a_row_leave_nothing_behind") {
        return;
    }
    drop(pool(2, TRANSPORTS[0]));
    let before = Counts::now();
    let started = Instant::now();
    for round in 0..1_000 {
        let pool = pool(2, TRANSPORTS[round % 2]);
        assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
    }
    println!("1 000 pools took {:?}", started.elapsed());
    let mut after = Counts::now();
    eventually("everything is as it was", || {
        after = Counts::now();
        after <= before
    });
    assert_eq!(after, before);
}

#[test]
fn five_hundred_and_twelve_workers_serve_at_once() {
    if !alone("volume::five_hundred_and_twelve_workers_serve_at_once") {
        return;
    }
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    // Eight descriptors each, and as many as the machine allows where that is less.
    let workers = usize::try_from(hard / 8)
        .unwrap_or(512)
        .saturating_sub(16)
        .min(512);
    for transport in TRANSPORTS {
        let started = Instant::now();
        let pool = pool(workers, transport);
        let ready = started.elapsed();
        assert_eq!(pool.stats().pids.len(), workers);
        // Nobody gets a second one before all have one: together they need all workers.
        let jobs: Vec<_> = (0..workers as u64)
            .map(|n| pool.submit(square, n).unwrap())
            .collect();
        for (n, job) in (0..).zip(jobs) {
            assert_eq!(job.join_timeout(PATIENCE).unwrap(), Ok(n * n));
        }
        println!(
            "{transport}: {workers} workers after {ready:?}, a job each after {:?}",
            started.elapsed()
        );
        assert_eq!(pool.stats().restarts, 0);
    }
}
