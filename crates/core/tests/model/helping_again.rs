//! Waiting on a worker of the jobs' own pool, for jobs that are tried again: it helps with each attempt.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::thread::Builder;
use std::time::Duration;

use anypool_core::{
    Executor as _, ExecutorId, Helper, MapOptions, RawExecutor as _, WaitUntil, Work, as_completed,
    serve, wait,
};

use crate::hand_driven::{HandDriven, context};
use crate::retrying::{attempt, succeeds_at, twice};

/// A worker of the pool: runs once what it is asked to, and counts. What failed is resumed at once, or
/// a moment later by somebody else.
struct Worker {
    pool: ExecutorId,
    asked: Cell<u32>,
    resumes_at_once: bool,
}

impl Helper for Worker {
    fn executor(&self) -> ExecutorId {
        self.pool
    }

    fn run(&self, work: &Work) {
        self.asked.set(self.asked.get() + 1);
        for item in work.items.clone() {
            if work.job.run(item, &context()).is_some() {
                let job = Arc::clone(&work.job);
                if self.resumes_at_once {
                    job.resume(item);
                } else {
                    let clock = Builder::new().name("clock".to_owned());
                    clock.spawn(move || job.resume(item)).unwrap();
                }
            }
        }
    }
}

#[test]
fn every_way_of_waiting_on_a_worker_helps_with_each_attempt() {
    for resumes_at_once in [true, false] {
        wait_in_every_way(resumes_at_once);
    }
}

fn wait_in_every_way(resumes_at_once: bool) {
    let pool = HandDriven::new();
    let worker = Rc::new(Worker {
        pool: pool.id(),
        asked: Cell::new(0),
        resumes_at_once,
    });
    let _serving = serve(Rc::<Worker>::clone(&worker));
    let submit = || pool.submit_with(succeeds_at, 3, twice()).unwrap();
    assert_eq!(submit().join(), Ok(3));
    assert_eq!(worker.asked.take(), 3);
    assert_eq!(submit().join_timeout(Duration::MAX).unwrap(), Ok(3));
    let waited = wait(&[submit(), submit()], WaitUntil::All, None);
    assert_eq!(waited.done, [0, 1]);
    let waited = wait(&[submit()], WaitUntil::All, Some(Duration::MAX));
    assert_eq!(waited.done, [0]);
    assert_eq!(as_completed([submit(), submit()]).count(), 2);
    let outcome = as_completed([submit()]).next_timeout(Duration::MAX);
    assert_eq!(outcome, Some((0, Ok(3))));
    let options = MapOptions::new().retries(twice().retries);
    let sum: u32 = pool
        .map_with(succeeds_at, [3, 1, 2], options)
        .map(Result::unwrap)
        .sum();
    assert_eq!(sum, 6);
    let mut future = submit();
    let mut wake = std::task::Context::from_waker(Waker::noop());
    let outcome = loop {
        if let Poll::Ready(outcome) = Pin::new(&mut future).poll(&mut wake) {
            break outcome;
        }
        std::thread::yield_now();
    };
    assert_eq!(outcome, Ok(3));
}

#[test]
fn a_ring_too_many_does_not_keep_a_map_from_helping() {
    let pool = HandDriven::new();
    let options = MapOptions::new()
        .chunk(NonZeroUsize::MIN)
        .retries(twice().retries)
        // So that it fails instead of waiting without end.
        .deadline(Duration::from_secs(60));
    let mut map = pool.map_with(succeeds_at, [2, 1], options);
    // The first chunk rings when it is queued again, and once more when it has ended.
    let job = pool.take().job;
    assert!(attempt(&job).is_some());
    assert!(job.resume(0));
    assert!(attempt(&job).is_none());
    let worker = Rc::new(Worker {
        pool: pool.id(),
        asked: Cell::new(0),
        resumes_at_once: true,
    });
    let _serving = serve(Rc::<Worker>::clone(&worker));
    assert_eq!(map.next(), Some(Ok(2)));
    assert_eq!(map.next(), Some(Ok(1)));
    assert_eq!(worker.asked.get(), 1);
}

#[test]
fn a_look_does_not_use_up_what_tells_a_worker_to_help() {
    let pool = HandDriven::new();
    let handle = pool.submit_with(succeeds_at, 2, twice()).unwrap();
    let job = pool.take().job;
    let mut completed = as_completed([handle]);
    assert!(attempt(&job).is_some());
    assert!(job.resume(0));
    let worker = Rc::new(Worker {
        pool: pool.id(),
        asked: Cell::new(0),
        resumes_at_once: true,
    });
    let _serving = serve(Rc::<Worker>::clone(&worker));
    assert_eq!(completed.next_timeout(Duration::ZERO), None);
    assert_eq!(worker.asked.get(), 0, "it would take time");
    assert_eq!(completed.next(), Some((0, Ok(2))));
}
