//! Limits on the time of a job: it is settled on time, told to stop, and its worker replaced.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anypool_core::{Context, Executor as _, JobError, JobOptions, RanBy, StoppedBy, WorkerId};
use thread_runner::ThreadPool;

use crate::gate::{Gate, LONG, eventually, threads_named};

const SHORT: Duration = Duration::from_millis(50);

fn timed_out(limit: Duration) -> JobError {
    JobError::TimedOut {
        limit,
        stopped_by: StoppedBy::Abandoned,
        worker: Some(RanBy::Thread(WorkerId(0))),
    }
}

fn one_worker(limit: Duration) -> ThreadPool {
    let builder = ThreadPool::builder().workers(1).timeout(limit);
    builder.start().unwrap()
}

#[test]
fn a_task_that_asks_ends_when_it_is_told_to() {
    /// Never ends by itself.
    fn spin(_: (), ctx: &Context) {
        loop {
            ctx.checkpoint();
            std::thread::yield_now();
        }
    }
    let pool = one_worker(SHORT);
    for _ in 0..5 {
        let outcome = pool.submit(spin, ()).unwrap().join();
        assert_eq!(outcome, Err(timed_out(SHORT)));
    }
    eventually("every thread has ended", || pool.stats().leaked == 0);
    assert_eq!(pool.submit(|n: u32| n, 3).unwrap().join(), Ok(3));
}

#[test]
fn a_stubborn_task_is_settled_on_time_and_its_worker_replaced() {
    let pool = one_worker(SHORT);
    let gate = Arc::new(Gate::new());
    let own = gate.clone();
    let stubborn = pool.submit_fn(move || own.pass()).unwrap();
    let behind = pool.submit(|n: u32| n, 3).unwrap();
    assert_eq!(stubborn.join(), Err(timed_out(SHORT)));
    assert_eq!(pool.stats().leaked, 1);
    assert_eq!(behind.join(), Ok(3));
    assert_eq!(pool.stats().started, 2);
    gate.open();
    eventually("the thread has ended", || pool.stats().leaked == 0);
}

#[test]
fn a_jobs_own_limit_takes_precedence_and_is_seen_by_its_task() {
    fn left(_: (), ctx: &Context) -> Duration {
        ctx.deadline().map_or(Duration::MAX, |deadline| {
            deadline.saturating_duration_since(Instant::now())
        })
    }
    let pool = one_worker(Duration::from_secs(3_600));
    let of_pool = pool.submit(left, ()).unwrap().join().unwrap();
    let options = JobOptions::new().timeout(Duration::from_secs(60));
    let own = pool.submit_with(left, (), options).unwrap().join().unwrap();
    assert!(of_pool > Duration::from_secs(600) && of_pool <= Duration::from_secs(3_600));
    assert!(own <= Duration::from_secs(60), "{own:?}");
}

#[test]
fn waiting_in_the_queue_does_not_count() {
    let pool = ThreadPool::builder().workers(1).start().unwrap();
    let gate = Arc::new(Gate::new());
    let own = gate.clone();
    let first = pool.submit_fn(move || own.pass()).unwrap();
    let options = JobOptions::new().timeout(Duration::from_secs(30));
    let second = pool.submit_with(|n: u32| n, 3, options).unwrap();
    gate.await_arrivals(1);
    assert!(!second.is_finished());
    gate.open();
    assert_eq!((first.join(), second.join()), (Ok(()), Ok(3)));
}

#[test]
fn nobody_watches_while_there_are_no_limits() {
    let pool = ThreadPool::builder()
        .workers(1)
        .name("unw")
        .start()
        .unwrap();
    pool.submit(|n: u32| n, 1).unwrap().join().unwrap();
    assert_eq!(threads_named("unw-limits"), 0);
    let options = JobOptions::new().timeout(LONG);
    pool.submit_with(|n: u32| n, 1, options)
        .unwrap()
        .join()
        .unwrap();
    // A thread takes its name as its first act.
    eventually("the watchdog has a name", || {
        threads_named("unw-limits") == 1
    });
    drop(pool);
    eventually("the watchdog ends", || threads_named("unw") == 0);
}

#[test]
fn callbacks_of_a_job_that_timed_out_run_on_a_worker() {
    let pool = ThreadPool::builder()
        .workers(1)
        .name("calls")
        .timeout(SHORT)
        .start()
        .unwrap();
    let gate = Arc::new(Gate::new());
    let own = gate.clone();
    let (sender, receiver) = channel();
    let mut stubborn = pool.submit_fn(move || own.pass()).unwrap();
    stubborn.on_done(move |outcome| {
        let thread = std::thread::current().name().map(str::to_owned);
        sender.send((outcome.clone(), thread)).unwrap();
    });
    let (outcome, thread) = receiver.recv_timeout(LONG).unwrap();
    assert_eq!(outcome, Err(timed_out(SHORT)));
    assert_eq!(thread.as_deref(), Some("calls-0"));
    assert_eq!(stubborn.join(), outcome);
    gate.open();
}

