//! Stopping a pool from its own threads, and while jobs run inside others.

use std::cell::RefCell;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use thread_runner::ThreadPool;

use crate::gate::{Gate, LONG, eventually, threads_named};

#[test]
fn a_pool_may_be_dropped_by_the_last_destructor_of_its_own_thread() {
    thread_local! {
        static KEPT: RefCell<Option<Arc<ThreadPool>>> = const { RefCell::new(None) };
    }
    let builder = ThreadPool::builder().workers(1).name("last-drop");
    let pool = builder.keep_alive(Duration::from_millis(1)).start();
    let pool = Arc::new(pool.unwrap());
    let (own, watch) = (Arc::clone(&pool), Arc::downgrade(&pool));
    let keep = move || KEPT.with_borrow_mut(|kept| *kept = Some(own));
    pool.submit_fn(keep).unwrap().join().unwrap();
    drop(pool);
    eventually("the thread drops the pool", || watch.strong_count() == 0);
    eventually("the thread is gone", || threads_named("last-drop") == 0);
}

#[test]
fn a_job_that_runs_inside_another_is_not_counted_as_unstarted() {
    let gate = Arc::new(Gate::new());
    let pool = ThreadPool::builder().workers(1).grace(LONG).start();
    let pool = Arc::new(pool.unwrap());
    let (own, inner_gate) = (Arc::clone(&pool), Arc::clone(&gate));
    let outer = pool.submit_fn(move || {
        let inner = own.submit_fn(move || inner_gate.pass()).unwrap();
        inner.join()
    });
    gate.await_arrivals(1);
    thread::scope(|scope| {
        let stopping = scope.spawn(|| pool.shutdown_now());
        eventually("it stops", || pool.submit_fn(|| ()).is_err());
        eventually("the queue is empty", || pool.stats().queued == 0);
        gate.open();
        let report = stopping.join().unwrap();
        assert!(report.left_behind.is_empty(), "{report}");
    });
    assert_eq!(outer.unwrap().join(), Ok(Ok(())));
}
