//! Tasks, initializers and preloads that fork and return in both processes: the copy is nobody's worker.

use std::num::NonZeroUsize;
use std::sync::Arc;

use anypool_core::{Executor as _, MapOptions, Stream};
use process_runner::{ProcessPool, preloaded};

use crate::leaks::children_of;
use crate::recorder::Recorder;
use crate::scene::{TRANSPORTS, eventually, is_gone, pool, quiet, square};
use crate::sys::fork_and_return;

fn forks(n: u64) -> u64 {
    let copied = fork_and_return();
    n * n + u64::from(copied) * 1_000_000
}

fn forks_and_panics_in_the_copy(n: u64) -> u64 {
    assert!(!fork_and_return(), "this is the copy");
    n * n
}

/// Waits until nothing runs that the pool's workers have forked.
fn wait_for_copies(pool: &ProcessPool, expected: usize) {
    let workers = pool.stats().pids;
    let copies = || {
        let children = workers.values().flat_map(|&pid| children_of(pid));
        children.map(u32::cast_signed).collect::<Vec<_>>()
    };
    // Nobody reaps them while their worker lives.
    assert_eq!(copies().len(), expected);
    eventually("they have ended", || copies().into_iter().all(is_gone));
}

#[test]
fn a_task_that_forks_and_returns_in_both_answers_once() {
    for transport in TRANSPORTS {
        let pool = pool(2, transport);
        let jobs: Vec<_> = (0..50).map(|n| pool.submit(forks, n).unwrap()).collect();
        for (n, job) in (0..).zip(jobs) {
            assert_eq!(job.join(), Ok(n * n));
        }
        let chunks = MapOptions::new().chunk(NonZeroUsize::new(10).unwrap());
        let squares: Result<Vec<_>, _> = pool.map_with(forks, 0..50, chunks).collect();
        assert!(squares.unwrap().into_iter().eq((0..50).map(|n| n * n)));
        let task = forks_and_panics_in_the_copy;
        let squares: Result<Vec<_>, _> = pool.map(task, 0..50).collect();
        assert!(squares.unwrap().into_iter().eq((0..50).map(|n| n * n)));
        wait_for_copies(&pool, 150);
        assert_eq!(pool.stats().restarts, 0);
    }
}

fn forks_with_half_a_line(n: u64) -> u64 {
    print!("{n}");
    fork_and_return();
    n
}

#[test]
fn what_a_task_has_not_flushed_when_it_forks_comes_out_once() {
    for transport in TRANSPORTS {
        let host = Arc::new(Recorder::default());
        let pool = quiet(1, transport).host(Arc::clone(&host) as _);
        let pool = pool.start().unwrap();
        let numbers: Result<Vec<_>, _> = pool.map(forks_with_half_a_line, 0..10).collect();
        assert!(numbers.is_ok());
        wait_for_copies(&pool, 10);
        drop(pool);
        assert_eq!(host.text(Stream::Out), "0123456789\n");
    }
}

fn forks_once((): ()) -> Result<bool, String> {
    Ok(fork_and_return())
}

#[test]
fn an_initializer_that_forks_and_returns_in_both_makes_one_worker() {
    for transport in TRANSPORTS {
        let pool = quiet(2, transport).worker_init(forks_once, ());
        let pool = pool.start().unwrap();
        let squares: Result<Vec<_>, _> = pool.map(square, 0..100).collect();
        assert!(squares.unwrap().into_iter().eq((0..100).map(|n| n * n)));
        assert_eq!(pool.stats().restarts, 0);
    }
}

fn is_copied(_: u64) -> bool {
    *preloaded::<bool>().unwrap()
}

#[test]
fn a_preload_that_forks_and_returns_in_both_makes_one_template() {
    for transport in TRANSPORTS {
        let pool = quiet(2, transport).preload(forks_once, ()).start().unwrap();
        assert!(
            pool.map(is_copied, 0..100)
                .all(|copied| copied == Ok(false))
        );
        // Each worker is ordered of the same server.
        assert!(
            pool.submit(crate::initializing::abort, ())
                .unwrap()
                .join()
                .is_err()
        );
        assert!(
            pool.map(is_copied, 0..100)
                .all(|copied| copied == Ok(false))
        );
        assert_eq!(pool.stats().restarts, 1);
    }
}
