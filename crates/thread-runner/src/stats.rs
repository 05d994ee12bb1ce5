//! What a pool says about itself.

/// A pool at one moment.
///
/// ```
/// use anypool_core::Executor as _;
/// use thread_runner::ThreadPool;
///
/// let pool = ThreadPool::builder().workers(2).start()?;
/// assert_eq!(pool.stats().started, 0);
/// pool.submit(|n: u64| n + 1, 1)?.join()?;
/// assert_eq!(pool.stats().started, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThreadPoolStats {
    /// Jobs that no worker has taken, chunks of maps counting one each.
    pub queued: usize,
    /// Workers at work: starting, running a job, or on their way to their next one.
    pub running: usize,
    /// Workers asleep for want of jobs.
    pub idle: usize,
    /// Threads started since the pool was made.
    pub started: u64,
    /// Threads whose job ran over its limit and has not returned yet. The pool has replaced them.
    pub leaked: usize,
    /// Jobs, or items of maps, that failed and wait for their next attempt.
    pub retrying: usize,
}
