//! What a pool tells of itself: its workers while it runs, and what it had to end when it stopped.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anypool_core::JobId;

/// What was ended when a pool stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StopReport {
    /// Jobs that had not started and were cancelled.
    pub cancelled: usize,
    /// Jobs that ran, with the processes that were ended for it.
    pub killed: Vec<KilledJob>,
    /// What did not come to an end in time, and goes on without the pool.
    pub left_behind: Vec<LeftBehind>,
}

/// Something that kept a pool from ending, until the pool waited no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeftBehind {
    /// The kernel did not end a process that was killed.
    Process {
        /// The process.
        pid: u32,
    },
    /// The host did not come back from a write. What else was printed is lost.
    Output {
        /// How many blocks of lines the host has not been given.
        undelivered: usize,
    },
    /// A callback did not come back. The job it was called for releases nobody who waits for it until it
    /// does; other jobs' callbacks are dropped uncalled.
    Callbacks {
        /// How many jobs' callbacks have not been called.
        uncalled: usize,
    },
}

/// A job that ran when its pool stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KilledJob {
    /// The job.
    pub job: JobId,
    /// The worker process that was ended.
    pub pid: u32,
}

/// A pool's figures at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessPoolStats {
    /// The process ids of the workers, by slot.
    pub pids: BTreeMap<usize, u32>,
    /// Jobs that were accepted and not given to a worker.
    pub queued: usize,
    /// Workers that have a job.
    pub busy: usize,
    /// Workers that were replaced, for whatever reason.
    pub restarts: u64,
    /// Workers among them that were well and had done enough, or grown too large.
    pub recycled: u64,
    /// Attempts that failed and were followed by another.
    pub retries: u64,
}

/// What the supervisor and the pool's handle share beside the inbox.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    state: Mutex<State>,
    finished: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stats: ProcessPoolStats,
    report: StopReport,
    finished: bool,
}

impl Shared {
    pub(crate) fn stats(&self) -> ProcessPoolStats {
        self.lock().stats.clone()
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut ProcessPoolStats)) {
        change(&mut self.lock().stats);
    }

    pub(crate) fn note(&self, change: impl FnOnce(&mut StopReport)) {
        change(&mut self.lock().report);
    }

    /// The supervisor has ended the pool.
    pub(crate) fn finish(&self) {
        let mut state = self.lock();
        state.finished = true;
        state.stats.pids.clear();
        drop(state);
        self.finished.notify_all();
    }

    /// Waits until the pool has ended, at most until `deadline`; the report then, if it has.
    pub(crate) fn wait_finished(&self, deadline: Option<Instant>) -> Option<StopReport> {
        let mut state = self.lock();
        while !state.finished {
            state = match deadline {
                None => self
                    .finished
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return None;
                    }
                    let waited = self.finished.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        Some(state.report.clone())
    }

    /// The report so far.
    pub(crate) fn report(&self) -> StopReport {
        self.lock().report.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