#[test]
fn shutting_down_does_not_wait_for_what_has_timed_out() {
    let pool = one_worker(SHORT);
    let gate = Arc::new(Gate::new());
    let own = gate.clone();
    let stubborn = pool.submit_fn(move || own.pass()).unwrap();
    let behind = pool.submit(|n: u32| n, 3).unwrap();
    // The gate is shut: this returns only because the limit has passed.
    pool.shutdown();
    assert_eq!(stubborn.join(), Err(timed_out(SHORT)));
    assert_eq!(behind.join(), Ok(3));
    gate.open();
}

#[test]
fn a_nested_job_has_its_own_limit_and_the_outer_goes_on() {
    let pool = Arc::new(ThreadPool::builder().workers(1).start().unwrap());
    let gate = Arc::new(Gate::new());
    let (own, inner_gate) = (pool.clone(), gate.clone());
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let outer = pool.submit_fn(move || {
        let options = JobOptions::new().timeout(SHORT);
        let spin = |_: (), ctx: &Context| loop {
            ctx.checkpoint();
            std::thread::yield_now();
        };
        let inner = own.submit_with(spin, (), options).unwrap().join();
        inner_gate.pass();
        counted.fetch_add(1, Ordering::SeqCst);
        inner
    });
    gate.await_arrivals(1);
    // The worker has lost its place to another, and still finishes what it had begun.
    assert_eq!(pool.submit(|n: u32| n, 3).unwrap().join(), Ok(3));
    let outer = outer.unwrap();
    assert!(!outer.is_finished());
    gate.open();
    assert_eq!(outer.join(), Ok(Err::<(), _>(timed_out(SHORT))));
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    eventually("the thread has ended", || pool.stats().leaked == 0);
}

#[test]
fn a_task_is_told_through_its_context_and_by_its_token() {
    let pool = one_worker(SHORT);
    let (sender, receiver) = channel();
    static TELL: std::sync::Mutex<Option<std::sync::mpsc::Sender<bool>>> =
        std::sync::Mutex::new(None);
    *TELL.lock().unwrap() = Some(sender);
    let ask = |(): (), ctx: &Context| {
        let token = ctx.stop_token();
        let deadline = Instant::now() + LONG;
        while !ctx.is_stopped() && Instant::now() < deadline {
            std::thread::yield_now();
        }
        let tell = TELL.lock().unwrap().take().unwrap();
        tell.send(token.is_stopped()).unwrap();
    };
    let outcome = pool.submit(ask, ()).unwrap().join();
    assert_eq!(outcome, Err(timed_out(SHORT)));
    assert_eq!(receiver.recv_timeout(LONG), Ok(true));
}

#[test]
fn a_pool_whose_every_worker_was_left_behind_has_as_many_as_before_and_reports_the_lost() {
    let builder = ThreadPool::builder().workers(2).name("whole");
    // Long enough for both to begin, also where everything is slow.
    let limit = Duration::from_millis(500);
    let pool = builder.timeout(limit).grace(SHORT).start().unwrap();
    let (lost, found) = (Arc::new(Gate::new()), Arc::new(Gate::new()));
    let submit = |gate: &Arc<Gate>| {
        let gate = Arc::clone(gate);
        pool.submit_fn(move || gate.pass()).unwrap()
    };
    let stubborn = [submit(&lost), submit(&lost)];
    let ids = [&stubborn[0], &stubborn[1]].map(anypool_core::JobHandle::id);
    let mut places = stubborn.map(|handle| match handle.join() {
        Err(JobError::TimedOut {
            worker: Some(RanBy::Thread(worker)),
            ..
        }) => worker,
        outcome => panic!("{outcome:?}"),
    });
    places.sort_unstable();
    assert_eq!(places, [WorkerId(0), WorkerId(1)]);
    let later = [submit(&found), submit(&found)];
    found.await_arrivals(2);
    found.open();
    // Whether these two were let go in time or not, they ran side by side.
    drop(later);
    eventually("the two are lost", || pool.stats().leaked >= 2);
    let report = pool.shutdown_now();
    let left: Vec<_> = report.left_behind.iter().flat_map(|l| &l.jobs).collect();
    assert!(ids.iter().all(|id| left.contains(&id)), "{report}");
    lost.open();
    eventually("the threads are gone", || threads_named("whole") == 0);
    assert!(pool.shutdown_now().is_clean());
}
