//! What a runner's program brings along: a kind of worker. One of threads, one of processes, one without either.

use std::fmt;
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;
use std::time::Duration;

use anypool_core::{Host, Outcome, RawExecutor};

use crate::catalogue::call::{Call, CallResult};

/// A kind of worker, and how to start pools and single workers of it.
pub trait Backend: Sync {
    /// The program's name.
    fn name(&self) -> &'static str;

    /// The features of the program's package that are on, in alphabetical order.
    fn features(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// What a task that crashes takes with it.
    fn isolation(&self) -> Isolation;

    /// Starts a pool.
    ///
    /// # Errors
    ///
    /// The system refuses what the pool needs.
    fn start_pool(&self, config: &PoolConfig) -> Result<Arc<dyn RunnerPool>, StartError>;

    /// Starts a worker of its own for one call.
    ///
    /// # Errors
    ///
    /// The system refuses another worker.
    fn spawn(&self, call: Call, config: &SpawnConfig) -> Result<Box<dyn Spawned>, StartError>;
}

/// What a task that crashes takes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// The whole runner: its workers are threads.
    Threads,
    /// Its own worker process and nothing else.
    Processes,
}

/// How to start a pool.
#[derive(Clone)]
pub struct PoolConfig {
    /// How many workers.
    pub workers: usize,
    /// The time between asking a worker to stop and making it.
    pub grace: Duration,
    /// What holds for workers that are processes.
    pub confinement: Confinement,
    /// Where tasks' output goes.
    pub host: Arc<dyn Host>,
}

/// What holds for workers that are processes; threads have none of it.
///
/// ```
/// use anypool_runner::{Confinement, Separation, Transport};
///
/// let usual = Confinement::default();
/// assert_eq!((usual.separation, usual.transport), (Separation::Pool, Transport::Auto));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confinement {
    /// How far tasks are kept apart from each other.
    pub separation: Separation,
    /// How payloads travel.
    pub transport: Transport,
    /// How many bytes of memory a worker may use beyond what it inherited.
    pub memory_limit: Option<u64>,
    /// After how many tasks a worker is replaced; `None` is never.
    pub max_tasks_per_worker: Option<NonZeroU64>,
    /// After how many workers in a row that fail before they serve a pool gives up; `None` leaves it to the pool.
    pub max_start_failures: Option<NonZeroU32>,
}

/// How far the tasks of a pool are kept apart from each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Separation {
    /// Workers run one task after another.
    #[default]
    Pool,
    /// Each task gets a process that is forked for it.
    Fork,
    /// Each task gets a process in which this program is started anew.
    Exec,
}

/// How payloads travel between processes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Transport {
    /// As the pool does it by default.
    #[default]
    Auto,
    /// Frames in a pipe.
    Pipe,
    /// Messages of ipc-channel.
    Ipc,
    /// Rings in shared memory.
    Shm,
}

/// How to start a single worker.
#[derive(Clone)]
pub struct SpawnConfig {
    /// What the worker is called in lists of threads or processes.
    pub name: String,
    /// How long the call may run.
    pub timeout: Option<Duration>,
    /// The time between asking the worker to stop and making it.
    pub grace: Duration,
    /// What holds for a worker that is a process.
    pub confinement: Confinement,
    /// Where the task's output goes.
    pub host: Arc<dyn Host>,
}

/// A started pool. Panics of tasks are outcomes, and nothing else prints them.
pub trait RunnerPool: RawExecutor {
    /// Ends the pool after its last job.
    fn shutdown(&self);

    /// Ends the pool now: starts nothing more, asks what runs to stop, and makes it after the grace. Every job is
    /// settled when it returns.
    fn shutdown_now(&self);

    /// Holds the workers, as far as they can be held, and the time that their tasks are given. Returns when that is
    /// done.
    fn suspend(&self);

    /// Lets them go on.
    fn resume(&self);
}

/// A started worker of its own.
pub trait Spawned: Send {
    /// Waits for the call's end, at most `timeout`. All lines that it wrote have reached the host by then.
    ///
    /// # Errors
    ///
    /// Gives the worker back when the call has not ended in time.
    fn join_timeout(self: Box<Self>, timeout: Duration) -> Joined;

    /// Asks the worker to stop; does not wait.
    fn terminate(&self);

    /// Makes it stop, where that is possible; does not wait.
    fn kill(&self);

    /// Holds the worker, as far as it can be held, and the time that its call is given. Returns when that is done.
    fn suspend(&self);

    /// Lets it go on.
    fn resume(&self);
}

/// A call's outcome, or the worker that still runs it.
pub type Joined = Result<Outcome<CallResult>, Box<dyn Spawned>>;

/// Why a pool or worker could not be started.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl StartError {
    /// A failure with its cause.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Debug for PoolConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolConfig")
            .field("workers", &self.workers)
            .field("grace", &self.grace)
            .field("confinement", &self.confinement)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SpawnConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpawnConfig")
            .field("name", &self.name)
            .field("timeout", &self.timeout)
            .field("grace", &self.grace)
            .field("confinement", &self.confinement)
            .finish_non_exhaustive()
    }
}
