//! What jobs submit stays with their worker, and yet waits behind nothing while a worker is idle, and
//! keeps nobody else waiting for ever.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Weak};

use anypool_core::{JobError, JobHandle};
use thread_runner::ThreadPool;

use crate::gate::{Gate, LONG};

#[test]
fn what_a_busy_worker_has_on_its_tray_is_run_by_one_that_comes_free() {
    let gate = Arc::new(Gate::new());
    let pool = Arc::new(ThreadPool::builder().workers(2).start().unwrap());
    let own = Arc::clone(&gate);
    let busy = pool.submit_fn(move || own.pass()).unwrap();
    gate.await_arrivals(1);
    let (own, inner) = (Arc::clone(&gate), Arc::clone(&pool));
    let parent = pool.submit_fn(move || {
        let (send, results) = channel();
        for n in 0..10 {
            let send = send.clone();
            drop(inner.submit_fn(move || send.send(n).unwrap()).unwrap());
        }
        // Now the other worker comes free. This one waits in a way that nobody can help with.
        own.open();
        let mut seen: Vec<_> = (0..10).map(|_| results.recv_timeout(LONG)).collect();
        seen.sort_by_key(|result| result.ok());
        seen.into_iter().collect::<Result<Vec<u32>, _>>()
    });
    let seen = parent.unwrap().join().unwrap();
    assert_eq!(seen, Ok((0..10).collect()));
    busy.join().unwrap();
}

/// Submits itself until it is told to end.
fn go_on(pool: &Weak<ThreadPool>, end: &Arc<AtomicBool>, rounds: &Arc<AtomicU64>) {
    rounds.fetch_add(1, Ordering::Relaxed);
    let Some(strong) = pool.upgrade().filter(|_| !end.load(Ordering::Relaxed)) else {
        return;
    };
    let (pool, end, rounds) = (Weak::clone(pool), Arc::clone(end), Arc::clone(rounds));
    drop(strong.submit_fn(move || go_on(&pool, &end, &rounds)));
}

#[test]
fn jobs_that_submit_jobs_without_end_leave_room_for_others() {
    let pool = Arc::new(ThreadPool::builder().workers(1).start().unwrap());
    let (end, rounds) = (Arc::new(AtomicBool::new(false)), Arc::default());
    let (weak, own, counted) = (Arc::downgrade(&pool), Arc::clone(&end), Arc::clone(&rounds));
    drop(
        pool.submit_fn(move || go_on(&weak, &own, &counted))
            .unwrap(),
    );
    while rounds.load(Ordering::Relaxed) < 10 {
        std::thread::yield_now();
    }
    let other = pool.submit_fn(|| 7).unwrap();
    assert_eq!(other.join_timeout(LONG).unwrap(), Ok(7));
    end.store(true, Ordering::Relaxed);
}

#[test]
fn a_stop_ends_what_lies_on_trays() {
    let pool = Arc::new(ThreadPool::builder().workers(1).start().unwrap());
    let gate = Arc::new(Gate::new());
    let (own, inner) = (Arc::clone(&gate), Arc::clone(&pool));
    let parent = pool.submit_fn(move || {
        let children = [1, 2].map(|n| inner.submit_fn(move || n).unwrap());
        own.pass();
        children.map(JobHandle::join)
    });
    let parent = parent.unwrap();
    gate.await_arrivals(1);
    assert_eq!(pool.stats().queued, 2);
    let stopper = {
        let pool = Arc::clone(&pool);
        let stop = move || pool.shutdown_now();
        std::thread::Builder::new()
            .name("stopper".into())
            .spawn(stop)
            .unwrap()
    };
    while pool.stats().queued > 0 {
        std::thread::yield_now();
    }
    gate.open();
    let cancelled = Err(JobError::Cancelled);
    assert_eq!(parent.join().unwrap(), [cancelled.clone(), cancelled]);
    assert_eq!(stopper.join().unwrap().cancelled, 2);
}
