//! A job's span: opened where it is submitted, closed when it has ended, with its outcome.

use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobOptions, MapOptions, Retries};
use tracing::level_filters::LevelFilter;

use crate::recorder::{Recorder, Told};
use crate::scene::{Recording, WAYS, abort, builder, eventually};

fn square(n: u64) -> u64 {
    n * n
}

fn wait_for_ever(_: ()) {
    loop {
        std::thread::park();
    }
}

#[test]
fn a_job_has_a_span_under_that_of_whoever_submits_it() {
    for way in WAYS {
        let recording = Recording::with(Recorder::new(LevelFilter::INFO));
        let recorder = &recording.recorder;
        let pool = builder(way).0.start().unwrap();
        let request = tracing::info_span!("request");
        let request_id = request.id().unwrap().into_u64();
        let job = request.in_scope(|| pool.submit(square, 3)).unwrap();
        let number = job.id().0.to_string();
        let alone = pool.submit(square, 4).unwrap();
        assert_eq!((job.join(), alone.join()), (Ok(9), Ok(16)));
        drop((pool, request));
        let [(first, job), (second, alone)] = &recorder.jobs()[..] else {
            panic!("two spans");
        };
        assert_eq!((job.parent, alone.parent), (Some(request_id), None));
        assert_eq!(job.fields["job"], number);
        assert!(job.fields["task"].ends_with("square"), "{job:?}");
        let ends = (
            job.fields["outcome"].as_str(),
            job.fields["failed"].as_str(),
        );
        assert_eq!(ends, ("ok", "0"));
        assert!(job.fields.contains_key("busy"));
        assert!(recorder.is_closed(*first) && recorder.is_closed(*second));
        assert!(
            recorder.is_closed(request_id),
            "a closed job keeps nothing open"
        );
    }
}

#[test]
fn a_span_is_closed_while_the_pool_goes_on() {
    for way in WAYS {
        let recording = Recording::with(Recorder::new(LevelFilter::INFO));
        let recorder = &recording.recorder;
        let pool = builder(way).0.start().unwrap();
        assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
        let span = recorder.jobs()[0].0;
        eventually("the span is closed", || recorder.is_closed(span));
        drop(pool);
    }
}

fn outcomes(recorder: &Recorder) -> Vec<String> {
    let jobs = recorder.jobs().into_iter();
    jobs.map(|(_, span)| span.fields["outcome"].clone())
        .collect()
}

fn fail(n: u64) -> u64 {
    assert!(n != 3, "three is too much");
    n
}

#[test]
fn every_way_to_end_is_told_and_closes_the_span() {
    for way in WAYS {
        let recording = Recording::with(Recorder::new(LevelFilter::INFO));
        let recorder = &recording.recorder;
        let settings = builder(way).0.quiet_panics(true);
        let pool = settings.grace(Duration::from_millis(50)).start().unwrap();
        assert!(pool.submit(fail, 3).unwrap().join().is_err());
        let aborted = pool.submit(abort, ()).unwrap();
        assert!(matches!(aborted.join(), Err(JobError::WorkerDied(_))));
        let limit = JobOptions::new().timeout(Duration::from_millis(20));
        let late = pool.submit_with(wait_for_ever, (), limit).unwrap();
        assert!(late.join().is_err());
        let options = JobOptions::new().retries(Retries::new(1));
        let tried = pool.submit_with(fail, 3, options).unwrap();
        assert!(tried.join().is_err());
        let running = pool.submit(wait_for_ever, ()).unwrap();
        // A worker that has a job has not always claimed it.
        eventually("it runs", || {
            let workers = pool.stats().workers;
            workers.iter().any(|worker| worker.running.is_some())
        });
        let waiting = pool.submit(square, 1).unwrap();
        assert!(waiting.cancel());
        let patience = JobOptions::new().queue_timeout(Duration::from_millis(1));
        let expired = pool.submit_with(square, 1, patience).unwrap();
        assert!(matches!(
            expired.join(),
            Err(JobError::QueueTimedOut { .. })
        ));
        let dropped = pool.submit(square, 2).unwrap();
        pool.shutdown_now();
        assert_eq!(dropped.join(), Err(JobError::Cancelled));
        assert_eq!(running.join(), Err(JobError::Killed));
        let told = [
            " panicked: \"three",
            " died of SIGABRT",
            " timed out after 20ms",
            "all attempts failed",
            "killed while it ran",
            "never started",
            "never started",
            "cancelled",
        ];
        let outcomes = outcomes(recorder);
        assert_eq!(outcomes.len(), told.len(), "{outcomes:?}");
        for (outcome, words) in outcomes.iter().zip(told) {
            assert!(outcome.contains(words), "{outcomes:?}");
        }
        for (span, _) in recorder.jobs() {
            assert!(recorder.is_closed(span), "{span}");
        }
    }
}

#[test]
fn a_chunk_has_one_span_that_counts_its_items() {
    for way in WAYS {
        let recording = Recording::with(Recorder::new(LevelFilter::INFO));
        let recorder = &recording.recorder;
        let pool = builder(way).0.quiet_panics(true).start().unwrap();
        let options = MapOptions::new().chunk(std::num::NonZeroUsize::new(5).unwrap());
        let outcomes = pool.map_with(fail, 0..5, options);
        assert_eq!(outcomes.filter(Result::is_ok).count(), 4);
        drop(pool);
        let [(span, job)] = &recorder.jobs()[..] else {
            panic!("one span");
        };
        let fields = ["items", "failed"].map(|name| job.fields[name].as_str());
        assert_eq!(fields, ["5", "1"]);
        assert!(job.fields["outcome"].contains(" panicked"));
        assert!(recorder.is_closed(*span));
    }
}

#[test]
fn nobody_pays_for_spans_that_nobody_wants() {
    for way in WAYS {
        let recording = Recording::with(Recorder::new(LevelFilter::ERROR));
        let pool = builder(way).0.start().unwrap();
        assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
        drop(pool);
        assert_eq!(recording.recorder.told(), Vec::<Told>::new());
    }
}
