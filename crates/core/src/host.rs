//! What an executor supplies to the tasks it runs, and the numbers by which both are known.

use std::fmt;
use std::io;

/// The number of a job, unique in its process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// The number of a worker's slot in its pool, from 0; a replacement keeps its predecessor's.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct WorkerId(pub u32);

/// One of a task's two output streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// Who wrote a piece of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The worker.
    pub worker: WorkerId,
    /// The job that ran, where the executor can tell.
    pub job: Option<JobId>,
}

/// What an executor supplies to the tasks it runs.
pub trait Host: Send + Sync {
    /// Takes whole lines that a task wrote (the last one may lack its newline).
    ///
    /// # Errors
    ///
    /// When the lines cannot be passed on.
    fn write(&self, origin: Origin, stream: Stream, lines: &[u8]) -> io::Result<()>;
}
