//! Many small jobs.

use anypool_core::Executor as _;
use thread_runner::ThreadPool;

#[test]
fn ten_thousand_jobs_submitted_and_joined_singly() {
    let pool = ThreadPool::builder().workers(4).start().unwrap();
    let submit = |n| pool.submit(|n: u64| n + 1, n).unwrap();
    let handles: Vec<_> = (0..10_000).map(submit).collect();
    for (n, handle) in (0..).zip(handles) {
        assert_eq!(handle.join(), Ok(n + 1));
    }
    assert!(pool.stats().started <= 4);
}

#[test]
fn a_map_over_a_hundred_thousand_items() {
    let pool = ThreadPool::builder().workers(4).start().unwrap();
    let sum: u64 = pool
        .map(|n: u64| n * 2, 0..100_000)
        .map(Result::unwrap)
        .sum();
    assert_eq!(sum, 99_999 * 100_000);
}

#[test]
fn a_map_that_is_dropped_early_leaves_a_usable_pool() {
    let pool = ThreadPool::builder().workers(2).start().unwrap();
    for _ in 0..50 {
        assert_eq!(pool.map(|n: u64| n, 0..).nth(10), Some(Ok(10)));
    }
}
