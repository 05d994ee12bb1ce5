//! When inputs and outputs are dropped, as far as one memory can show it.
//!
//! For threads alone: in another process it is a copy that is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anypool_core::{Executor as _, WaitUntil, submit_closure, wait};
use anypool_tests::{Gate, LONG, Pass, Pool};
use serde::{Deserialize, Serialize};

anypool_tests::contract! {
    threads: [
        an_input_is_gone_when_its_job_has_ended,
        a_cancelled_jobs_input_is_gone_at_once,
        a_detached_jobs_output_is_dropped,
        a_closure_may_share_what_it_captures,
    ],
}

/// Keeps a share of a counter for as long as it lives.
#[derive(Serialize, Deserialize)]
struct Share {
    #[serde(skip)]
    counter: Option<Arc<AtomicUsize>>,
}

impl Share {
    fn of(counter: &Arc<AtomicUsize>) -> Self {
        let counter = Some(Arc::clone(counter));
        Self { counter }
    }
}

fn count(share: Share) {
    if let Some(counter) = share.counter {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

fn an_input_is_gone_when_its_job_has_ended<P: Pool>() {
    let pool = P::with_workers(2);
    let counter = Arc::<AtomicUsize>::default();
    for n in 1..100 {
        pool.submit(count, Share::of(&counter))
            .unwrap()
            .join()
            .unwrap();
        assert_eq!(
            (counter.load(Ordering::Relaxed), Arc::strong_count(&counter)),
            (n, 1)
        );
    }
}

fn a_cancelled_jobs_input_is_gone_at_once<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    let counter = Arc::<AtomicUsize>::default();
    let handle = pool.submit(count, Share::of(&counter)).unwrap();
    assert_eq!(Arc::strong_count(&counter), 2);
    assert!(handle.cancel());
    assert_eq!(Arc::strong_count(&counter), 1);
    visitor.let_go();
    assert_eq!(running.join(), Ok(0));
}

fn same(share: Share) -> Share {
    share
}

fn a_detached_jobs_output_is_dropped<P: Pool>() {
    let pool = P::with_workers(1);
    let counter = Arc::<AtomicUsize>::default();
    drop(pool.submit(same, Share::of(&counter)).unwrap());
    drop(pool);
    assert_eq!(Arc::strong_count(&counter), 1);
}

fn a_closure_may_share_what_it_captures<P: Pool>() {
    let pool = P::with_workers(2);
    let counter = Arc::<AtomicUsize>::default();
    let submit = |_| {
        let counter = Arc::clone(&counter);
        submit_closure(&pool, move || counter.fetch_add(1, Ordering::Relaxed)).unwrap()
    };
    let handles: Vec<_> = (0..50).map(submit).collect();
    assert_eq!(wait(&handles, WaitUntil::All, Some(LONG)).done.len(), 50);
    assert_eq!(counter.load(Ordering::Relaxed), 50);
}
