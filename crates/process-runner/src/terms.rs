//! What a job may use and how often it may fail: its own wishes, and the pool's where it has none.

use std::sync::Arc;
use std::time::Duration;

use anypool_core::{Job, JobOptions, Retries};

/// The terms of a job. Most jobs share their pool's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    /// How long an item may run.
    pub(crate) timeout: Option<Duration>,
    /// How long the job may wait until it starts.
    pub(crate) queue_timeout: Option<Duration>,
    /// How much CPU time an item may use.
    pub(crate) cpu_time: Option<Duration>,
    /// How many bytes its worker may use beyond what it inherited.
    pub(crate) memory_limit: Option<u64>,
    pub(crate) retries: Retries,
    /// Whether each item must be answered before the next one starts.
    pub(crate) one_by_one: bool,
}

impl Terms {
    /// The terms of `job` in a pool with `defaults`.
    pub(crate) fn of(job: &dyn Job, defaults: &Arc<Self>) -> Arc<Self> {
        match job.is_plain() {
            true => Arc::clone(defaults),
            false => Self::with(&job.options(), defaults),
        }
    }

    fn with(options: &JobOptions, defaults: &Arc<Self>) -> Arc<Self> {
        Arc::new(Self {
            timeout: options.timeout.or(defaults.timeout),
            queue_timeout: options.queue_timeout.or(defaults.queue_timeout),
            cpu_time: options.cpu_time.or(defaults.cpu_time),
            memory_limit: options.memory_limit.or(defaults.memory_limit),
            retries: options.retries,
            one_by_one: defaults.one_by_one,
        })
    }

    /// Whether answers may be gathered: nobody waits for them one by one, to look at what runs or to sort
    /// what was printed.
    pub(crate) fn may_gather(&self) -> bool {
        !self.one_by_one && !self.are_limited() && self.retries.count == 0
    }

    /// Whether what runs must be looked at before it answers.
    pub(crate) fn are_limited(&self) -> bool {
        self.timeout.is_some() || self.cpu_time.is_some() || self.memory_limit.is_some()
    }
}

#[cfg(test)]
mod tests {
    use anypool_core::Executor as _;

    use super::*;
    use crate::parcel::keeper::Keeper;

    #[test]
    fn a_jobs_own_limits_come_before_its_pools() {
        let second = Duration::from_secs(1);
        let defaults = Arc::new(Terms {
            timeout: Some(second),
            cpu_time: Some(second),
            ..Terms::default()
        });
        let keeper = Keeper::new();
        drop(keeper.submit(|n: u64| n, 7).unwrap());
        let limits = JobOptions::new().timeout(second * 9);
        drop(keeper.submit_with(|n: u64| n, 7, limits).unwrap());
        let jobs = keeper.taken();
        let plain = Terms::of(&*jobs[0].job, &defaults);
        assert!(Arc::ptr_eq(&plain, &defaults));
        let terms = Terms::of(&*jobs[1].job, &defaults);
        assert_eq!(
            (terms.timeout, terms.cpu_time),
            (Some(second * 9), Some(second))
        );
    }
}
