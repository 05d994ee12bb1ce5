//! Stopping a pool from its own threads.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use thread_runner::ThreadPool;

use crate::gate::{eventually, threads_named};

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
