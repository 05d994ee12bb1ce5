//! Trying again: a failed attempt leaves the job paused, to be resumed by its executor.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anypool_core::{
    CodecError, Context, Executor as _, Holder, InlineExecutor, Job, JobError, JobOptions,
    MapOptions, Retries, StandardStreams, StopSignal, SubmitError, WorkerId, set_quiet,
};
use serde::{Deserialize, Serialize, Serializer};

use crate::hand_driven::{HandDriven, context};

/// Fails until the attempt that it is given.
pub(crate) fn succeeds_at(attempt: u32, ctx: &Context) -> u32 {
    set_quiet(true);
    assert!(ctx.attempt() >= attempt, "attempt {}", ctx.attempt());
    ctx.attempt()
}

pub(crate) fn twice() -> JobOptions {
    JobOptions::new().retries(Retries::new(2).delay(Duration::from_millis(1)))
}

/// Runs the only item of a job once.
pub(crate) fn attempt(job: &Arc<dyn Job>) -> Option<Duration> {
    job.run(0, &context())
}

#[test]
fn a_failed_attempt_pauses_the_job_and_the_next_is_made_after_resuming_it() {
    let pool = HandDriven::new();
    let options = JobOptions::new().retries(
        Retries::new(2)
            .delay(Duration::from_millis(3))
            .jitter(false),
    );
    let handle = pool.submit_with(succeeds_at, 3, options).unwrap();
    let job = pool.take().job;
    assert_eq!(attempt(&job), Some(Duration::from_millis(3)));
    assert!(!handle.is_finished());
    assert_eq!(attempt(&job), None, "nobody runs a paused job");
    assert!(job.resume(0));
    assert!(!job.resume(0), "it is paused no more");
    assert_eq!(attempt(&job), Some(Duration::from_millis(6)));
    assert!(job.resume(0));
    assert_eq!(attempt(&job), None);
    assert_eq!(handle.join(), Ok(3));
}

#[test]
fn the_last_failure_tells_of_every_attempt() {
    let pool = InlineExecutor::new();
    let outcome = pool.submit_with(succeeds_at, 9, twice()).unwrap().join();
    let Err(JobError::RetriesExhausted { attempts }) = outcome else {
        panic!("{outcome:?}");
    };
    let told: Vec<_> = attempts.iter().map(ToString::to_string).collect();
    for (number, told) in (1..=3).zip(&told) {
        assert!(told.contains(&format!("attempt {number}")), "{told}");
    }
    assert_eq!(told.len(), 3);
}

#[test]
fn each_item_of_a_map_is_tried_again_alone() {
    let pool = InlineExecutor::new();
    let options = MapOptions::new()
        .retries(twice().retries)
        .chunk(NonZeroUsize::new(4).unwrap());
    let outcomes: Vec<_> = pool.map_with(succeeds_at, [1, 3, 9, 2], options).collect();
    assert_eq!(
        (&outcomes[..2], &outcomes[3]),
        (&[Ok(1), Ok(3)][..], &Ok(2))
    );
    assert!(matches!(
        outcomes[2],
        Err(JobError::RetriesExhausted { .. })
    ));
}

#[test]
fn a_task_that_stops_is_not_tried_again() {
    let pool = HandDriven::new();
    let check = |(): (), ctx: &Context| ctx.checkpoint();
    let handle = pool.submit_with(check, (), twice()).unwrap();
    let (job, stop) = (pool.take().job, StopSignal::default());
    let ctx = Context::new(Arc::new(StandardStreams), WorkerId(0), stop.clone());
    stop.stop(handle.id());
    assert_eq!(job.run(0, &ctx), None);
    assert_eq!(handle.join(), Err(JobError::Cancelled));
}

/// Remembers what was taken back from it.
#[derive(Default)]
struct Bench(AtomicU64);

impl Holder for Bench {
    fn take_back(&self, ticket: u64) -> bool {
        self.0.store(ticket, Ordering::SeqCst);
        true
    }
}

