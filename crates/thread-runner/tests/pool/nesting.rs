//! Jobs that submit to their own pool and wait there.

use std::sync::Arc;

use anypool_core::{Executor as _, WaitUntil, as_completed, wait};
use thread_runner::ThreadPool;

fn shared(workers: usize) -> Arc<ThreadPool> {
    Arc::new(ThreadPool::builder().workers(workers).start().unwrap())
}

/// Submits a job that submits a job, and so on.
fn descend(pool: &Arc<ThreadPool>, depth: u32) -> u32 {
    if depth == 0 {
        return 0;
    }
    let own = Arc::clone(pool);
    let inner = pool.submit_fn(move || descend(&own, depth - 1)).unwrap();
    inner.join().unwrap() + 1
}

#[test]
fn one_worker_is_enough_for_nested_jobs() {
    for workers in [1, 2] {
        let pool = shared(workers);
        let own = Arc::clone(&pool);
        let outer = pool.submit_fn(move || descend(&own, 50)).unwrap();
        assert_eq!(outer.join(), Ok(50));
    }
}

#[test]
fn one_worker_is_enough_for_trees() {
    fn fibonacci(pool: &Arc<ThreadPool>, n: u64) -> u64 {
        if n < 2 {
            return n;
        }
        let own = Arc::clone(pool);
        let left = pool.submit_fn(move || fibonacci(&own, n - 1)).unwrap();
        let right = fibonacci(pool, n - 2);
        left.join().unwrap() + right
    }
    for workers in [1, 2, 3] {
        let pool = shared(workers);
        let own = Arc::clone(&pool);
        let outer = pool.submit_fn(move || fibonacci(&own, 15)).unwrap();
        assert_eq!(outer.join(), Ok(610));
    }
}

#[test]
fn every_way_of_waiting_helps() {
    let pool = shared(1);
    let own = Arc::clone(&pool);
    let sums = pool.submit_fn(move || {
        let submit = || (1..=4_u64).map(|n| own.submit(|n: u64| n * n, n).unwrap());
        let handles: Vec<_> = submit().collect();
        let waited = wait(&handles, WaitUntil::All, None).done.len();
        let completed = as_completed(submit()).filter(|(_, o)| o.is_ok()).count();
        let mapped: u64 = own.map(|n: u64| n * n, 1..=4).map(Result::unwrap).sum();
        (waited, completed, mapped)
    });
    assert_eq!(sums.unwrap().join(), Ok((4, 4, 30)));
}
