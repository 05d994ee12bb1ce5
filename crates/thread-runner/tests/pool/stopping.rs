//! The ways to stop a pool.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anypool_core::{Context, Executor as _, JobError, JobHandle, SubmitError};
use thread_runner::ThreadPool;

use crate::gate::{Gate, eventually, threads_named};

/// A pool of one worker whose job waits at the gate.
fn busy(name: &str, gate: &Arc<Gate>) -> (ThreadPool, JobHandle<()>) {
    let pool = ThreadPool::builder()
        .workers(1)
        .name(name)
        .grace(Duration::from_millis(50))
        .start()
        .unwrap();
    let own = Arc::clone(gate);
    let job = pool.submit_fn(move || own.pass()).unwrap();
    gate.await_arrivals(1);
    (pool, job)
}

fn identity(n: u32) -> u32 {
    n
}

#[test]
fn shutdown_waits_for_what_was_accepted() {
    let gate = Arc::new(Gate::new());
    let (pool, first) = busy("drain", &gate);
    let queued: Vec<_> = (0..50).map(|n| pool.submit(identity, n).unwrap()).collect();
    thread::scope(|scope| {
        let stopper = scope.spawn(|| pool.shutdown());
        eventually("the pool is closed", || {
            pool.submit(identity, 0)
                .is_err_and(|error| error == SubmitError::Shutdown)
        });
        assert!(!stopper.is_finished());
        gate.open();
    });
    assert_eq!(first.join(), Ok(()));
    for (n, handle) in (0..).zip(queued) {
        assert_eq!(handle.try_join().unwrap(), Ok(n));
    }
    pool.shutdown();
    assert!(pool.shutdown_now().is_clean());
    eventually("the threads are gone", || threads_named("drain") == 0);
}

#[test]
fn dropping_a_pool_waits_for_what_was_accepted() {
    let pool = ThreadPool::builder().workers(2).start().unwrap();
    let handles: Vec<_> = (0..500)
        .map(|n| pool.submit(identity, n).unwrap())
        .collect();
    drop(pool);
    for (n, handle) in (0..).zip(handles) {
        assert_eq!(handle.try_join().unwrap(), Ok(n));
    }
}

#[test]
fn shutdown_now_cancels_leaves_behind_and_says_so() {
    let gate = Arc::new(Gate::new());
    let (pool, stuck) = busy("now", &gate);
    let queued = [1, 2].map(|n| pool.submit(identity, n).unwrap());
    let report = pool.shutdown_now();
    assert_eq!(report.cancelled, 2);
    let [left] = &report.left_behind[..] else {
        panic!("{report}");
    };
    assert_eq!(
        (left.thread.as_str(), &left.jobs[..]),
        ("now-0", &[stuck.id()][..])
    );
    assert_eq!(stuck.join(), Err(JobError::Killed));
    for handle in queued {
        assert_eq!(handle.join(), Err(JobError::Cancelled));
    }
    let again = pool.shutdown_now();
    assert_eq!((again.cancelled, again.left_behind.len()), (0, 1));
    pool.shutdown();
    gate.open();
    eventually("the thread has ended", || pool.stats().leaked == 0);
    assert!(pool.shutdown_now().is_clean());
}

#[test]
fn shutdown_now_stops_tasks_that_ask() {
    static STARTED: Gate = Gate::new();
    fn spin(_: (), ctx: &Context) {
        STARTED.pass();
        loop {
            ctx.checkpoint();
            thread::yield_now();
        }
    }
    STARTED.open();
    let pool = ThreadPool::builder()
        .workers(2)
        .grace(Duration::from_secs(60))
        .start()
        .unwrap();
    let jobs = [(), ()].map(|()| pool.submit(spin, ()).unwrap());
    STARTED.await_arrivals(2);
    assert!(pool.shutdown_now().is_clean());
    assert_eq!(
        jobs.map(JobHandle::join),
        [Err(JobError::Cancelled), Err(JobError::Cancelled)]
    );
}

#[test]
fn shutdown_timeout_is_as_long_as_needed_or_allowed() {
    let gate = Arc::new(Gate::new());
    let (pool, job) = busy("late", &gate);
    let report = pool.shutdown_timeout(Duration::from_millis(1)).unwrap_err();
    assert_eq!(report.left_behind.len(), 1);
    assert_eq!(job.join(), Err(JobError::Killed));
    gate.open();

    let pool = ThreadPool::builder().workers(1).start().unwrap();
    let job = pool.submit(identity, 7).unwrap();
    assert_eq!(pool.shutdown_timeout(Duration::from_secs(60)), Ok(()));
    assert_eq!(job.join(), Ok(7));
}

