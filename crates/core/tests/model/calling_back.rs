//! Waiting inside a callback: what it waits for has its callbacks called meanwhile, and what cannot end
//! before it does is an error.

use std::pin::Pin;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use anypool_core::{
    Callbacks, Executor as _, JobError, JobHandle, Outcome, Settlement, WaitUntil, as_completed,
    wait,
};

use crate::hand_driven::{HandDriven, LONG};

/// A handle that a callback of its own job can reach.
type Slot = Arc<Mutex<Option<JobHandle<u32>>>>;

fn square(n: u32) -> u32 {
    n * n
}

/// A job whose callback runs `inside`, when the job is run.
fn with_callback<R: Send + 'static>(
    pool: &HandDriven,
    inside: impl FnOnce() -> R + Send + 'static,
) -> (JobHandle<u32>, Receiver<R>) {
    let (tell, told) = channel();
    let mut handle = pool.submit(square, 2).unwrap();
    handle.on_done(move |_| tell.send(inside()).unwrap());
    (handle, told)
}

/// A job that has ended with its callbacks uncalled, as when the thread for them is busy.
fn ending(pool: &HandDriven, tell: Sender<Outcome<u32>>) -> (JobHandle<u32>, Callbacks) {
    let mut handle = pool.submit(square, 3).unwrap();
    handle.on_done(move |outcome| tell.send(outcome.clone()).unwrap());
    let how = Settlement::Failed(JobError::Killed);
    let callbacks = pool.take().job.settle(0, how, Duration::ZERO);
    (handle, callbacks.expect("it has one"))
}

#[test]
fn what_a_callback_joins_has_its_callbacks_called_there() {
    let pool = HandDriven::new();
    let (tell, told) = channel();
    let (inner, callbacks) = ending(&pool, tell);
    let (_outer, joined) = with_callback(&pool, move || (inner.join(), told.try_recv()));
    pool.run_all();
    let killed = Err(JobError::Killed);
    assert_eq!(joined.try_recv(), Ok((killed.clone(), Ok(killed))));
    // They were called, and are not called again.
    callbacks.run_to_end();
}

#[test]
fn what_a_callback_waits_for_has_its_callbacks_called_there() {
    let pool = HandDriven::new();
    let (tell, told) = channel();
    let (first, _first) = ending(&pool, tell.clone());
    let (second, _second) = ending(&pool, tell);
    let (_outer, waited) = with_callback(&pool, move || {
        let done = wait(&[first], WaitUntil::All, None).done;
        (done, as_completed([second]).next())
    });
    pool.run_all();
    let expected = (vec![0], Some((0, Err(JobError::Killed))));
    assert_eq!(waited.try_recv(), Ok(expected));
    assert_eq!(told.try_iter().count(), 2);
}

#[test]
fn callbacks_come_to_a_callback_that_waits_already() {
    let pool = HandDriven::new();
    let (tell, told) = channel();
    let mut inner = pool.submit(square, 3).unwrap();
    inner.on_done(move |outcome| tell.send(outcome.clone()).unwrap());
    let job = pool.take().job;
    let (begun, begins) = channel();
    let (_outer, joined) = with_callback(&pool, move || {
        begun.send(()).unwrap();
        inner.join()
    });
    thread::scope(|scope| {
        scope.spawn(|| pool.run_all());
        begins.recv_timeout(LONG).unwrap();
        let how = Settlement::Failed(JobError::Killed);
        let callbacks = job.settle(0, how, Duration::ZERO);
        assert_eq!(joined.recv_timeout(LONG), Ok(Err(JobError::Killed)));
        assert_eq!(told.try_recv(), Ok(Err(JobError::Killed)));
        drop(callbacks);
    });
}

/// Wakes the thread that polls.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<T: 'static>(mut handle: JobHandle<T>) -> Outcome<T> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match Pin::new(&mut handle).poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(outcome) => return outcome,
            Poll::Pending => thread::park_timeout(LONG),
        }
    }
}

#[test]
fn what_a_callback_awaits_has_its_callbacks_called_there() {
    let pool = HandDriven::new();
    let (tell, told) = channel();
    let (inner, _callbacks) = ending(&pool, tell);
    let (_outer, awaited) = with_callback(&pool, move || block_on(inner));
    pool.run_all();
    assert_eq!(awaited.try_recv(), Ok(Err(JobError::Killed)));
    assert_eq!(told.try_iter().count(), 1);
}

#[test]
fn callbacks_wake_a_callback_that_awaits_their_job() {
    let pool = HandDriven::new();
    let (tell, told) = channel();
    let mut inner = pool.submit(square, 3).unwrap();
    inner.on_done(move |outcome| tell.send(outcome.clone()).unwrap());
    let job = pool.take().job;
    let (begun, begins) = channel();
    let (_outer, awaited) = with_callback(&pool, move || {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let polled = Pin::new(&mut inner).poll(&mut Context::from_waker(&waker));
        begun.send(polled.is_pending()).unwrap();
        block_on(inner)
    });
    thread::scope(|scope| {
        scope.spawn(|| pool.run_all());
        assert_eq!(begins.recv_timeout(LONG), Ok(true));
        let how = Settlement::Failed(JobError::Killed);
        let callbacks = job.settle(0, how, Duration::ZERO);
        assert_eq!(awaited.recv_timeout(LONG), Ok(Err(JobError::Killed)));
        assert_eq!(told.try_recv(), Ok(Err(JobError::Killed)));
        drop(callbacks);
    });
}

