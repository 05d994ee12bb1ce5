//! How often memory is asked for. A program of its own, since it counts for all threads: it has one test.

mod sys;

use anypool_core::Executor as _;
use thread_runner::ThreadPool;

use crate::sys::{Counting, asked};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const JOBS: u64 = 2_000;

const ITEMS: u64 = 500_000;

fn next(n: u64) -> u64 {
    n + 1
}

/// How often memory was asked for meanwhile.
fn asked_by(act: impl FnOnce()) -> usize {
    let before = asked();
    act();
    asked() - before
}

fn one_after_the_other(pool: &ThreadPool) {
    for n in 0..JOBS {
        assert_eq!(pool.submit(next, n).unwrap().join(), Ok(n + 1));
    }
}

fn all_at_once(pool: &ThreadPool) {
    let handles: Vec<_> = (0..JOBS).map(|n| pool.submit(next, n).unwrap()).collect();
    for (handle, n) in handles.into_iter().zip(0..) {
        assert_eq!(handle.join(), Ok(n + 1));
    }
}

fn as_a_map(pool: &ThreadPool) {
    let values = pool.map(next, 0..ITEMS).values().unwrap();
    assert!(values.into_iter().eq(1..=ITEMS));
}

#[test]
fn a_job_takes_one_allocation_and_an_item_of_a_map_a_small_part_of_one() {
    let pool = ThreadPool::builder().workers(2).start().unwrap();
    // What stays of a pool's first jobs serves the later ones.
    one_after_the_other(&pool);
    all_at_once(&pool);
    as_a_map(&pool);
    let jobs = usize::try_from(JOBS).unwrap();
    // Workers take some of a long queue along, in a list that several jobs share. A second allocation for each
    // job would be beyond this, however short the lists are on a busy machine.
    let most = 2 * jobs;
    let asked = asked_by(|| one_after_the_other(&pool));
    assert!(asked < most, "{asked} for {jobs} jobs, one at a time");
    let asked = asked_by(|| all_at_once(&pool));
    assert!(asked < most, "{asked} for {jobs} jobs at once");
    let items = usize::try_from(ITEMS).unwrap();
    let asked = asked_by(|| as_a_map(&pool));
    // Pieces have a thousand; blocks are small at first, and where a thread has lost its core for a while.
    assert!(asked <= items / 4, "{asked} for {items} items");
}