#[test]
fn a_pool_dropped_by_a_panic_does_not_wait() {
    let gate = Arc::new(Gate::new());
    let (pool, job) = busy("unwind", &gate);
    let queued = pool.submit(identity, 1).unwrap();
    let unwound = thread::scope(|scope| {
        let owner = scope.spawn(move || {
            let _pool = pool;
            // Without the hook's text.
            std::panic::resume_unwind(Box::new("on purpose"));
        });
        owner.join()
    });
    unwound.unwrap_err();
    assert_eq!(queued.join(), Err(JobError::Cancelled));
    assert_eq!(job.join(), Err(JobError::Killed));
    gate.open();
}

#[test]
fn a_pool_may_be_dropped_by_its_own_worker() {
    let pool = Arc::new(
        ThreadPool::builder()
            .workers(2)
            .name("owned")
            .start()
            .unwrap(),
    );
    let gate = Arc::new(Gate::new());
    let (own, own_gate) = (Arc::clone(&pool), gate.clone());
    let job = pool
        .submit_fn(move || {
            own_gate.pass();
            drop(own);
            7
        })
        .unwrap();
    drop(pool);
    gate.open();
    assert_eq!(job.join(), Ok(7));
    eventually("the threads are gone", || threads_named("owned") == 0);
}

#[test]
fn submitters_that_wait_for_room_are_sent_away() {
    let pool = ThreadPool::builder().workers(1).queue(1).start().unwrap();
    let gate = Arc::new(Gate::new());
    let own = gate.clone();
    let first = pool.submit_fn(move || own.pass()).unwrap();
    gate.await_arrivals(1);
    let second = pool.submit(identity, 1).unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| pool.submit(identity, 2).map(drop));
        let stopper = scope.spawn(|| pool.shutdown());
        assert_eq!(waiting.join().unwrap(), Err(SubmitError::Shutdown));
        gate.open();
        stopper.join().unwrap();
    });
    assert_eq!((first.join(), second.join()), (Ok(()), Ok(1)));
}

#[test]
fn what_is_left_of_a_running_chunk_is_cancelled() {
    static GATE: Gate = Gate::new();
    fn hang(n: u32) -> u32 {
        GATE.pass();
        n
    }
    let pool = ThreadPool::builder()
        .workers(1)
        .grace(Duration::from_secs(60))
        .start()
        .unwrap();
    let chunk = std::num::NonZeroUsize::new(5).unwrap();
    let options = anypool_core::MapOptions::new().chunk(chunk);
    let outcomes = thread::scope(|scope| {
        let mapper = scope.spawn(|| pool.map_with(hang, 0..5, options).collect::<Vec<_>>());
        GATE.await_arrivals(1);
        let stopper = scope.spawn(|| pool.shutdown_now());
        eventually("the pool is closed", || pool.submit(identity, 0).is_err());
        GATE.open();
        assert!(stopper.join().unwrap().cancelled >= 1);
        mapper.join().unwrap()
    });
    assert_eq!(outcomes[0], Ok(0));
    assert_eq!(outcomes[1..], [const { Err(JobError::Cancelled) }; 4]);
}

#[test]
fn a_callback_that_never_returns_holds_up_its_own_job_alone() {
    let gate = Arc::new(Gate::new());
    let (pool, running) = busy("calls", &gate);
    let submit = || pool.submit(identity, 7).unwrap();
    let (mut stuck, mut behind, plain) = (submit(), submit(), submit());
    let closed = Arc::new(Gate::new());
    let own = Arc::clone(&closed);
    stuck.on_done(move |_| own.pass());
    behind.on_done(|_| panic!("it is dropped uncalled"));
    let report = pool.shutdown_now();
    let left: Vec<_> = report
        .left_behind
        .iter()
        .map(|left| &*left.thread)
        .collect();
    assert_eq!(
        (report.cancelled, left),
        (3, vec!["calls-0", "anypool-calls"])
    );
    for job in [behind, plain] {
        assert_eq!(job.try_join().unwrap(), Err(JobError::Cancelled));
    }
    assert!(!stuck.is_finished());
    // What was left behind is not waited for again.
    drop(pool);
    closed.open();
    gate.open();
    assert_eq!(stuck.join(), Err(JobError::Cancelled));
    assert_eq!(running.join(), Err(JobError::Killed));
}
