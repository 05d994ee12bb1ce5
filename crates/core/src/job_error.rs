//! What can keep a job from giving its value.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::codec::CodecError;
use crate::memory_overrun::MemoryOverrun;
use crate::panics::{PanicReport, Unwound};
use crate::ran_by::{RanBy, subject};
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
    #[error("{}timed out after {limit:?} ({stopped_by})", subject(worker.as_ref()))]
    TimedOut {
        /// How long it was allowed to run.
        limit: Duration,
        /// What ended it.
        stopped_by: StoppedBy,
        /// Its worker, where the executor can tell.
        worker: Option<RanBy>,
    },
    /// The job waited longer than it was to.
    #[error("waited in the queue for {limit:?} and did not start")]
    QueueTimedOut {
        /// How long it was allowed to wait.
        limit: Duration,
    },
    /// The job's worker used more memory than it was allowed.
    #[error("{0}")]
    MemoryLimit(Box<MemoryOverrun>),
    /// The job used more CPU time than it was allowed, and was stopped.
    #[error(
        "{}used {used:?} of CPU time, and {limit:?} were allowed ({stopped_by})",
        subject(worker.as_ref())
    )]
    CpuTime {
        /// How much it was allowed to use.
        limit: Duration,
        /// How much it had used when that was noticed.
        used: Duration,
        /// What ended it.
        stopped_by: StoppedBy,
        /// Its worker, where the executor can tell.
        worker: Option<RanBy>,
    },
    /// The job has cost so many workers that it is not tried again.
    #[error("gave up on a job that costs its workers; {}", told(attempts))]
    Poison {
        /// How each attempt ended, in order.
        attempts: Vec<JobError>,
    },
    /// Every attempt failed.
    #[error("all attempts failed; {}", told(attempts))]
    RetriesExhausted {
        /// How each attempt ended, in order.
        attempts: Vec<JobError>,
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
    /// The job was waited for by its own task or callback, without which it cannot end.
    #[error(
        "waiting for this job would never end: it cannot end before the code that waits for it"
    )]
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
    /// The job asks for what its executor cannot do.
    #[error("this executor cannot honour a {what}")]
    Unsupported {
        /// What it asks for.
        what: String,
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

impl JobError {
    /// Whether an idempotent task that ended like this may be tried again.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Panicked(_)) || self.cost_a_worker()
    }

    /// Whether the job's worker was lost with it.
    #[must_use]
    pub fn cost_a_worker(&self) -> bool {
        matches!(
            self,
            Self::WorkerDied(_)
                | Self::TimedOut { .. }
                | Self::MemoryLimit(_)
                | Self::CpuTime { .. }
        )
    }

    /// Says which worker ran the job, where the error has a place for that. For executors; what stood there is
    /// replaced.
    pub fn name_worker(&mut self, ran_by: RanBy) {
        let place = match self {
            Self::Panicked(report) => &mut report.worker,
            Self::TimedOut { worker, .. } | Self::CpuTime { worker, .. } => worker,
            _ => return,
        };
        *place = Some(ran_by);
    }

    /// What was wrong in the end: for several attempts the last one's error, else the error itself.
    #[must_use]
    pub fn last_attempt(&self) -> &Self {
        match self {
            Self::Poison { attempts } | Self::RetriesExhausted { attempts } => {
                attempts.last().unwrap_or(self)
            }
            _ => self,
        }
    }
}

/// Several attempts in one line.
fn told(attempts: &[JobError]) -> String {
    let told = attempts.iter().enumerate();
    let told = told.map(|(index, cause)| format!("attempt {}: {cause}", index + 1));
    told.collect::<Vec<_>>().join("; ")
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
