//! Tasks that submit to their own pool and wait for it: they help, and never hang.
//!
//! For threads alone: a process pool cannot be reached from its own workers.

use std::sync::{Arc, Weak};

use anypool_core::{
    Executor as _, JobHandle, RawExecutor, WaitUntil, as_completed, submit_closure, wait,
};
use anypool_tests::{Pool, within};

anypool_tests::contract! {
    threads: [
        joining_in_depth_never_hangs,
        a_tree_of_jobs_is_summed_by_its_own_pool,
        waiting_for_all_inside_never_hangs,
        as_completed_inside_never_hangs,
        a_map_inside_never_hangs,
    ],
}

fn square(n: u64) -> u64 {
    n * n
}

/// Submits a closure that may use the pool it runs on.
fn submit_inside<X, R>(
    pool: &Arc<X>,
    inside: impl FnOnce(&Arc<X>) -> R + Send + 'static,
) -> JobHandle<R>
where
    X: RawExecutor + 'static,
    R: Send + 'static,
{
    // Weak, so that the last owner is the test: a worker could not wait for its own end.
    let weak: Weak<X> = Arc::downgrade(pool);
    submit_closure(&**pool, move || {
        inside(&weak.upgrade().expect("the test owns it"))
    })
    .unwrap()
}

/// Runs `inside` in a job of a pool with one worker.
fn inside_one_worker<P: Pool, R: Send + 'static>(
    inside: impl FnOnce(&Arc<P::Executor>) -> R + Send + 'static,
) -> R {
    let pool = Arc::new(P::with_workers(1));
    let value = within("a nested job", {
        let handle = submit_inside(&pool, inside);
        move || handle.join().unwrap()
    });
    P::shutdown(&pool);
    value
}

fn depth<X: RawExecutor + 'static>(pool: &Arc<X>, left: u32) -> u32 {
    if left == 0 {
        return 0;
    }
    let below = submit_inside(pool, move |pool| depth(pool, left - 1));
    below.join().unwrap() + 1
}

fn joining_in_depth_never_hangs<P: Pool>() {
    assert_eq!(inside_one_worker::<P, _>(|pool| depth(pool, 50)), 50);
}

fn tree<X: RawExecutor + 'static>(pool: &Arc<X>, height: u32) -> u64 {
    if height == 0 {
        return 1;
    }
    let branch = || submit_inside(pool, move |pool| tree(pool, height - 1));
    let branches = [branch(), branch()];
    branches
        .into_iter()
        .map(|branch| branch.join().unwrap())
        .sum()
}

fn a_tree_of_jobs_is_summed_by_its_own_pool<P: Pool>() {
    assert_eq!(inside_one_worker::<P, _>(|pool| tree(pool, 8)), 256);
    let pool = Arc::new(P::with_workers(3));
    let handle = submit_inside(&pool, |pool| tree(pool, 8));
    assert_eq!(within("a tree", move || handle.join()), Ok(256));
    P::shutdown(&pool);
}

fn waiting_for_all_inside_never_hangs<P: Pool>() {
    let done = inside_one_worker::<P, _>(|pool| {
        let handles: Vec<_> = (0..10).map(|n| pool.submit(square, n).unwrap()).collect();
        wait(&handles, WaitUntil::All, None).done.len()
    });
    assert_eq!(done, 10);
}

fn as_completed_inside_never_hangs<P: Pool>() {
    let sum: u64 = inside_one_worker::<P, _>(|pool| {
        let handles: Vec<_> = (0..10).map(|n| pool.submit(square, n).unwrap()).collect();
        as_completed(handles)
            .map(|(_, outcome)| outcome.unwrap())
            .sum()
    });
    assert_eq!(sum, 285);
}

fn a_map_inside_never_hangs<P: Pool>() {
    let sum: u64 =
        inside_one_worker::<P, _>(|pool| pool.map(square, 0..1_000).map(Result::unwrap).sum());
    assert_eq!(sum, (0..1_000).map(square).sum());
}
