//! What an executor implements: taking jobs whose types are erased.

use std::time::Instant;

use crate::codec::CodecError;
use crate::job::contract::ExecutorId;
use crate::job::work::Work;

/// Accepts jobs and sees to it that each one is settled, whatever happens.
///
/// The trait is object-safe; the typed methods are in [`Executor`](crate::Executor), which every
/// implementor gets. An implementor promises:
///
/// - every accepted item is settled exactly once: run, failed or cancelled;
/// - items of one `Work` may run in any order and in different places, each at most once, except that
///   one whose [`run`](crate::Job::run) gives a pause is resumed and run again after it, or ended;
/// - a job's limits are kept, or the job is refused as [`SubmitError::Unsupported`]; limits of time
///   may be merely told to the task by an executor that cannot stop what runs;
/// - `submit_work` never runs user code of *other* jobs on the calling thread (the inline executor,
///   whose caller is its worker, runs the submitted one).
pub trait RawExecutor: Send + Sync {
    /// The executor's number, which is the same for its whole life.
    fn id(&self) -> ExecutorId;

    /// How many jobs it can run at the same time.
    fn workers(&self) -> usize;

    /// Accepts `work`.
    ///
    /// # Errors
    ///
    /// Gives the work back, with its inputs, when it cannot be accepted.
    fn submit_work(&self, work: Work, patience: Patience) -> Result<(), Refused>;
}

/// How long to wait while the queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// As long as it takes.
    Endless,
    /// Not at all.
    None,
    /// Until then.
    Until(Instant),
}

/// Work that was not accepted.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub reason: SubmitError,
    /// The work, as it was.
    pub work: Work,
}

/// Why a job was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The executor was shut down.
    #[error("the executor was shut down and accepts no more jobs")]
    Shutdown,
    /// The queue is full (`try_submit`), or stayed full (`submit_timeout`).
    #[error("the queue is full: {limit} jobs wait already")]
    QueueFull {
        /// How many jobs may wait.
        limit: usize,
    },
    /// The input cannot be encoded for the way to a worker.
    #[error(transparent)]
    Codec(CodecError),
    /// The pool cannot serve any more.
    #[error("the pool failed: {reason}")]
    PoolFailed {
        /// What happened to it.
        reason: String,
    },
    /// The job asks for what this executor cannot do.
    #[error(
        "this executor cannot honour a {what}: its workers share one process; use a process pool"
    )]
    Unsupported {
        /// What it asks for.
        what: &'static str,
    },
    /// The executor belongs to another process, from which this one was forked.
    #[error("this executor belongs to process {owner}; process {here} must start its own")]
    WrongProcess {
        /// The process that started the executor.
        owner: u32,
        /// The process that submitted.
        here: u32,
    },
}

/// A submission that was refused, with its input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct TrySubmitError<I> {
    /// Why.
    pub error: SubmitError,
    /// The input that was to be submitted; `None` only if encoding it consumed it.
    pub input: Option<I>,
}
