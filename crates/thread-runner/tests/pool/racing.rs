//! Many threads submit, cancel and shut down at the same time: every handle resolves.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anypool_core::{Executor as _, JobError, SubmitError};
use thread_runner::ThreadPool;

use crate::gate::LONG;

const THREADS: usize = 8;

/// What one thread of the race does.
fn race(pool: &ThreadPool, lane: usize, ran: &AtomicUsize, resolved: &AtomicUsize) {
    for n in 0..20_usize {
        let handle = match pool.submit(|n: usize| n + 1, n) {
            Ok(handle) => handle,
            Err(SubmitError::Shutdown) => return,
            Err(error) => panic!("{error}"),
        };
        if (n + lane).is_multiple_of(5) {
            handle.cancel();
        }
        match handle.join_timeout(LONG).expect("the handle resolves") {
            Ok(value) => {
                assert_eq!(value, n + 1);
                ran.fetch_add(1, Ordering::Relaxed);
            }
            Err(JobError::Cancelled | JobError::Killed) => {}
            Err(error) => panic!("{error}"),
        }
        resolved.fetch_add(1, Ordering::Relaxed);
        if lane == 0 && n == 10 {
            pool.shutdown();
        }
        if lane == 1 && n == 12 {
            assert!(pool.shutdown_now().left_behind.is_empty());
        }
    }
}

#[test]
fn every_handle_resolves_whatever_races() {
    let (ran, resolved) = (AtomicUsize::new(0), AtomicUsize::new(0));
    for round in 0..200 {
        let pool = ThreadPool::builder()
            .workers(1 + round % 3)
            .queue(4)
            .keep_alive(Duration::from_micros(50))
            .grace(LONG)
            .start()
            .unwrap();
        let start = Barrier::new(THREADS);
        thread::scope(|scope| {
            for lane in 0..THREADS {
                let (pool, start, ran, resolved) = (&pool, &start, &ran, &resolved);
                scope.spawn(move || {
                    start.wait();
                    race(pool, lane, ran, resolved);
                });
            }
        });
        drop(pool);
    }
    assert!(ran.into_inner() > 200);
    assert!(resolved.into_inner() >= 2_000);
}

#[test]
fn limits_that_pass_at_any_moment_resolve_every_handle() {
    for round in 0..200_u32 {
        let pool = ThreadPool::builder()
            .workers(2)
            .timeout(Duration::from_micros(u64::from(round) * 2))
            .start()
            .unwrap();
        let outcomes: Vec<_> = pool.map(|n: u32| n, 0..50).collect();
        assert_eq!(outcomes.len(), 50);
        for (n, outcome) in (0..).zip(outcomes) {
            assert!(
                matches!(outcome, Ok(value) if value == n)
                    || matches!(outcome, Err(JobError::TimedOut { .. })),
                "{outcome:?}"
            );
        }
    }
}

#[test]
fn killing_and_cancelling_race_with_completion_and_harm_nobody_else() {
    const TIMES: u64 = 10_000;
    let pool = ThreadPool::builder().workers(2).start().unwrap();
    let (mut ended, mut ran) = (0, 0);
    for n in 0..TIMES {
        let (victim, bystander) = (
            pool.submit(|n: u64| n + 1, n).unwrap(),
            pool.submit(|n: u64| n + 2, n).unwrap(),
        );
        // Sometimes at once, sometimes when the job is about to end.
        for _ in 0..n % 64 {
            std::hint::spin_loop();
        }
        let withdrawn = if n % 2 == 0 {
            victim.kill()
        } else {
            victim.cancel()
        };
        match victim.join_timeout(LONG).expect("the handle resolves") {
            Ok(value) => {
                assert!(!withdrawn && value == n + 1);
                ran += 1;
            }
            Err(error) => {
                assert!(withdrawn && error == JobError::Cancelled, "{error}");
                ended += 1;
            }
        }
        let bystander = bystander.join_timeout(LONG).expect("the handle resolves");
        assert_eq!(bystander, Ok(n + 2));
    }
    assert_eq!(ended + ran, TIMES);
    let stats = pool.stats();
    assert_eq!((stats.queued, stats.leaked, stats.started), (0, 0, 2));
}
