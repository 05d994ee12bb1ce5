//! Spans of a thread pool's jobs: opened where a job is submitted, entered where it runs, closed when it is
//! over, with its outcome.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anypool_core::{Context, Executor as _, JobError, JobOptions, MapOptions, Retries};
use thread_runner::{ThreadPool, ThreadPoolBuilder};
use tracing::level_filters::LevelFilter;

use crate::recorder::{Recorder, Told};
use crate::scene::{PATIENCE, Recording, eventually};

const TARGET: &str = "tracing::threads";

fn builder() -> ThreadPoolBuilder {
    ThreadPool::builder().workers(1).quiet_panics(true)
}

fn square(n: u64) -> u64 {
    tracing::info!(n, "squares");
    n * n
}

fn fail(n: u64) -> u64 {
    assert!(n != 3, "three is too much");
    n
}

/// Waits for the other end of `permits`.
fn await_permit(permits: &Mutex<Receiver<()>>) {
    permits.lock().unwrap().recv_timeout(PATIENCE).unwrap();
}

#[test]
fn a_job_has_a_span_under_its_submitters_and_its_task_is_inside() {
    let recording = Recording::with(Recorder::new(LevelFilter::INFO));
    let recorder = &recording.recorder;
    let pool = builder().start().unwrap();
    let request = tracing::info_span!("request");
    let request_id = request.id().unwrap().into_u64();
    let job = request.in_scope(|| pool.submit(square, 3)).unwrap();
    let number = job.id().0.to_string();
    let alone = pool
        .submit_fn(|| tracing::info!("captures nothing"))
        .unwrap();
    assert_eq!((job.join(), alone.join()), (Ok(9), Ok(())));
    drop((pool, request));
    let [(first, job), (second, alone)] = &recorder.jobs()[..] else {
        panic!("two spans");
    };
    assert_eq!((job.parent, alone.parent), (Some(request_id), None));
    assert_eq!(job.fields["job"], number);
    assert!(job.fields["task"].ends_with("square"), "{job:?}");
    assert!(!alone.fields.contains_key("task"), "{alone:?}");
    let ends = ["items", "outcome", "failed"].map(|name| job.fields[name].as_str());
    assert_eq!(ends, ["1", "ok", "0"]);
    assert!(job.fields.contains_key("busy"));
    let logged = recorder.logged(TARGET);
    let spans: Vec<_> = logged.iter().map(|said| said.span).collect();
    assert_eq!(spans, [Some(*first), Some(*second)]);
    assert!([*first, *second, request_id].map(|span| recorder.is_closed(span)) == [true; 3]);
}

#[test]
fn a_jobs_job_has_its_span_under_the_outer_ones_also_when_the_same_worker_runs_it() {
    let recording = Recording::with(Recorder::new(LevelFilter::INFO));
    let recorder = &recording.recorder;
    let pool = Arc::new(builder().start().unwrap());
    let inner = Arc::clone(&pool);
    let outer = pool.submit_fn(move || inner.submit(square, 5).unwrap().join());
    assert_eq!(outer.unwrap().join(), Ok(Ok(25)));
    drop(pool);
    eventually("both are closed", || {
        let jobs = recorder.jobs();
        jobs.len() == 2 && jobs.iter().all(|(span, _)| recorder.is_closed(*span))
    });
    let [(outer, _), (inner, job)] = recorder.jobs().try_into().unwrap();
    assert_eq!(job.parent, Some(outer));
    assert_eq!(recorder.logged(TARGET)[0].span, Some(inner));
    assert_eq!(job.fields["outcome"], "ok");
}

#[test]
fn every_way_to_end_is_told_and_closes_the_span() {
    let recording = Recording::with(Recorder::new(LevelFilter::INFO));
    let recorder = &recording.recorder;
    let pool = builder()
        .workers(2)
        .grace(Duration::from_mins(1))
        .start()
        .unwrap();
    assert!(pool.submit(fail, 3).unwrap().join().is_err());
    let stops = |_: (), ctx: &Context| -> () {
        loop {
            ctx.checkpoint();
            std::thread::yield_now();
        }
    };
    let limit = JobOptions::new().timeout(Duration::from_millis(20));
    let late = pool.submit_with(stops, (), limit).unwrap();
    assert!(matches!(late.join(), Err(JobError::TimedOut { .. })));
    let retries = Retries::new(1).delay(Duration::from_millis(1));
    let options = JobOptions::new().retries(retries);
    assert!(pool.submit_with(fail, 3, options).unwrap().join().is_err());
    // Two that hold both workers until they are told to stop.
    let running = [(); 2].map(|()| pool.submit(stops, ()).unwrap());
    eventually("they run", || pool.stats().jobs.len() == 2);
    let waiting = pool.submit(square, 1).unwrap();
    assert!(waiting.cancel());
    let patience = JobOptions::new().queue_timeout(Duration::from_millis(1));
    let expired = pool.submit_with(square, 1, patience).unwrap();
    assert!(matches!(
        expired.join(),
        Err(JobError::QueueTimedOut { .. })
    ));
    let dropped = pool.submit(square, 2).unwrap();
    assert!(pool.shutdown_now().left_behind.is_empty());
    assert_eq!(dropped.join(), Err(JobError::Cancelled));
    assert!(
        running
            .into_iter()
            .all(|job| job.join() == Err(JobError::Cancelled))
    );
    drop(pool);
    let told = [
        " panicked: \"three",
        " timed out after 20ms",
        "all attempts failed",
        "cancelled",
        "cancelled",
        "cancelled",
        "waited",
        "cancelled",
    ];
    let jobs = recorder.jobs();
    let outcomes: Vec<_> = jobs.iter().map(|(_, job)| &job.fields["outcome"]).collect();
    assert_eq!(outcomes.len(), told.len(), "{outcomes:?}");
    for (outcome, words) in outcomes.iter().zip(told) {
        assert!(outcome.contains(words), "{words}: {outcomes:?}");
    }
    assert!(jobs.iter().all(|(_, job)| job.fields["failed"] == "1"));
    assert!(jobs.iter().all(|(span, _)| recorder.is_closed(*span)));
}

