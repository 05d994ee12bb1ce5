//! What a thread can do for a pool that it needs something of.

use std::time::Instant;

/// A worker's number, never used twice.
pub(crate) type WorkerKey = u64;

/// Lets a thread that waits do a part of the work that it waits for.
pub(crate) trait Attend: Send + Sync {
    /// Takes in what `worker` answers until request `sequence` has ended or time is up. True when
    /// something has changed, false when this thread can do nothing for it.
    fn attend(&self, worker: WorkerKey, sequence: u64, wait: Wait<'_>) -> bool;
}

/// Until when somebody waits.
#[derive(Clone, Copy)]
pub(crate) struct Wait<'a> {
    /// Whether what is waited for has come.
    pub(crate) is_over: &'a dyn Fn() -> bool,
    /// `None` for as long as it takes.
    pub(crate) deadline: Option<Instant>,
}

impl Wait<'_> {
    /// Whether time is up.
    pub(crate) fn is_late(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| deadline <= Instant::now())
    }
}
