//! One executor, many threads, many jobs.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

use anypool_core::{Executor as _, RawExecutor};
use anypool_tests::{Mark, Subject, Tally};

anypool_tests::contract! {
    all: [
        many_threads_share_an_executor,
        ten_thousand_jobs,
        every_job_runs_once,
        job_numbers_are_unique,
        executors_have_numbers_of_their_own,
    ],
}

fn increment(n: u64) -> u64 {
    n + 1
}

fn many_threads_share_an_executor<S: Subject>() {
    let pool = Arc::new(S::with_workers(2));
    thread::scope(|scope| {
        for thread in 0..8 {
            let pool = Arc::clone(&pool);
            scope.spawn(move || {
                for n in thread * 1_000..thread * 1_000 + 100 {
                    assert_eq!(pool.submit(increment, n).unwrap().join(), Ok(n + 1));
                }
                let sum: u64 = pool.map(increment, 0..100).map(Result::unwrap).sum();
                assert_eq!(sum, 5_050);
            });
        }
    });
}

fn ten_thousand_jobs<S: Subject>() {
    let pool = S::with_workers(2);
    let handles: Vec<_> = (0..10_000)
        .map(|n| pool.submit(increment, n).unwrap())
        .collect();
    for (n, handle) in (1..).zip(handles) {
        assert_eq!(handle.join(), Ok(n));
    }
}

fn every_job_runs_once<S: Subject>() {
    let (pool, tally) = (S::with_workers(2), Tally::new());
    let handles: Vec<_> = (0..300)
        .map(|_| pool.submit(Mark::add, tally.mark()).unwrap())
        .collect();
    for handle in handles {
        assert_eq!(handle.join(), Ok(()));
    }
    drop(pool);
    assert_eq!(tally.count(), 300);
}

fn job_numbers_are_unique<S: Subject>() {
    let (pool, other) = (S::with_workers(1), S::with_workers(1));
    let of_pool = (0..50).map(|n| pool.submit(increment, n).unwrap().id());
    let of_other = (0..50).map(|n| other.submit(increment, n).unwrap().id());
    let ids: BTreeSet<_> = of_pool.chain(of_other).collect();
    assert_eq!(ids.len(), 100);
}

fn executors_have_numbers_of_their_own<S: Subject>() {
    let (pool, other) = (S::with_workers(1), S::with_workers(1));
    assert_ne!(RawExecutor::id(&pool), RawExecutor::id(&other));
    assert_eq!(RawExecutor::id(&pool), RawExecutor::id(&pool));
}
