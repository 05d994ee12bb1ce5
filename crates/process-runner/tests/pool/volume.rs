//! Many pools, and many workers.

use std::time::{Duration, Instant};

use anypool_core::{Executor as _, JobError, JobOptions};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::leaks::{Counts, children_of};
use crate::scene::{PATIENCE, TRANSPORTS, alone, eventually, pool, quiet, square};

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

/// So many workers, or as many as the machine allows where that is less: each has eight descriptors.
fn as_many_as_fit(workers: usize) -> usize {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    let most = usize::try_from(hard / 8).unwrap_or(workers);
    most.saturating_sub(16).min(workers)
}

#[test]
fn five_hundred_and_twelve_workers_serve_at_once() {
    if !alone("volume::five_hundred_and_twelve_workers_serve_at_once") {
        return;
    }
    let workers = as_many_as_fit(512);
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

#[test]
fn a_stopped_fork_server_does_not_hold_up_a_pool_that_wants_many_workers() {
    if !alone("volume::a_stopped_fork_server_does_not_hold_up_a_pool_that_wants_many_workers") {
        return;
    }
    let zygote = Pid::from_raw(children_of(std::process::id())[0].cast_signed());
    // More than a channel holds messages that nobody reads.
    let workers = as_many_as_fit(400);
    for transport in TRANSPORTS {
        let (idle, limit) = (Duration::from_millis(50), Duration::from_millis(500));
        let pool = quiet(workers, transport)
            .idle_timeout(idle)
            .start()
            .unwrap();
        eventually("all have left", || pool.stats().pids.is_empty());
        kill(zygote, Signal::SIGSTOP).unwrap();
        let impatient = JobOptions::new().queue_timeout(limit);
        let jobs: Vec<_> = (0..workers as u64)
            .map(|n| pool.submit_with(square, n, impatient).unwrap())
            .collect();
        // The pool still looks after what waits.
        for job in jobs {
            let outcome = job.join_timeout(PATIENCE).unwrap();
            assert!(
                matches!(outcome, Err(JobError::QueueTimedOut { .. })),
                "{outcome:?}"
            );
        }
        kill(zygote, Signal::SIGCONT).unwrap();
        let jobs: Vec<_> = (0..workers as u64)
            .map(|n| pool.submit(square, n).unwrap())
            .collect();
        for (n, job) in (0..).zip(jobs) {
            assert_eq!(job.join_timeout(PATIENCE).unwrap(), Ok(n * n));
        }
    }
}

#[test]
#[ignore = "takes as long as a fork server may take to answer: 40 s"]
fn a_stopped_fork_server_is_told_to_all_who_start_pools() {
    if !alone("volume::a_stopped_fork_server_is_told_to_all_who_start_pools") {
        return;
    }
    let zygote = Pid::from_raw(children_of(std::process::id())[0].cast_signed());
    let pools = as_many_as_fit(320);
    kill(zygote, Signal::SIGSTOP).unwrap();
    let started = Instant::now();
    std::thread::scope(|scope| {
        for number in 0..pools {
            scope.spawn(move || {
                let builder = quiet(1, TRANSPORTS[number % TRANSPORTS.len()]);
                let builder = if number % 2 == 0 {
                    builder
                } else {
                    builder.preload(|(): ()| Ok::<(), String>(()), ())
                };
                builder.start().unwrap_err();
            });
        }
    });
    println!("{pools} pools did not start within {:?}", started.elapsed());
    kill(zygote, Signal::SIGCONT).unwrap();
    let preloaded = quiet(1, TRANSPORTS[0]).preload(|(): ()| Ok::<(), String>(()), ());
    let pools = [preloaded, quiet(1, TRANSPORTS[1])].map(|builder| builder.start().unwrap());
    for pool in pools {
        assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
    }
}
