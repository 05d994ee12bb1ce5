//! Workers that do not come to serve: how much of that a pool takes. No input or output.

use anypool_core::{JobError, WorkerDeath};

use crate::supervisor::doom::Doom;
use crate::supervisor::worker::{Stage, Worker};
use crate::sys::process::Ended;

/// How many workers in a row are too many that somebody else killed, or that the kernel refused: that says little about
/// the next one, and a shortage passes. With the growing waits between them, this is about 20 s.
const MAX_UNLUCKY: u32 = 20;

/// Why a worker did not come to serve.
#[derive(Debug)]
pub(super) enum Setback {
    /// It could not be set up, or broke the protocol.
    Start(String),
    /// The kernel refused it, or what it needs.
    Refused(String),
    /// Somebody else killed it as it started.
    Killed(String),
    /// Its initializer failed.
    Init(String),
}

impl Setback {
    /// What the end of a worker means for the next one; `None` for one that had come to serve.
    pub(super) fn of(live: &Worker, error: &JobError) -> Option<Self> {
        let killed = matches!(live.ended, Some((Some(Ended::Signal(libc::SIGKILL, _)), _)));
        match (&live.stage, error) {
            (Stage::Starting, _) if killed => Some(Self::Killed(told(error))),
            (Stage::Starting, _) => Some(Self::Start(told(error))),
            (Stage::Doomed(Doom::Condemned(_), _), _) => Some(Self::Start(error.to_string())),
            (Stage::Doomed(Doom::Unfit(reason), _), _) => Some(Self::Init(reason.clone())),
            (Stage::Initializing, error) => Some(Self::Init(told(error))),
            _ => None,
        }
    }

    /// How many in a row are too many, where `max_failures` are of those that fail by themselves.
    pub(super) fn most(&self, max_failures: u32) -> u32 {
        match self {
            Self::Start(_) | Self::Init(_) => max_failures,
            Self::Refused(_) | Self::Killed(_) => max_failures.max(MAX_UNLUCKY),
        }
    }

    /// What ends a pool whose last of `attempts` workers failed so.
    pub(super) fn last_of(&self, attempts: u32) -> JobError {
        match self {
            Self::Start(reason) | Self::Refused(reason) | Self::Killed(reason) => {
                JobError::PoolFailed {
                    reason: format!(
                        "{attempts} workers in a row did not start; the last: {reason}"
                    ),
                }
            }
            Self::Init(reason) => JobError::InitFailed {
                attempts,
                reason: reason.clone(),
            },
        }
    }
}

/// The end of a worker that had no job.
fn told(error: &JobError) -> String {
    let JobError::WorkerDied(death) = error else {
        return error.to_string();
    };
    let WorkerDeath { pid, cause, .. } = &**death;
    format!("worker {pid} {cause}")
}
