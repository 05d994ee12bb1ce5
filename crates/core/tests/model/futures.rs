//! A handle as a future, polled by hand.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use anypool_core::{Executor as _, JobError, JobHandle, Outcome, as_completed, set_quiet};

use crate::hand_driven::{HandDriven, LONG, submit_gated};

/// Counts how often it is woken.
#[derive(Default)]
struct Count(AtomicUsize);

impl Count {
    fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn poll<T: 'static>(handle: &mut JobHandle<T>, count: &Arc<Count>) -> Poll<Outcome<T>> {
    let waker = Waker::from(Arc::clone(count));
    Pin::new(handle).poll(&mut Context::from_waker(&waker))
}

fn halve(n: u32) -> u32 {
    n / 2
}

#[test]
fn it_is_woken_once_when_the_job_ends() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(halve, 8).unwrap();
    let count = Arc::default();
    assert!(poll(&mut handle, &count).is_pending());
    assert!(poll(&mut handle, &count).is_pending());
    assert_eq!(count.get(), 0);
    pool.run_all();
    assert_eq!(count.get(), 1);
    assert_eq!(poll(&mut handle, &count), Poll::Ready(Ok(4)));
}

#[test]
fn the_newest_waker_is_the_one_that_counts() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(halve, 8).unwrap();
    let (old, new) = (Arc::default(), Arc::default());
    assert!(poll(&mut handle, &old).is_pending());
    assert!(poll(&mut handle, &new).is_pending());
    pool.run_all();
    assert_eq!((old.get(), new.get()), (0, 1));
}

#[test]
fn an_ended_job_is_ready_without_a_wake() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(halve, 8).unwrap();
    pool.run_all();
    let count = Arc::default();
    assert_eq!(poll(&mut handle, &count), Poll::Ready(Ok(4)));
    assert_eq!(count.get(), 0);
}

#[test]
fn cancelling_wakes_it() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(halve, 8).unwrap();
    let count = Arc::default();
    assert!(poll(&mut handle, &count).is_pending());
    assert!(handle.cancel());
    assert_eq!(count.get(), 1);
    assert_eq!(
        poll(&mut handle, &count),
        Poll::Ready(Err(JobError::Cancelled))
    );
}

#[test]
fn dropping_it_detaches_the_job() {
    let pool = HandDriven::new();
    let (mut handle, gate) = submit_gated(&pool);
    let count = Arc::default();
    assert!(poll(&mut handle, &count).is_pending());
    drop(handle);
    gate.end.send(1).unwrap();
    pool.run_all();
    assert!(gate.started.try_recv().is_ok());
}

#[test]
#[should_panic(expected = "has given its outcome")]
fn polling_it_after_its_outcome_panics_like_other_futures() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(halve, 8).unwrap();
    pool.run_all();
    assert!(poll(&mut handle, &Arc::default()).is_ready());
    let _ = poll(&mut handle, &Arc::default());
}

#[test]
#[should_panic(expected = "has given its outcome")]
fn joining_it_after_its_outcome_says_so() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(halve, 8).unwrap();
    pool.run_all();
    assert!(poll(&mut handle, &Arc::default()).is_ready());
    let _ = handle.join_timeout(LONG);
}

#[test]
#[should_panic(expected = "has given its outcome")]
fn a_callback_after_its_outcome_is_refused() {
    let pool = HandDriven::new();
    let mut handle = pool.submit(halve, 8).unwrap();
    pool.run_all();
    assert!(poll(&mut handle, &Arc::default()).is_ready());
    handle.on_done(|_| ());
}

#[test]
fn a_waker_that_panics_keeps_nobody_else_waiting() {
    struct Bomb;
    impl Wake for Bomb {
        fn wake(self: Arc<Self>) {
            panic!("this waker explodes");
        }
    }
    set_quiet(true);
    let pool = HandDriven::new();
    let mut handle = pool.submit(halve, 8).unwrap();
    let waker = Waker::from(Arc::new(Bomb));
    let first = Pin::new(&mut handle).poll(&mut Context::from_waker(&waker));
    assert!(first.is_pending());
    let mut completed = as_completed([handle]);
    pool.run_all();
    assert_eq!(completed.next_timeout(LONG), Some((0, Ok(4))));
}

#[test]
fn a_waker_that_is_replaced_may_run_the_job_when_it_is_dropped() {
    struct Runner(Arc<HandDriven>);
    impl Wake for Runner {
        fn wake(self: Arc<Self>) {}
    }
    impl Drop for Runner {
        fn drop(&mut self) {
            self.0.run_all();
        }
    }
    let pool = Arc::new(HandDriven::new());
    let mut handle = pool.submit(halve, 8).unwrap();
    let waker = Waker::from(Arc::new(Runner(Arc::clone(&pool))));
    let first = Pin::new(&mut handle).poll(&mut Context::from_waker(&waker));
    assert!(first.is_pending());
    drop(waker);
    let count = Arc::default();
    assert!(poll(&mut handle, &count).is_pending());
    assert_eq!(count.get(), 1);
    assert_eq!(poll(&mut handle, &count), Poll::Ready(Ok(4)));
}
