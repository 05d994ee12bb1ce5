//! What a job asks of its executor beside being run: limits, and whether it may be tried again.

use std::time::Duration;

use crate::job::retries::Retries;

/// What a job asks of its executor beside being run.
///
/// ```
/// use anypool_core::{JobOptions, Retries};
/// use std::time::Duration;
///
/// let options = JobOptions::new()
///     .timeout(Duration::from_secs(30))
///     .retries(Retries::new(2).delay(Duration::from_millis(50)));
/// assert_eq!(options.retries.count, 2);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobOptions {
    /// How long each item may run; time in the queue does not count.
    pub timeout: Option<Duration>,
    /// How long the job may wait until it starts; running time does not count.
    pub queue_timeout: Option<Duration>,
    /// How much memory in bytes its worker may use beyond what it inherited. Executors whose workers
    /// share their memory refuse jobs that ask for this.
    pub memory_limit: Option<u64>,
    /// How much CPU time each item may use, on all its threads together. Executors that cannot stop
    /// a running job refuse jobs that ask for this.
    pub cpu_time: Option<Duration>,
    /// Whether an item that failed may be run again: only tasks that are *idempotent*, which do no
    /// harm when they run twice, may say so. Their inputs are kept in encoded form, and each attempt
    /// is given a copy of its own.
    pub retries: Retries,
}

impl JobOptions {
    /// No limits, no retries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits how long the job (in `map`: each item) may run.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Limits how long the job may wait until it starts; it ends as
    /// [`QueueTimedOut`](crate::JobError::QueueTimedOut) when it has not started by then.
    #[must_use]
    pub fn queue_timeout(mut self, limit: Duration) -> Self {
        self.queue_timeout = Some(limit);
        self
    }

    /// Limits the memory in bytes that the job's worker may use beyond what it inherited.
    #[must_use]
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = Some(bytes);
        self
    }

    /// Limits how much CPU time the job (in `map`: each item) may use.
    #[must_use]
    pub fn cpu_time(mut self, limit: Duration) -> Self {
        self.cpu_time = Some(limit);
        self
    }

    /// What of this only an executor with a process for each worker can honour.
    #[must_use]
    pub fn what_needs_isolation(&self) -> Option<&'static str> {
        if self.memory_limit.is_some() {
            return Some("memory limit");
        }
        self.cpu_time.is_some().then_some("CPU time limit")
    }

    /// Declares the task idempotent, and says how often it is tried again; see [`Retries`] for what
    /// is and what is not.
    #[must_use]
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }
}
