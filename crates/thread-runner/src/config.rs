//! How a pool is to be: the builder, and what it refuses.

use std::fmt::{self, Display};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anypool_core::{Host, StandardStreams, WorkerId};

use crate::init::Initializer;

/// Jobs that may wait unless the builder says otherwise: 1 Mi.
const DEFAULT_QUEUE: usize = 1 << 20;

/// How long `shutdown_now` waits for running jobs unless the builder says otherwise.
const DEFAULT_GRACE: Duration = Duration::from_secs(2);

/// How many jobs a worker takes along at most.
const MOST_TAKEN: usize = 32;

/// The queue is so many times as large as what all workers have taken along, at least.
const FEW_TAKEN: usize = 32;

/// What the operating system keeps of a thread's name, in bytes.
const NAME_BYTES: usize = 15;

/// Why a pool could not be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// `workers(0)`.
    #[error(
        "a pool needs a worker: give workers(1) or more, or leave it out for one per core; \
         InlineExecutor runs jobs on the caller"
    )]
    NoWorkers,
    /// `queue(0)`.
    #[error("a queue needs room for a job: give queue(1) or more, or leave it out")]
    NoQueue,
    /// A thread's name contains a zero byte.
    #[error("a thread's name cannot contain a zero byte: give another name(…)")]
    BadName,
}

/// The settings of a pool.
pub(crate) struct Config {
    pub(crate) workers: usize,
    pub(crate) name: String,
    /// Whether threads are `NAME-0`, `NAME-1`, …; else the one thread is `NAME`.
    pub(crate) numbered: bool,
    pub(crate) queue: usize,
    pub(crate) init: Option<Initializer>,
    pub(crate) stack_size: Option<usize>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) queue_timeout: Option<Duration>,
    pub(crate) keep_alive: Option<Duration>,
    pub(crate) grace: Duration,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) quiet_panics: bool,
    pub(crate) verify_codec: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            workers: thread::available_parallelism().map_or(1, usize::from),
            name: "anypool".to_owned(),
            numbered: true,
            queue: DEFAULT_QUEUE,
            init: None,
            stack_size: None,
            timeout: None,
            queue_timeout: None,
            keep_alive: None,
            grace: DEFAULT_GRACE,
            host: Arc::new(StandardStreams),
            quiet_panics: false,
            verify_codec: false,
        }
    }
}

impl Config {
    /// Refuses what cannot work.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        if self.workers == 0 {
            return Err(StartError::NoWorkers);
        }
        if self.queue == 0 {
            return Err(StartError::NoQueue);
        }
        if self.name.contains('\0') {
            return Err(StartError::BadName);
        }
        Ok(())
    }

    /// How many jobs a worker takes along that has taken one, of so many that are left in the queue. It leaves
    /// the others theirs; and it takes none where the bound on the queue would not count for much any more.
    pub(crate) fn share(&self, queued: usize) -> usize {
        if self.queue / self.workers < MOST_TAKEN * FEW_TAKEN {
            return 0;
        }
        (queued / (2 * self.workers)).min(MOST_TAKEN)
    }

    /// The name of the thread in seat `seat`.
    pub(crate) fn thread_name(&self, seat: u32) -> String {
        if self.numbered {
            self.name_with(&format!("-{seat}"))
        } else {
            self.name.clone()
        }
    }

    /// The name of the thread that watches the limits.
    pub(crate) fn watchdog_name(&self) -> String {
        self.name_with("-limits")
    }

    /// The name of the thread that runs callbacks when no worker is free.
    pub(crate) fn courier_name(&self) -> String {
        self.name_with("-calls")
    }

    /// The pool's name, cut so that its end survives.
    fn name_with(&self, end: &str) -> String {
        let room = NAME_BYTES.saturating_sub(end.len());
        let mut name = self.name.clone();
        while name.len() > room {
            name.pop();
        }
        name + end
    }
}

/// Settings for a [`ThreadPool`](crate::ThreadPool); made by
/// [`ThreadPool::builder`](crate::ThreadPool::builder).
///
/// ```
/// use anypool_core::{Context, Executor as _};
/// use std::time::Duration;
/// use thread_runner::ThreadPool;
///
/// let pool = ThreadPool::builder()
///     .workers(2)
///     .name("render")
///     .timeout(Duration::from_secs(30))
///     .worker_init(|worker| Ok::<_, String>(format!("state of {worker:?}")))
///     .start()?;
/// let length = |_: (), ctx: &Context| ctx.state::<String>().map_or(0, String::len);
/// assert_eq!(pool.submit(length, ())?.join()?, "state of WorkerId(0)".len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
#[must_use = "a builder does nothing until it starts"]
pub struct ThreadPoolBuilder {
    pub(crate) config: Config,
}

