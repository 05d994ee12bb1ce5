//! Closures that borrow: whatever happens, none outlives its scope.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anypool_core::{JobError, SubmitError};
use thread_runner::ThreadPool;

use crate::gate::{Gate, eventually};

fn pool(workers: usize) -> ThreadPool {
    let builder = ThreadPool::builder().workers(workers).quiet_panics(true);
    builder.start().unwrap()
}

#[test]
fn a_scope_waits_for_jobs_whose_handles_were_dropped_or_forgotten() {
    let pool = pool(2);
    for _ in 0..50 {
        let mut parts = vec![0_u32; 20];
        pool.scope(|scope| {
            for (index, part) in parts.iter_mut().enumerate() {
                let handle = scope.submit(move || *part = 1).unwrap();
                if index % 2 == 0 {
                    std::mem::forget(handle);
                }
            }
        });
        assert_eq!(parts, [1; 20]);
    }
}

#[test]
fn values_may_borrow_too() {
    let text = String::from("one two three");
    let longest = pool(2).scope(|scope| {
        let words = text.split(' ');
        let handles: Vec<_> = words.map(|w| scope.submit(move || w).unwrap()).collect();
        let words = handles.into_iter().map(|h| h.join().unwrap());
        words.max_by_key(|word| word.len())
    });
    assert_eq!(longest, Some("three"));
}

#[test]
fn a_body_that_panics_waits_for_its_jobs() {
    let pool = pool(1);
    let (gate, ended) = (Gate::new(), AtomicUsize::new(0));
    thread::scope(|threads| {
        threads.spawn(|| {
            gate.await_arrivals(1);
            gate.open();
        });
        let body = AssertUnwindSafe(|| {
            pool.scope(|scope| {
                let _ = scope.submit(|| {
                    gate.pass();
                    ended.fetch_add(1, Ordering::SeqCst);
                });
                // Without the hook's text.
                resume_unwind(Box::new("on purpose"));
            });
        });
        catch_unwind(body).unwrap_err();
        assert_eq!(ended.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_job_that_panics_hurts_neither_scope_nor_siblings() {
    let done = AtomicUsize::new(0);
    let failed = pool(2).scope(|scope| {
        let failed = scope.submit(|| -> u32 { panic!("no") }).unwrap();
        let _ = scope
            .submit(|| done.fetch_add(1, Ordering::SeqCst))
            .unwrap();
        failed.join()
    });
    assert!(matches!(failed, Err(JobError::Panicked(_))));
    assert_eq!(done.into_inner(), 1);
}

#[test]
fn jobs_may_submit_to_their_scope_and_open_others() {
    for workers in [1, 2] {
        let pool = pool(workers);
        let count = AtomicUsize::new(0);
        pool.scope(|scope| {
            for _ in 0..5 {
                let _ = scope.submit(|| {
                    let _ = scope.submit(|| count.fetch_add(1, Ordering::SeqCst));
                    pool.scope(|inner| {
                        for _ in 0..5 {
                            let _ = inner.submit(|| count.fetch_add(1, Ordering::SeqCst));
                        }
                    });
                });
            }
        });
        assert_eq!(count.into_inner(), 30);
    }
}

#[test]
fn a_scope_outwaits_a_job_that_was_given_up() {
    let pool = ThreadPool::builder()
        .workers(1)
        .timeout(Duration::from_millis(10))
        .start()
        .unwrap();
    let (gate, mut after) = (Gate::new(), 0);
    let outcome = pool.scope(|scope| {
        let handle = scope.submit(|| {
            gate.pass();
            after += 1;
        });
        let outcome = handle.unwrap().join();
        gate.open();
        outcome
    });
    assert!(matches!(outcome, Err(JobError::TimedOut { .. })));
    assert_eq!(after, 1);
}

#[test]
fn a_pool_that_stops_drops_the_closures_of_a_scope_unrun() {
    let pool = ThreadPool::builder().workers(1).start().unwrap();
    let gate = Arc::new(Gate::new());
    let own = gate.clone();
    let busy = pool.submit_fn(move || own.pass()).unwrap();
    gate.await_arrivals(1);
    let text = String::from("borrowed");
    thread::scope(|threads| {
        let outcome = pool.scope(|scope| {
            let queued = scope.submit(|| text.len()).unwrap();
            threads.spawn(|| pool.shutdown_now());
            let outcome = queued.join();
            eventually("the pool is closed", || {
                scope
                    .submit(|| ())
                    .is_err_and(|e| e == SubmitError::Shutdown)
            });
            outcome
        });
        assert_eq!(outcome, Err(JobError::Cancelled));
        gate.open();
    });
    assert_eq!(busy.join(), Ok(()));
}

#[test]
fn a_cancelled_closure_is_gone_when_the_scope_is() {
    let pool = pool(1);
    let gate = Gate::new();
    let shared = Arc::new(());
    pool.scope(|scope| {
        let _ = scope.submit(|| gate.pass()).unwrap();
        gate.await_arrivals(1);
        let own = Arc::clone(&shared);
        let queued = scope.submit(move || drop(own)).unwrap();
        assert!(queued.cancel());
        gate.open();
        assert_eq!(queued.join(), Err(JobError::Cancelled));
    });
    assert_eq!(Arc::strong_count(&shared), 1);
}
