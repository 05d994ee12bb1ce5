//! What happens in a pool, as its owner may be told while it happens.

use std::sync::Arc;
use std::time::Duration;

use anypool_core::{JobError, JobId, WorkerId};

use crate::worker_end::WorkerEnd;

/// Something that has happened in a pool; see
/// [`ProcessPoolBuilder::on_event`](crate::ProcessPoolBuilder::on_event).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PoolEvent {
    /// A worker was forked.
    WorkerStarted {
        /// Its slot.
        worker: WorkerId,
        /// Its process.
        pid: u32,
        /// The process that had the slot before.
        replaces: Option<u32>,
    },
    /// A worker is set up and takes jobs.
    WorkerReady {
        /// Its slot.
        worker: WorkerId,
        /// Its process.
        pid: u32,
    },
    /// A worker is gone, and everything that it had said has been taken in.
    WorkerEnded(WorkerEnd),
    /// An item that a worker had started has ended for good. What never started (it was cancelled, or
    /// waited too long) is not told of.
    JobFinished {
        /// The job.
        job: JobId,
        /// In a map: the item's number in its chunk.
        item: Option<u32>,
        /// The worker's slot.
        worker: WorkerId,
        /// Whether the task returned (a value that cannot be decoded is found out by the handle), or
        /// why not.
        outcome: Result<(), JobError>,
        /// How long it took, by the worker's own clock.
        busy: Duration,
    },
    /// An attempt at an item has failed and is followed by another.
    JobRetried {
        /// The job.
        job: JobId,
        /// In a map: the item's number in its chunk.
        item: Option<u32>,
        /// Which try comes next, from 2.
        attempt: u32,
        /// How long it is waited for.
        pause: Duration,
        /// How the attempt before ended.
        cause: JobError,
    },
    /// Events came faster than the hook took them, and so many were left out here.
    Missed {
        /// How many of jobs.
        jobs: u64,
        /// How many of workers.
        workers: u64,
    },
    /// The pool can serve no more.
    PoolFailed {
        /// What happened to it.
        reason: String,
    },
    /// The pool takes no more jobs.
    Stopping {
        /// Whether what it has is cancelled and ended, not waited for.
        at_once: bool,
    },
    /// The pool has ended. The last event.
    Ended,
}

/// Whoever wants to be told.
pub(crate) type Hook = Arc<dyn Fn(&PoolEvent) + Send + Sync>;
