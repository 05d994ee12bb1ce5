//! Jobs that wait too long: the pool's own limit, what is left behind, and what counts as a start.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobHandle, JobOptions, WaitUntil, wait};
use serde::{Deserialize, Serialize};
use thread_runner::{ThreadPool, ThreadPoolBuilder};

use crate::gate::{Gate, LONG, eventually, threads_named};

const SHORT: Duration = Duration::from_millis(30);
const LATE: JobError = JobError::QueueTimedOut { limit: SHORT };

fn identity(n: u64) -> u64 {
    n
}

/// A pool of one worker, which waits at the gate.
fn busy(builder: ThreadPoolBuilder, gate: &Arc<Gate>) -> (ThreadPool, JobHandle<()>) {
    let pool = builder.workers(1).start().unwrap();
    let own = Arc::clone(gate);
    let running = pool.submit_fn(move || own.pass()).unwrap();
    gate.await_arrivals(1);
    (pool, running)
}

#[test]
fn a_jobs_own_limit_takes_precedence_over_the_pools() {
    let gate = Arc::new(Gate::new());
    let builder = ThreadPool::builder().queue_timeout(SHORT);
    let (pool, running) = busy(builder, &gate);
    let options = JobOptions::new().queue_timeout(LONG);
    let patient = pool.submit_with(identity, 1, options).unwrap();
    let late = pool.submit(identity, 2).unwrap();
    let closure = pool.submit_fn(|| 3).unwrap();
    assert_eq!(late.join(), Err(LATE));
    assert_eq!(closure.join(), Err(LATE));
    assert!(!patient.is_finished());
    assert_eq!(pool.stats().queued, 1);
    gate.open();
    assert_eq!((running.join(), patient.join()), (Ok(()), Ok(1)));
}

#[test]
fn the_items_of_a_map_wait_as_long_as_it_takes() {
    let gate = Arc::new(Gate::new());
    let builder = ThreadPool::builder().queue_timeout(SHORT);
    let (pool, _running) = busy(builder, &gate);
    thread::scope(|scope| {
        let mapper = scope.spawn(|| pool.map(identity, 0..100).collect::<Vec<_>>());
        eventually("the map has begun", || pool.stats().queued > 0);
        // It came later, so its time is over later than that of the items would be.
        assert_eq!(pool.submit(identity, 2).unwrap().join(), Err(LATE));
        gate.open();
        let outcomes = mapper.join().unwrap();
        assert!(outcomes.into_iter().eq((0..100).map(Ok)));
    });
}

/// Keeps a share of a counter for as long as it lives.
#[derive(Serialize, Deserialize)]
struct Share {
    #[serde(skip)]
    counter: Option<Arc<()>>,
}

fn take(share: Share) -> usize {
    share
        .counter
        .map_or(0, |counter| Arc::strong_count(&counter))
}

#[test]
fn a_hundred_thousand_jobs_that_waited_too_long_leave_nothing_behind() {
    const JOBS: usize = 100_000;
    let gate = Arc::new(Gate::new());
    let (pool, running) = busy(ThreadPool::builder(), &gate);
    let counter = Arc::new(());
    let options = JobOptions::new().queue_timeout(SHORT);
    let submit = |_| {
        let share = Share {
            counter: Some(Arc::clone(&counter)),
        };
        pool.submit_with(take, share, options).unwrap()
    };
    let handles: Vec<_> = (0..JOBS).map(submit).collect();
    let waited = wait(&handles, WaitUntil::All, Some(LONG));
    assert_eq!(waited.done.len(), JOBS);
    assert_eq!(Arc::strong_count(&counter), 1, "inputs are dropped");
    assert_eq!(pool.stats().queued, 0, "the queue is empty");
    assert!(handles.into_iter().all(|handle| handle.join() == Err(LATE)));
    gate.open();
    assert_eq!(running.join(), Ok(()));
    assert_eq!(pool.submit(identity, 1).unwrap().join(), Ok(1));
}