#[test]
fn a_paused_job_can_be_cancelled_and_killed_and_its_holder_is_told() {
    for kill in [false, true] {
        let pool = HandDriven::new();
        let handle = pool.submit_with(succeeds_at, 9, twice()).unwrap();
        let job = pool.take().job;
        assert!(attempt(&job).is_some());
        let bench = Arc::new(Bench::default());
        assert!(job.hold_paused(0, Arc::<Bench>::clone(&bench), 7));
        assert!(if kill { handle.kill() } else { handle.cancel() });
        assert_eq!(bench.0.load(Ordering::SeqCst), 7);
        assert_eq!(Arc::strong_count(&bench), 1, "nothing is left behind");
        assert!(!job.resume(0) && !job.hold_paused(0, bench, 8));
        assert_eq!(handle.join(), Err(JobError::Cancelled));
    }
}

#[test]
fn a_dropped_map_takes_its_paused_items_back() {
    let pool = HandDriven::new();
    let map = pool.map_with(succeeds_at, [9], MapOptions::new().retries(twice().retries));
    let job = pool.take().job;
    assert!(attempt(&job).is_some());
    let bench = Arc::new(Bench::default());
    assert!(job.hold_paused(0, Arc::<Bench>::clone(&bench), 7));
    drop(map);
    assert_eq!(bench.0.load(Ordering::SeqCst), 7);
    assert!(!job.resume(0));
}

#[test]
fn a_job_that_was_tried_has_left_the_queue_for_good() {
    let limit = Duration::from_secs(1);
    let late = || JobError::QueueTimedOut { limit };
    let pool = HandDriven::new();
    let handle = pool.submit_with(succeeds_at, 9, twice()).unwrap();
    let work = pool.take();
    assert!(attempt(&work.job).is_some());
    work.fail_unstarted(&late());
    assert!(work.job.resume(0));
    work.fail_unstarted(&late());
    assert!(!handle.is_finished());
    work.fail_unstarted(&JobError::Cancelled);
    assert_eq!(handle.join(), Err(JobError::Cancelled));
    let handle = pool.submit_with(succeeds_at, 9, twice()).unwrap();
    pool.take().fail_unstarted(&late());
    assert_eq!(handle.join(), Err(late()));
}

#[test]
fn only_single_jobs_have_a_limit_in_the_queue() {
    let (own, default) = (Duration::from_secs(1), Some(Duration::from_secs(2)));
    let pool = HandDriven::new();
    let options = JobOptions::new().queue_timeout(own);
    let _handles = [
        pool.submit(succeeds_at, 1).unwrap(),
        pool.submit_with(succeeds_at, 1, options).unwrap(),
    ];
    assert_eq!(pool.take().job.queue_timeout(default), default);
    assert_eq!(pool.take().job.queue_timeout(default), Some(own));
    let _map = pool.map(succeeds_at, [1]);
    assert_eq!(pool.take().job.queue_timeout(default), None);
}

/// Has an encoding that loses something, and none when asked.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
struct Fragile {
    breaks: bool,
}

impl Serialize for Fragile {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.breaks {
            return Err(serde::ser::Error::custom("it breaks"));
        }
        to.serialize_bool(false)
    }
}

fn accept(fragile: Fragile) -> bool {
    fragile.breaks
}

#[test]
fn an_input_that_cannot_be_kept_is_refused_and_given_back() {
    let pool = InlineExecutor::new();
    let fragile = Fragile { breaks: true };
    let refused = pool.submit_with(accept, fragile, twice()).unwrap_err();
    assert!(
        matches!(refused, SubmitError::Codec(CodecError::Encode { .. })),
        "{refused}"
    );
    let fragile = Fragile { breaks: true };
    assert_eq!(pool.submit(accept, fragile).unwrap().join(), Ok(true));
    let options = MapOptions::new()
        .retries(twice().retries)
        .chunk(NonZeroUsize::new(2).unwrap());
    let inputs = [true, false, true, true].map(|breaks| Fragile { breaks });
    let outcomes: Vec<_> = pool.map_with(accept, inputs, options).collect();
    let broken = |outcome: &Result<bool, JobError>| matches!(outcome, Err(JobError::Codec(_)));
    let broken: Vec<_> = outcomes.iter().map(broken).collect();
    assert_eq!(broken, [true, false, true, true]);
}
