//! Why a worker is ended by force, and what that means for its job.

use std::time::Duration;

use anypool_core::{JobError, MemoryEvidence, MemoryOverrun, RanBy, StoppedBy};
use nix::sys::signal::Signal;

use crate::worker_end::EndCause;

/// Why a worker is ended by force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Doom {
    /// Its item ran longer than the limit.
    TimedOut(Duration),
    /// Its item used more CPU time than the limit.
    CpuTime { limit: Duration, used: Duration },
    /// It had more memory than the limit, in bytes.
    Memory { limit: u64, resident: u64 },
    /// The owner of the job's handle wants it.
    Killed,
    /// The pool stops.
    Stopping,
    /// It broke the protocol, or could not be set up.
    Condemned(String),
    /// Its initializer failed, for this reason.
    Unfit(String),
}

impl Doom {
    /// The signal to begin with: one that can be handled, unless every moment does harm.
    pub(crate) fn first_signal(&self) -> Signal {
        match self {
            Self::Memory { .. } | Self::Condemned(_) => Signal::SIGKILL,
            _ => Signal::SIGTERM,
        }
    }

    /// The same, as the pool's owner is told.
    pub(crate) fn cause(&self) -> EndCause {
        match self {
            Self::TimedOut(_) => EndCause::TimedOut,
            Self::CpuTime { .. } => EndCause::CpuTime,
            Self::Memory { .. } => EndCause::MemoryLimit,
            Self::Killed => EndCause::Killed,
            Self::Stopping => EndCause::Stopped,
            Self::Unfit(_) => EndCause::InitFailed,
            Self::Condemned(_) => EndCause::Condemned,
        }
    }

    /// What the worker's item ends as; `None` where the worker's own end tells more. `killed` says
    /// whether `SIGKILL` was needed.
    pub(crate) fn error(&self, pid: u32, killed: bool) -> Option<JobError> {
        let stopped_by = if killed {
            StoppedBy::Kill
        } else {
            StoppedBy::Terminate
        };
        let worker = Some(RanBy::Process { pid });
        Some(match *self {
            Self::TimedOut(limit) => JobError::TimedOut {
                limit,
                stopped_by,
                worker,
            },
            Self::CpuTime { limit, used } => JobError::CpuTime {
                limit,
                used,
                stopped_by,
                worker,
            },
            Self::Memory { limit, resident } => JobError::MemoryLimit(Box::new(MemoryOverrun {
                pid,
                limit_bytes: limit,
                resident_bytes: Some(resident),
                evidence: MemoryEvidence::Watched,
            })),
            Self::Killed | Self::Stopping => JobError::Killed,
            Self::Condemned(_) | Self::Unfit(_) => return None,
        })
    }
}
