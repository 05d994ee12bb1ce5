//! A pool's figures: what waits, what runs, who works, and how workers have ended.

use std::collections::BTreeMap;
use std::time::Duration;

use anypool_core::{JobId, WorkerId};

use crate::worker_end::{EndCause, WorkerEnd};

/// A pool's figures at one moment.
///
/// ```
/// use anypool_core::Executor as _;
/// use process_runner::ProcessPool;
///
/// process_runner::init(); // the first line of main
/// let pool = ProcessPool::builder().workers(2).start()?;
/// pool.submit(|n: u64| n + 1, 1)?.join()?;
/// let stats = pool.stats();
/// assert_eq!((stats.done, stats.queued, stats.restarts), (1, 0, 0));
/// for worker in &stats.workers {
///     println!("{:?} {:?} for {:?}", worker.pid, worker.state, worker.age);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessPoolStats {
    /// The process ids of the workers, by slot.
    pub pids: BTreeMap<usize, u32>,
    /// Jobs that were accepted and not given to a worker; in a map, items.
    pub queued: usize,
    /// The size of their encoded inputs.
    pub queued_bytes: usize,
    /// Jobs among them that have failed and wait to be tried again.
    pub awaiting_retry: usize,
    /// Workers that have a job.
    pub busy: usize,
    /// Every worker, from the order to its burial, by slot; a slot has two while one leaves and its
    /// successor comes.
    pub workers: Vec<WorkerStats>,
    /// Jobs (in a map: items) that workers have answered: with a value, an error or a panic.
    pub done: u64,
    /// Workers that were replaced, for whatever reason.
    pub restarts: u64,
    /// Workers among them that were well and had done enough, or grown too large.
    pub recycled: u64,
    /// How often workers have ended, by cause.
    pub ends: BTreeMap<EndCause, u64>,
    /// The last 16 ends that nobody wanted, oldest first.
    pub deaths: Vec<WorkerEnd>,
    /// Attempts that failed and were followed by another.
    pub retries: u64,
    /// Bytes of requests that were given to workers.
    pub sent_bytes: u64,
    /// Bytes of replies that came back.
    pub received_bytes: u64,
    /// How old `workers` and what is counted from them is: zero, unless the pool's thread was too busy
    /// to answer.
    pub age: Duration,
}

/// One worker at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerStats {
    /// Its slot.
    pub worker: WorkerId,
    /// Its process; `None` until it has been forked.
    pub pid: Option<u32>,
    /// What it is about.
    pub state: WorkerState,
    /// How long it has been about that; for a job, since it was given to the worker or since the worker
    /// has answered the one before.
    pub age: Duration,
    /// What it runs, as far as its status page tells.
    pub running: Option<RunningJob>,
    /// How many requests (jobs or chunks of maps) it has been sent ahead.
    pub ahead: usize,
    /// How many jobs (in a map: items) it has done.
    pub done: u64,
    /// Bytes of requests that it was given.
    pub sent_bytes: u64,
    /// Bytes of replies that came from it.
    pub received_bytes: u64,
    /// How much memory it has, in bytes, with what it shares; `None` when it is gone.
    pub resident_bytes: Option<u64>,
}

/// What a worker is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WorkerState {
    /// It has not said hello.
    Starting,
    /// Its initializer runs.
    Initializing,
    /// It has nothing to do.
    Idle,
    /// It has something to do.
    Busy,
    /// It does what it has begun, gets no more, and is replaced.
    Retiring,
    /// It was told that no more comes, and is on its way out.
    Leaving,
    /// It is being ended by force, for this cause.
    BeingStopped(EndCause),
    /// It has ended, and its last words are read.
    Ended,
}

/// A job that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunningJob {
    /// The job.
    pub job: JobId,
    /// Its task's name, or Rust type.
    pub task: &'static str,
    /// In a map: the item's number in its chunk.
    pub item: Option<u32>,
    /// Which try it is, from 1.
    pub attempt: u32,
    /// How long it has run.
    pub age: Duration,
}