#[test]
fn who_runs_a_job_calls_its_callbacks_although_a_callback_waits_for_it() {
    // Either thread could be the first; it must not be chance that it is this one.
    for _ in 0..200 {
        let (outer_pool, pool) = (HandDriven::new(), HandDriven::new());
        let (tell, told) = channel();
        let mut inner = pool.submit(square, 3).unwrap();
        inner.on_done(move |_| tell.send(thread::current().id()).unwrap());
        let (begun, begins) = channel();
        let (_outer, joined) = with_callback(&outer_pool, move || {
            begun.send(()).unwrap();
            inner.join()
        });
        thread::scope(|scope| {
            scope.spawn(|| outer_pool.run_all());
            begins.recv_timeout(LONG).unwrap();
            pool.run_all();
            assert_eq!(told.try_recv(), Ok(thread::current().id()));
            assert_eq!(joined.recv_timeout(LONG), Ok(Ok(9)));
        });
    }
}

#[test]
fn outside_of_callbacks_a_joiner_leaves_callbacks_to_the_executor() {
    let pool = HandDriven::new();
    let (tell, told) = channel();
    let (handle, callbacks) = ending(&pool, tell);
    thread::scope(|scope| {
        let joiner = scope.spawn(|| handle.join());
        let early = told.recv_timeout(Duration::from_millis(50));
        assert_eq!(early, Err(RecvTimeoutError::Timeout));
        callbacks.run();
        assert_eq!(joiner.join().unwrap(), Err(JobError::Killed));
    });
    assert_eq!(told.try_iter().count(), 1);
}

#[test]
fn running_callbacks_to_their_end_waits_for_the_thread_that_calls_them() {
    let pool = HandDriven::new();
    let (begun, begins) = channel();
    let (let_go, go) = channel::<()>();
    let mut inner = pool.submit(square, 3).unwrap();
    let called = Arc::new(Mutex::new(false));
    let sets = Arc::clone(&called);
    inner.on_done(move |_| {
        begun.send(()).unwrap();
        go.recv_timeout(LONG).unwrap();
        *sets.lock().unwrap() = true;
    });
    let how = Settlement::Failed(JobError::Killed);
    let callbacks = pool.take().job.settle(0, how, Duration::ZERO).unwrap();
    let (_outer, _joined) = with_callback(&pool, move || inner.join());
    thread::scope(|scope| {
        scope.spawn(|| pool.run_all());
        begins.recv_timeout(LONG).unwrap();
        let runner = scope.spawn(|| {
            callbacks.run_to_end();
            *called.lock().unwrap()
        });
        let_go.send(()).unwrap();
        assert!(runner.join().unwrap());
    });
}

/// Runs `inside` in a callback of the job whose handle it is given.
fn inside_own_callback<R: Send + 'static>(
    inside: impl FnOnce(JobHandle<u32>) -> R + Send + 'static,
) -> R {
    let pool = HandDriven::new();
    let slot = Slot::default();
    let own = Arc::clone(&slot);
    let (handle, told) = with_callback(&pool, move || {
        inside(own.lock().unwrap().take().expect("the test put it there"))
    });
    *slot.lock().unwrap() = Some(handle);
    pool.run_all();
    told.try_recv().expect("the callback was called")
}

#[test]
fn to_join_ones_own_job_in_its_callback_is_an_error() {
    let joined = inside_own_callback(JobHandle::join);
    assert_eq!(joined, Err(JobError::WouldDeadlock));
    let joined = inside_own_callback(|own| own.join_timeout(LONG).unwrap());
    assert_eq!(joined, Err(JobError::WouldDeadlock));
    assert!(inside_own_callback(|own| own.try_join().is_err()));
}

#[test]
fn waiting_leaves_ones_own_job_pending_and_the_others_are_waited_for() {
    for (until, timeout) in [
        (WaitUntil::All, None),
        (WaitUntil::First, None),
        (WaitUntil::All, Some(LONG)),
    ] {
        let waited = inside_own_callback(move |own| {
            let pool = HandDriven::new();
            let other = pool.submit(square, 5).unwrap();
            pool.run_all();
            wait(&[own, other], until, timeout)
        });
        assert_eq!((waited.done, waited.pending), (vec![1], vec![0]));
    }
    let waited = inside_own_callback(|own| wait(&[own], WaitUntil::First, None));
    assert_eq!(waited.pending, [0]);
}

#[test]
fn as_completed_yields_ones_own_job_as_an_error_after_what_has_ended() {
    let outcomes = inside_own_callback(|own| {
        let pool = HandDriven::new();
        let other = pool.submit(square, 5).unwrap();
        pool.run_all();
        as_completed([own, other]).collect::<Vec<_>>()
    });
    assert_eq!(outcomes, [(1, Ok(25)), (0, Err(JobError::WouldDeadlock))]);
    let next = inside_own_callback(|own| as_completed([own]).next_timeout(LONG));
    assert_eq!(next, Some((0, Err(JobError::WouldDeadlock))));
}

#[test]
fn to_join_ones_own_job_in_its_task_is_an_error() {
    let pool = HandDriven::new();
    let slot = Slot::default();
    let own = Arc::clone(&slot);
    let (tell, told) = channel();
    let handle = anypool_core::submit_closure(&pool, move || {
        let own = own.lock().unwrap().take().expect("the test put it there");
        tell.send(own.join()).unwrap();
        7
    });
    *slot.lock().unwrap() = Some(handle.unwrap());
    pool.run_all();
    assert_eq!(told.try_recv(), Ok(Err(JobError::WouldDeadlock)));
}
