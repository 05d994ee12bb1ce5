//! Tasks that take turns, each on a thread and with a context of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::mpsc;
use std::thread::{self, Scope, ScopedJoinHandle};

use super::*;
use crate::context::Context;
use crate::host::{JobId, WorkerId};
use crate::inline::StandardStreams;
use crate::panics::{self, Unwound};
use crate::stop::StopSignal;

/// Nobody asks for a lock of this interval while a test runs.
const NEVER: Duration = Duration::from_secs(3_600);

/// Whoever waits asks for a lock of this interval at once.
const AT_ONCE: Duration = Duration::from_nanos(1);

const JOB: JobId = JobId(7);

fn new_lock(interval: Duration) -> &'static GlobalLock {
    Box::leak(Box::new(GlobalLock::new(interval)))
}

/// A context of a worker that runs a job, and the signal that stops the job.
fn worker() -> (Context, StopSignal) {
    let stop = StopSignal::default();
    let ctx = Context::new(Arc::new(StandardStreams), WorkerId(0), stop.clone());
    let _ = ctx.enter(JOB, 1, None);
    (ctx, stop)
}

/// Starts a task that holds `lock` while it runs `f`.
fn start<'scope, R: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    lock: &'static GlobalLock,
    f: impl FnOnce() -> R + Send + 'scope,
) -> (ScopedJoinHandle<'scope, Result<R, Unwound>>, StopSignal) {
    let (sender, signal) = mpsc::channel();
    let task = scope.spawn(move || {
        let (ctx, stop) = worker();
        sender.send(stop).unwrap();
        panics::catch(AssertUnwindSafe(|| ctx.holding(lock, f)))
    });
    (task, signal.recv().unwrap())
}

fn await_that(what: impl Fn() -> bool) {
    while !what() {
        thread::yield_now();
    }
}

#[test]
fn one_computes_at_a_time_and_all_get_their_turns() {
    const TASKS: usize = 3;
    let lock = new_lock(AT_ONCE);
    let (inside, turns) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let last = AtomicUsize::new(usize::MAX);
    let compute = |me: usize| {
        let (ctx, _) = worker();
        ctx.holding(lock, || {
            // Each goes on until turns have changed often enough, which they do only if all hand over.
            while turns.load(Ordering::Relaxed) < 100 {
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two compute");
                if last.swap(me, Ordering::Relaxed) != me {
                    turns.fetch_add(1, Ordering::Relaxed);
                }
                std::hint::black_box((0..100).sum::<u64>());
                assert_eq!(inside.fetch_sub(1, Ordering::SeqCst), 1, "two compute");
                ctx.checkpoint();
            }
        });
    };
    thread::scope(|scope| {
        for me in 0..TASKS {
            scope.spawn(move || compute(me));
        }
    });
    assert_eq!(lock.waiting(), 0);
}

#[test]
fn who_is_asked_does_not_go_first() {
    let lock = new_lock(AT_ONCE);
    let (ctx, _) = worker();
    let has_run = AtomicBool::new(false);
    thread::scope(|scope| {
        ctx.holding(lock, || {
            start(scope, lock, || has_run.store(true, Ordering::SeqCst));
            await_that(|| lock.is_asked.load(Ordering::Relaxed));
            assert!(!has_run.load(Ordering::SeqCst));
            ctx.checkpoint();
            assert!(has_run.load(Ordering::SeqCst));
        });
    });
}

#[test]
fn before_the_interval_is_over_nobody_is_asked() {
    let lock = new_lock(NEVER);
    let (ctx, _) = worker();
    let has_run = AtomicBool::new(false);
    thread::scope(|scope| {
        ctx.holding(lock, || {
            start(scope, lock, || has_run.store(true, Ordering::SeqCst));
            await_that(|| lock.waiting() == 1);
            (0..1_000).for_each(|_| ctx.checkpoint());
            assert!(!has_run.load(Ordering::SeqCst));
        });
    });
    assert!(has_run.load(Ordering::SeqCst));
}

#[test]
fn who_blocks_lets_others_in_and_comes_back() {
    let lock = new_lock(NEVER);
    let (ctx, _) = worker();
    thread::scope(|scope| {
        ctx.holding(lock, || {
            let joined = ctx.blocking(|| start(scope, lock, || 7).0.join());
            assert_eq!(joined.unwrap(), Ok(7));
            assert!(super::lock(&lock.turn).is_held);
        });
    });
    assert!(!super::lock(&lock.turn).is_held);
}

#[test]
fn a_panic_leaves_the_lock_free_and_one_that_is_caught_leaves_it_held() {
    let lock = new_lock(NEVER);
    let (ctx, _) = worker();
    panics::set_quiet(true);
    let outcome = panics::catch(AssertUnwindSafe(|| {
        ctx.holding(lock, || {
            let caught = catch_unwind(AssertUnwindSafe(|| ctx.blocking(|| panic!("inside"))));
            assert!(caught.is_err());
            assert!(super::lock(&lock.turn).is_held);
            panic!("outside")
        })
    }));
    assert!(matches!(outcome, Err(Unwound::Panicked(_))));
    assert!(!super::lock(&lock.turn).is_held);
}

#[test]
fn what_runs_inside_of_a_holding_task_goes_along_with_it() {
    let lock = new_lock(NEVER);
    let (ctx, _) = worker();
    let inner = || ctx.holding(lock, || super::lock(&lock.turn).takes);
    assert_eq!(ctx.holding(lock, inner), 1);
    // A blocking task has no turn, so what runs inside of it takes its own.
    assert_eq!(ctx.holding(lock, || ctx.blocking(inner)), 3);
    assert_eq!(super::lock(&lock.turn).takes, 4);
}

#[test]
fn who_waits_in_vain_can_be_told_to_stop() {
    let lock = new_lock(Duration::from_millis(1));
    let (ctx, _) = worker();
    thread::scope(|scope| {
        ctx.holding(lock, || {
            let (task, stop) = start(scope, lock, || unreachable!("it has no turn"));
            await_that(|| lock.waiting() == 1);
            stop.stop(JOB);
            assert_eq!(task.join().unwrap(), Err::<(), _>(Unwound::Stopped));
            assert_eq!(lock.waiting(), 0);
            // It may have asked before it left; then nobody is there to hand over to.
            ctx.checkpoint();
        });
    });
}

#[test]
fn who_comes_back_from_blocking_in_vain_can_be_told_to_stop() {
    let lock = new_lock(Duration::from_millis(1));
    let (holder, _) = worker();
    let (blocks, is_blocking) = mpsc::channel();
    let (go, may_go) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let task = scope.spawn(move || {
            let (ctx, stop) = worker();
            let run = || {
                ctx.blocking(|| {
                    blocks.send(stop.clone()).unwrap();
                    may_go.recv().unwrap();
                });
            };
            panics::catch(AssertUnwindSafe(|| ctx.holding(lock, run)))
        });
        let stop = is_blocking.recv().unwrap();
        holder.holding(lock, || {
            go.send(()).unwrap();
            await_that(|| lock.waiting() == 1);
            stop.stop(JOB);
            assert_eq!(task.join().unwrap(), Err(Unwound::Stopped));
        });
    });
    assert!(!super::lock(&lock.turn).is_held);
}

#[test]
fn an_interval_is_never_nothing() {
    let lock = GlobalLock::new(Duration::ZERO);
    assert_eq!(lock.interval(), Duration::from_nanos(1));
    lock.set_interval(Duration::MAX);
    assert_eq!(lock.interval(), Duration::from_nanos(u64::MAX));
}
