//! What can keep a job from giving its value.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::codec::CodecError;
use crate::panics::{PanicReport, Unwound};
use crate::worker_death::WorkerDeath;

/// What became of a job: its value, or why there is none.
///
/// A task that returns a `Result` of its own has that `Result` as its value: its `Err` is not a
/// [`JobError`].
pub type Outcome<T> = Result<T, JobError>;

/// Why a job has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum JobError {
    /// The task panicked; its worker goes on.
    #[error("{0}")]
    Panicked(PanicReport),
    /// The worker process died under the job.
    #[error("{0}")]
    WorkerDied(Box<WorkerDeath>),
    /// The job ran longer than its limit.
    #[error("timed out after {limit:?} ({stopped_by})")]
    TimedOut {
        /// How long it was allowed to run.
        limit: Duration,
        /// What ended it.
        stopped_by: StoppedBy,
    },
    /// The job was cancelled before it started, or stopped itself when told to.
    #[error("cancelled")]
    Cancelled,
    /// The running job was stopped on request.
    #[error("killed while it ran")]
    Killed,
    /// The input, the value or an error did not survive the way between processes.
    #[error(transparent)]
    Codec(CodecError),
    /// The executor was shut down before the job started.
    #[error("the executor was shut down before the job started")]
    Shutdown,
    /// Waiting for the job could never have ended.
    #[error("waiting for this job from inside its own executor would never end")]
    WouldDeadlock,
    /// The worker's initializer failed, again and again.
    #[error("no worker could start: its initializer failed {attempts} times, last with: {reason}")]
    InitFailed {
        /// How often it was tried in a row.
        attempts: u32,
        /// The last failure's words.
        reason: String,
    },
    /// The pool can start no more workers.
    #[error("the pool failed: {reason}")]
    PoolFailed {
        /// What happened to it.
        reason: String,
    },
    /// The handle was made in another process, which alone can wait for it.
    #[error("this handle belongs to process {owner}; process {here} cannot wait for it")]
    WrongProcess {
        /// The process that submitted the job.
        owner: u32,
        /// The process that waited.
        here: u32,
    },
}

impl From<CodecError> for JobError {
    fn from(error: CodecError) -> Self {
        Self::Codec(error)
    }
}

impl From<Unwound> for JobError {
    fn from(unwound: Unwound) -> Self {
        match unwound {
            Unwound::Panicked(report) => Self::Panicked(report),
            Unwound::Stopped => Self::Cancelled,
        }
    }
}

/// What ended a job that ran too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum StoppedBy {
    /// The polite signal, `SIGTERM`.
    Terminate,
    /// `SIGKILL`, after the grace had passed.
    Kill,
    /// Nothing could: a thread cannot be killed. It was told to stop and left behind.
    Abandoned,
}

impl std::fmt::Display for StoppedBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Terminate => "stopped by SIGTERM",
            Self::Kill => "stopped by SIGKILL",
            Self::Abandoned => "told to stop; its thread may still run",
        })
    }
}