impl ThreadPoolBuilder {
    /// How many jobs run at the same time; one per core unless given. Threads start when there is
    /// work for them.
    pub fn workers(mut self, workers: usize) -> Self {
        self.config.workers = workers;
        self
    }

    /// Names the threads `NAME-0`, `NAME-1`, …; `anypool` unless given. Linux shows 15 bytes, so a
    /// longer name is cut before its number.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.config.name = name.into();
        self
    }

    /// How many jobs may wait for a worker before submitting waits; 1 048 576 unless given.
    ///
    /// A cancelled job keeps its place until a worker comes by. Where the bound is large, a few jobs that a
    /// worker has taken along to run next do not count, at most one in 32 of it. Jobs submitted from the pool's own
    /// workers are accepted beyond the bound: a worker that waited there could wait for itself.
    pub fn queue(mut self, jobs: usize) -> Self {
        self.config.queue = jobs;
        self
    }

    /// Makes a state on each worker before its first job;
    /// [`Context::state`](anypool_core::Context::state) gives it to tasks.
    ///
    /// An initializer that fails or panics is tried three times in a row, with pauses. Then the
    /// pool has failed: waiting jobs end with
    /// [`InitFailed`](anypool_core::JobError::InitFailed), later ones are refused.
    pub fn worker_init<S, E, F>(mut self, init: F) -> Self
    where
        S: 'static,
        E: Display,
        F: Fn(WorkerId) -> Result<S, E> + Send + Sync + 'static,
    {
        self.config.init = Some(Initializer::new(init));
        self
    }

    /// The size of each thread's stack in bytes; the platform's default unless given.
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.config.stack_size = Some(bytes);
        self
    }

    /// Limits how long each item may run; a job's own limit takes precedence.
    ///
    /// A thread cannot be killed: an item that runs over is settled on time, told to stop through
    /// its [`Context`](anypool_core::Context), and left behind; the pool replaces its worker.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.config.timeout = Some(limit);
        self
    }

    /// Limits how long a job may wait until it starts; a job's own limit takes precedence. The items
    /// of a map wait by the map's window and are not meant.
    ///
    /// A job that has not started by then ends as
    /// [`QueueTimedOut`](anypool_core::JobError::QueueTimedOut) and leaves the queue, also when every
    /// worker is busy.
    pub fn queue_timeout(mut self, limit: Duration) -> Self {
        self.config.queue_timeout = Some(limit);
        self
    }

    /// Ends threads that had nothing to do for this long; they stay unless given.
    pub fn keep_alive(mut self, idle: Duration) -> Self {
        self.config.keep_alive = Some(idle);
        self
    }

    /// How long `shutdown_now` waits for running jobs before it leaves them behind; two seconds
    /// unless given.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.config.grace = grace;
        self
    }

    /// Where tasks' output goes; this process's own streams unless given.
    pub fn host(mut self, host: Arc<dyn Host>) -> Self {
        self.config.host = host;
        self
    }

    /// Keeps the panic hook from printing the panics of jobs, for callers that show every failure
    /// themselves.
    pub fn quiet_panics(mut self, quiet: bool) -> Self {
        self.config.quiet_panics = quiet;
        self
    }

    /// Encodes and decodes inputs and outputs although threads could move them, to find types that
    /// would not survive the way to a process.
    pub fn verify_codec(mut self, verify: bool) -> Self {
        self.config.verify_codec = verify;
        self
    }
}

impl fmt::Debug for ThreadPoolBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPoolBuilder")
            .field("workers", &self.config.workers)
            .field("name", &self.config.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_before_its_number() {
        let name = |name: &str, seat| {
            let config = Config {
                name: name.to_owned(),
                ..Config::default()
            };
            config.thread_name(seat)
        };
        assert_eq!(name("anypool", 3), "anypool-3");
        assert_eq!(name("a-very-long-name", 12), "a-very-long--12");
        assert_eq!(name("ééééééééé", 0), "éééééé-0");
    }
}
