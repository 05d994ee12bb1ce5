//! What a pool says about itself.

use std::time::Duration;

use anypool_core::{JobId, WorkerId};

/// A pool at one moment. Nothing is counted or copied for it while jobs run; from the first question on,
/// workers read the clock at the start of each job.
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// What runs, by thread; on one thread, a job that waits for another of the same pool comes before the
    /// one that its worker runs meanwhile.
    pub jobs: Vec<RunningJob>,
}

/// A job that runs.
///
/// ```
/// use anypool_core::Executor as _;
/// use std::time::Duration;
/// use thread_runner::ThreadPool;
///
/// let pool = ThreadPool::builder().workers(2).start()?;
/// let sleeper = pool.submit(|n: u64| std::thread::sleep(Duration::from_millis(n)), 50)?;
/// for job in pool.stats().jobs {
///     println!("{} ({}) runs on {:?} for {:?}", job.job, job.task, job.worker, job.age);
/// }
/// sleeper.join()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunningJob {
    /// The job.
    pub job: JobId,
    /// Its task's name, or Rust type; "a closure" for what is no task.
    pub task: &'static str,
    /// In a map: the item's number in its chunk; of several tiny ones that run at a stretch, the first's.
    pub item: Option<u32>,
    /// Which attempt at it this is, from 1.
    pub attempt: u32,
    /// The worker that runs it; its successor has the same number when the job is leaked.
    pub worker: WorkerId,
    /// How long it has run; what ran already when figures were asked for the first time counts from then.
    pub age: Duration,
    /// Whether it ran over its limit, so that nobody counts on it any more.
    pub is_leaked: bool,
}