#[test]
fn a_job_that_a_joining_worker_runs_has_started() {
    let pool = Arc::new(ThreadPool::builder().workers(1).start().unwrap());
    let (gate, own) = (Arc::new(Gate::new()), Arc::clone(&pool));
    let (inner_gate, late) = (Arc::clone(&gate), Arc::new(Mutex::new(None)));
    let place = Arc::clone(&late);
    let outer = pool.submit_fn(move || {
        // Its share of the time is generous, and spent inside.
        let limit = Duration::from_secs(2);
        let options = JobOptions::new().queue_timeout(limit);
        let nested = |(): ()| GATE.pass();
        let inner = own.submit_with(nested, (), options).unwrap();
        *place.lock().unwrap() = Some(own.submit_with(identity, 1, options).unwrap());
        inner_gate.pass();
        inner.join()
    });
    static GATE: Gate = Gate::new();
    gate.open();
    GATE.await_arrivals(1);
    // This one waited in the same queue for the same time, behind the one that runs.
    let late = late.lock().unwrap().take().unwrap();
    assert!(matches!(late.join(), Err(JobError::QueueTimedOut { .. })));
    GATE.open();
    assert_eq!(outer.unwrap().join(), Ok(Ok(())));
}

#[test]
fn callbacks_find_a_thread_while_every_worker_is_busy_and_it_ends_after_them() {
    let gate = Arc::new(Gate::new());
    let builder = ThreadPool::builder().name("late");
    let (pool, running) = busy(builder, &gate);
    let (tell, told) = channel();
    let options = JobOptions::new().queue_timeout(SHORT);
    for _ in 0..3 {
        let mut handle = pool.submit_with(identity, 1, options).unwrap();
        let tell = tell.clone();
        handle.on_done(move |outcome| {
            let thread = thread::current().name().map(str::to_owned);
            tell.send((outcome.clone(), thread)).unwrap();
        });
        let (outcome, thread) = told.recv_timeout(LONG).unwrap();
        assert_eq!(outcome, Err(LATE));
        assert_eq!(thread.as_deref(), Some("late-calls"));
        assert_eq!(handle.join(), Err(LATE));
    }
    eventually("the courier ends", || threads_named("late-calls") == 0);
    gate.open();
    assert_eq!(running.join(), Ok(()));
    drop(pool);
    eventually("the threads are gone", || threads_named("late") == 0);
}

#[test]
fn a_callback_that_hangs_is_left_behind_by_a_bounded_stop() {
    let (gate, call) = (Arc::new(Gate::new()), Arc::new(Gate::new()));
    let builder = ThreadPool::builder().name("stuck").grace(SHORT);
    let (pool, running) = busy(builder, &gate);
    let options = JobOptions::new().queue_timeout(SHORT);
    let mut late = pool.submit_with(identity, 1, options).unwrap();
    let own = Arc::clone(&call);
    late.on_done(move |_| own.pass());
    call.await_arrivals(1);
    let report = pool.shutdown_now();
    let threads: Vec<_> = report.left_behind.iter().map(|left| &left.thread).collect();
    assert_eq!(threads, ["stuck-0", "stuck-calls"], "{report}");
    assert_eq!(running.join(), Err(JobError::Killed));
    call.open();
    assert_eq!(late.join(), Err(LATE));
    gate.open();
    eventually("the threads are gone", || threads_named("stuck") == 0);
    assert!(pool.shutdown_now().is_clean());
}

#[test]
fn shutting_down_waits_no_longer_than_the_queue_does() {
    let gate = Arc::new(Gate::new());
    let (pool, running) = busy(ThreadPool::builder(), &gate);
    let options = JobOptions::new().queue_timeout(SHORT);
    let late = pool.submit_with(identity, 1, options).unwrap();
    thread::scope(|scope| {
        let stopper = scope.spawn(|| pool.shutdown());
        assert_eq!(late.join(), Err(LATE), "also while the pool drains");
        assert!(!stopper.is_finished());
        gate.open();
    });
    assert_eq!(running.join(), Ok(()));
}

#[test]
fn limits_in_the_queue_that_pass_at_any_moment_resolve_every_handle() {
    let ran = AtomicUsize::new(0);
    for round in 0..200_u64 {
        let pool = ThreadPool::builder()
            .workers(2)
            .queue_timeout(Duration::from_micros(round * 2))
            .start()
            .unwrap();
        let handles: Vec<_> = (0..50).map(|n| pool.submit(identity, n).unwrap()).collect();
        for (n, handle) in (0..).zip(handles) {
            match handle.join_timeout(LONG).expect("every job ends") {
                Ok(value) => {
                    ran.fetch_add(1, Ordering::Relaxed);
                    assert_eq!(value, n);
                }
                Err(error) => assert!(matches!(error, JobError::QueueTimedOut { .. })),
            }
        }
    }
}
