//! Telling a running job to stop. It is a request: a thread cannot be made to end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::host::JobId;

/// Tells a running job to stop; read by
/// [`Context::checkpoint`](crate::Context::checkpoint).
///
/// One signal serves a worker for its whole life: it names the job that is to stop.
#[derive(Clone, Debug, Default)]
pub struct StopSignal(Arc<AtomicU64>);

impl StopSignal {
    const EVERY_JOB: u64 = u64::MAX;
    /// What an untouched signal holds; no job has this number.
    const NO_JOB: u64 = 0;

    /// Asks `job` to stop, if it is the one that runs.
    pub fn stop(&self, job: JobId) {
        // Relaxed: the flag carries no other data with it.
        self.0.store(job.0, Ordering::Relaxed);
    }

    /// Asks every job of the worker to stop, the running and all later ones.
    pub fn stop_all(&self) {
        self.0.store(Self::EVERY_JOB, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn is_stopped(&self, job: JobId) -> bool {
        let stopped = self.0.load(Ordering::Relaxed);
        stopped == Self::EVERY_JOB || (stopped == job.0 && stopped != Self::NO_JOB)
    }
}

/// What one job may know: a view of [`StopSignal`] that can be sent to helper threads of a task.
#[derive(Clone, Debug)]
pub struct StopToken {
    pub(crate) signal: StopSignal,
    pub(crate) job: JobId,
}

impl StopToken {
    /// Whether the job was told to stop.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.signal.is_stopped(self.job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_job_is_stopped_and_no_other() {
        let signal = StopSignal::default();
        signal.stop(JobId(7));
        assert!(signal.is_stopped(JobId(7)));
        assert!(!signal.is_stopped(JobId(8)));
        signal.stop_all();
        assert!(signal.is_stopped(JobId(8)));
    }

    #[test]
    fn a_worker_without_a_job_is_not_stopped_by_an_untouched_signal() {
        assert!(!StopSignal::default().is_stopped(JobId(0)));
    }
}
