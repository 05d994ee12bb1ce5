//! The worker that ran a job, as its failure names it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::host::WorkerId;

/// The worker that ran a job, as its failure names it.
///
/// ```
/// use anypool_core::{RanBy, WorkerId};
///
/// assert_eq!(RanBy::Process { pid: 4242 }.to_string(), "worker 4242");
/// assert_eq!(RanBy::Thread(WorkerId(1)).to_string(), "worker 1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum RanBy {
    /// A thread of this process, by its place among the executor's workers.
    Thread(WorkerId),
    /// A process.
    Process {
        /// Its number, which may have been reused since.
        pid: u32,
    },
}

impl fmt::Display for RanBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = match *self {
            Self::Thread(WorkerId(number)) => number,
            Self::Process { pid } => pid,
        };
        write!(f, "worker {number}")
    }
}

/// The beginning of a sentence about what became of a job: its worker, where that is known.
pub(crate) fn subject(worker: Option<&RanBy>) -> String {
    worker.map_or_else(String::new, |worker| format!("{worker} "))
}