#[test]
fn a_job_that_has_timed_out_keeps_its_span_until_its_task_returns() {
    let recording = Recording::with(Recorder::new(LevelFilter::INFO));
    let recorder = &recording.recorder;
    let pool = builder()
        .timeout(Duration::from_millis(10))
        .start()
        .unwrap();
    let (permit, permits) = channel();
    let permits = Mutex::new(permits);
    let late = pool.submit_fn(move || {
        await_permit(&permits);
        tracing::info!("late");
    });
    assert!(matches!(
        late.unwrap().join(),
        Err(JobError::TimedOut { .. })
    ));
    let span = recorder.jobs()[0].0;
    assert!(!recorder.is_closed(span));
    permit.send(()).unwrap();
    eventually("it is closed", || recorder.is_closed(span));
    assert_eq!(recorder.logged(TARGET)[0].span, Some(span));
    assert!(recorder.jobs()[0].1.fields["outcome"].contains(" timed out"));
}

#[test]
fn a_chunk_has_one_span_that_counts_its_items() {
    let recording = Recording::with(Recorder::new(LevelFilter::INFO));
    let recorder = &recording.recorder;
    let five = || MapOptions::new().chunk(NonZeroUsize::new(5).unwrap());
    let retries = Retries::new(1).delay(Duration::from_millis(1));
    // Items of the first run in blocks, those of the second one by one.
    for options in [five(), five().retries(retries)] {
        let pool = builder().start().unwrap();
        let outcomes = pool.map_with(fail, 0..5, options);
        assert_eq!(outcomes.filter(Result::is_ok).count(), 4);
    }
    let jobs = recorder.jobs();
    assert_eq!(jobs.len(), 2);
    for (span, job) in jobs {
        let fields = ["items", "failed"].map(|name| job.fields[name].as_str());
        assert_eq!(fields, ["5", "1"]);
        assert!(
            job.fields["outcome"].contains(" panicked: \"three"),
            "{job:?}"
        );
        assert!(recorder.is_closed(span));
    }
}

#[test]
fn a_map_that_nobody_wants_any_more_closes_its_spans() {
    let recording = Recording::with(Recorder::new(LevelFilter::INFO));
    let recorder = &recording.recorder;
    let pool = builder().start().unwrap();
    let (permit, permits) = channel();
    let permits = Mutex::new(permits);
    let first = pool.submit_fn(move || await_permit(&permits)).unwrap();
    drop(pool.map(square, 0..100));
    permit.send(()).unwrap();
    first.join().unwrap();
    drop(pool);
    let jobs = recorder.jobs();
    assert!(jobs.len() > 1);
    assert!(jobs.iter().all(|(span, _)| recorder.is_closed(*span)));
    let chunks = &jobs[1..];
    assert!(
        chunks
            .iter()
            .all(|(_, job)| job.fields["outcome"] == "never started")
    );
}

#[test]
fn a_subscriber_that_is_stuck_at_the_end_of_a_span_holds_up_no_limit() {
    let stuck = Arc::new(AtomicBool::new(true));
    let own = Arc::clone(&stuck);
    let recorder = Recorder::closing(LevelFilter::INFO, move || {
        eventually("it is let go", || !own.load(Ordering::Acquire));
    });
    let recording = Recording::with(recorder);
    let pool = builder().start().unwrap();
    let (permit, permits) = channel();
    let permits = Mutex::new(permits);
    let first = pool.submit_fn(move || await_permit(&permits)).unwrap();
    let patience = JobOptions::new().queue_timeout(Duration::from_millis(1));
    // Each ends on the thread that watches the clock, and its span elsewhere.
    for _ in 0..2 {
        let expired = pool.submit_with(square, 1, patience).unwrap();
        assert!(matches!(
            expired.join(),
            Err(JobError::QueueTimedOut { .. })
        ));
    }
    stuck.store(false, Ordering::Release);
    permit.send(()).unwrap();
    first.join().unwrap();
    drop(pool);
    let recorder = &recording.recorder;
    assert_eq!(recorder.jobs().len(), 3);
    assert!(
        recorder
            .jobs()
            .iter()
            .all(|(span, _)| recorder.is_closed(*span))
    );
}

#[test]
fn a_subscriber_that_panics_harms_no_job() {
    let recorder = Recorder::closing(LevelFilter::INFO, || panic!("no more spans"));
    let recording = Recording::with(recorder);
    let pool = builder().start().unwrap();
    for n in 0..3 {
        assert_eq!(pool.submit(square, n).unwrap().join(), Ok(n * n));
    }
    drop(pool);
    assert_eq!(recording.recorder.jobs().len(), 3);
}

#[test]
fn nobody_pays_for_spans_that_nobody_wants() {
    let recording = Recording::with(Recorder::new(LevelFilter::ERROR));
    let pool = builder().start().unwrap();
    assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
    drop(pool);
    assert_eq!(recording.recorder.told(), Vec::<Told>::new());
}
