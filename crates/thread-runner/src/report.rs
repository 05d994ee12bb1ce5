//! What a bounded stop had to give up.

use std::fmt;

use anypool_core::JobId;

/// What [`shutdown_now`](crate::ThreadPool::shutdown_now) did not let finish.
///
/// ```
/// use anypool_core::Executor as _;
/// use thread_runner::ThreadPool;
///
/// let pool = ThreadPool::builder().start()?;
/// pool.submit(|n: u64| n, 1)?.join()?;
/// let report = pool.shutdown_now();
/// assert!(report.is_clean(), "{report}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "it names the threads that were left behind"]
pub struct StopReport {
    /// How many pieces of queued work were cancelled: jobs, and parts of maps.
    pub cancelled: usize,
    /// The threads that still run, because their tasks did not return.
    pub left_behind: Vec<LeftBehind>,
}

/// A thread that outlives its pool.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftBehind {
    /// The thread's name.
    pub thread: String,
    /// The jobs it has begun, outermost first; empty when an initializer, a destructor or a callback
    /// hangs.
    pub jobs: Vec<JobId>,
}

impl StopReport {
    /// Whether nothing was cancelled and no thread is left.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.cancelled == 0 && self.left_behind.is_empty()
    }
}

impl fmt::Display for StopReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} queued jobs cancelled", self.cancelled)?;
        for left in &self.left_behind {
            write!(f, "; thread {} is left behind", left.thread)?;
            for (index, job) in left.jobs.iter().enumerate() {
                let before = if index == 0 { " in job " } else { ", " };
                write!(f, "{before}{job}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for StopReport {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_threads_and_jobs() {
        let report = StopReport {
            cancelled: 3,
            left_behind: vec![LeftBehind {
                thread: "anypool-0".to_owned(),
                jobs: vec![JobId(7), JobId(9)],
            }],
        };
        assert_eq!(
            report.to_string(),
            "3 queued jobs cancelled; thread anypool-0 is left behind in job #7, #9"
        );
        assert!(!report.is_clean());
    }
}
