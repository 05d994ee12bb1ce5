//! How a map is to be run.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::job::options::JobOptions;
use crate::job::retries::Retries;

/// Options of [`map_with`](crate::Executor::map_with).
///
/// ```
/// use anypool_core::{Executor as _, InlineExecutor, MapOptions};
/// use std::num::NonZeroUsize;
///
/// let options = MapOptions::new().window(NonZeroUsize::new(3).unwrap());
/// let pool = InlineExecutor::new();
/// let mut squares = pool.map_with(|n: u64| n * n, 1.., options);
/// assert_eq!(squares.nth(9), Some(Ok(100)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MapOptions {
    /// Items a chunk, 65 536 at most; chosen by the measured time of an item when `None`.
    pub chunk: Option<NonZeroUsize>,
    /// How many items at most have been taken from the source and not yielded.
    pub window: Option<NonZeroUsize>,
    /// How long each item may run.
    pub timeout: Option<Duration>,
    /// How much CPU time each item may use.
    pub cpu_time: Option<Duration>,
    /// How much memory in bytes a worker may use beyond what it inherited.
    pub memory_limit: Option<u64>,
    /// Whether the task is idempotent, and how often an item that failed is tried again.
    pub retries: Retries,
    /// How long the whole map may take, from the call: then what has not ended is reported as
    /// [`Cancelled`](crate::JobError::Cancelled), and the map ends. A map that leaves inputs unread
    /// ends with at least one such failure.
    pub deadline: Option<Duration>,
}

impl MapOptions {
    /// Automatic chunks, no limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Fixes the number of items a chunk; 65 536 is the most.
    #[must_use]
    pub fn chunk(mut self, items: NonZeroUsize) -> Self {
        self.chunk = Some(items);
        self
    }

    /// Fixes how many items at most have been taken from the source and not yielded.
    #[must_use]
    pub fn window(mut self, items: NonZeroUsize) -> Self {
        self.window = Some(items);
        self
    }

    /// Limits how long each item may run.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Limits how much CPU time each item may use.
    #[must_use]
    pub fn cpu_time(mut self, limit: Duration) -> Self {
        self.cpu_time = Some(limit);
        self
    }

    /// Limits the memory in bytes that a worker may use beyond what it inherited.
    #[must_use]
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = Some(bytes);
        self
    }

    /// Declares the task idempotent, and says how often an item is tried again.
    #[must_use]
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// What each chunk asks for.
    pub(super) fn of_chunks(&self) -> JobOptions {
        JobOptions {
            timeout: self.timeout,
            cpu_time: self.cpu_time,
            memory_limit: self.memory_limit,
            retries: self.retries,
            ..JobOptions::default()
        }
    }

    /// Limits how long the whole map may take, from the call.
    #[must_use]
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = Some(limit);
        self
    }
}
