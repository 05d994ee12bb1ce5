//! What a running task can learn about its job and say to the outside.
//!
//! - [`output`] are its output streams,
//! - [`holding`] is how it takes turns with others, where tasks do.

pub(crate) mod output;
mod holding;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::global_lock::GlobalLock;
use crate::host::{Host, JobId, Origin, Stream, WorkerId};
use crate::job_error::JobError;
use crate::panics::{self, Unwound};
use crate::ran_by::RanBy;
use crate::stop::{StopSignal, StopToken};
use crate::sync::deadline_after;

/// A running task's view of its job: who it is, how long it has, where its output goes.
///
/// A task receives it as its last parameter when it asks for it:
///
/// ```
/// use anypool_core::{Context, Executor as _, InlineExecutor};
/// use std::io::Write as _;
///
/// fn greet(name: String, ctx: &Context) -> usize {
///     writeln!(ctx.out(), "hello {name}").expect("the output is open");
///     name.len()
/// }
///
/// let len = InlineExecutor::new().submit(greet, "Ada".to_owned())?.join()?;
/// assert_eq!(len, 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Context {
    host: Arc<dyn Host>,
    worker: WorkerId,
    stop: StopSignal,
    state: Option<Box<dyn Any>>,
    verify_codec: bool,
    default_limit: Option<Duration>,
    job: Cell<JobId>,
    attempt: Cell<u32>,
    deadline: Cell<Option<Instant>>,
    partial: RefCell<Partial>,
    /// Whether something may be in `partial`.
    wrote: Cell<bool>,
    /// The lock that the running task holds now.
    held: Cell<Option<&'static GlobalLock>>,
}

/// Output that lacks its newline, by stream.
type Partial = [Vec<u8>; 2];

impl Context {
    /// A context for a worker; an executor makes one and uses it for all the worker's jobs.
    #[must_use]
    pub fn new(host: Arc<dyn Host>, worker: WorkerId, stop: StopSignal) -> Self {
        Self {
            host,
            worker,
            stop,
            state: None,
            verify_codec: false,
            default_limit: None,
            job: Cell::new(JobId(0)),
            attempt: Cell::new(1),
            deadline: Cell::new(None),
            partial: RefCell::default(),
            wrote: Cell::new(false),
            held: Cell::new(None),
        }
    }

    /// Gives the worker-local state that [`Context::state`] shows to tasks.
    pub fn set_state(&mut self, state: Box<dyn Any>) {
        self.state = Some(state);
    }

    /// Makes executors that move values encode and decode them anyway, as a test of the codec.
    pub fn set_verify_codec(&mut self, verify: bool) {
        self.verify_codec = verify;
    }

    /// Gives the limit of jobs that bring none of their own, for [`Context::deadline`].
    pub fn set_default_limit(&mut self, limit: Option<Duration>) {
        self.default_limit = limit;
    }

    /// When a job that starts now must have ended.
    pub(crate) fn deadline_of(&self, limit: Option<Duration>) -> Option<Instant> {
        limit.or(self.default_limit).and_then(deadline_after)
    }

    /// Whether values are encoded and decoded even where they could be moved.
    #[must_use]
    #[inline]
    pub fn verify_codec(&self) -> bool {
        self.verify_codec
    }

    /// Turns to another job; returns what [`Context::leave`] needs to turn back.
    pub fn enter(&self, job: JobId, attempt: u32, deadline: Option<Instant>) -> Assignment {
        Assignment {
            job: self.job.replace(job),
            attempt: self.attempt.replace(attempt),
            deadline: self.deadline.replace(deadline),
            partial: RefCell::new(self.partial.take()),
        }
    }

    /// Ends the current job: passes on output that lacks its newline, turns back to `previous`.
    pub fn leave(&self, previous: &Assignment) {
        let origin = self.origin();
        let rests = self.partial.replace(previous.partial.take());
        self.wrote.set(true);
        self.job.set(previous.job);
        self.attempt.set(previous.attempt);
        self.deadline.set(previous.deadline);
        self.pass_on(origin, rests);
    }

    /// Ends an item of the current job, and begins the next: passes on output that lacks its newline.
    #[inline]
    pub fn turn(&self) {
        if self.wrote.get() {
            self.wrote.set(false);
            self.pass_on(self.origin(), self.partial.take());
        }
    }

    fn pass_on(&self, origin: Origin, rests: Partial) {
        for (stream, rest) in [Stream::Out, Stream::Err].into_iter().zip(rests) {
            if !rest.is_empty() {
                // The task is over; nobody is left who could be told that its output is closed.
                let write = || self.host.write(origin, stream, &rest);
                let _ = panics::catch(AssertUnwindSafe(write));
            }
        }
    }

    /// The job's number.
    #[must_use]
    pub fn job(&self) -> JobId {
        self.job.get()
    }

    /// Which try this is, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt.get()
    }

    /// The worker that runs the job.
    #[must_use]
    pub fn worker(&self) -> WorkerId {
        self.worker
    }

    /// What a job ends as that this worker, a thread, was running as it unwound.
    pub(crate) fn blamed(&self, unwound: Unwound) -> JobError {
        let mut error = JobError::from(unwound);
        error.name_worker(RanBy::Thread(self.worker));
        error
    }

    /// When the job will be stopped if it has not ended by then.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline.get()
    }

    /// Whether the job was told to stop.
    #[must_use]
    #[inline]
    pub fn is_stopped(&self) -> bool {
        self.stop.is_stopped(self.job.get())
    }

    /// The question of [`Context::is_stopped`] for threads that the task starts itself.
    #[must_use]
    pub fn stop_token(&self) -> StopToken {
        StopToken {
            signal: self.stop.clone(),
            job: self.job.get(),
        }
    }

    /// The state that the worker's initializer made, if it made one of this type.
    #[must_use]
    pub fn state<S: 'static>(&self) -> Option<&S> {
        self.state.as_ref()?.downcast_ref()
    }

    fn origin(&self) -> Origin {
        Origin {
            worker: self.worker,
            job: Some(self.job.get()),
        }
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("worker", &self.worker)
            .field("job", &self.job.get())
            .field("attempt", &self.attempt.get())
            .finish_non_exhaustive()
    }
}

/// What a [`Context`] was turned to before the current job.
#[derive(Debug)]
#[must_use]
pub struct Assignment {
    job: JobId,
    attempt: u32,
    deadline: Option<Instant>,
    /// What the job before has written of an unfinished line.
    partial: RefCell<Partial>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inline::StandardStreams;

    #[test]
    fn a_job_without_a_limit_has_the_workers() {
        let host = Arc::new(StandardStreams);
        let mut ctx = Context::new(host, WorkerId(0), StopSignal::default());
        assert_eq!(ctx.deadline_of(None), None);
        ctx.set_default_limit(Some(Duration::from_secs(3_600)));
        let own = ctx.deadline_of(Some(Duration::from_secs(60)));
        assert!(own < ctx.deadline_of(None));
    }
}
