//! Where units come from: a stream that is read as they are needed, or a plan that is known from the start.

use std::sync::Arc;

use super::unit::Unit;
use crate::report::Report;

/// A stream of units. It is read on a thread of its own, a few units ahead of those that run, so it may wait for its
/// input as long as it likes, and never end.
pub(crate) trait Source: Send {
    /// The next unit; `None` after the last one. What is wrong with the stream is told, and ends it.
    fn next(&mut self) -> Option<Result<Unit, Report>>;

    /// Whether there are calls among them, which need workers.
    fn has_calls(&self) -> bool {
        false
    }

    /// How many there are in all, where that is known before they are read.
    fn total(&self) -> Option<u64> {
        None
    }

    /// Goes back to its beginning; `false` where that is impossible.
    fn rewind(&mut self) -> bool {
        false
    }
}

/// Units that are all known from the start, and may wait for one another. They start in their order, as far as what
/// they wait for, their groups and the worker slots let them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// The units. There are no cycles among them.
    pub(crate) units: Vec<Arc<Unit>>,
    /// What they wait for.
    pub(crate) gates: Vec<Gate>,
    /// The groups that units may belong to.
    pub(crate) groups: Vec<Group>,
}

/// Where units wait for others: it opens when all of those have ended as expected. So a million units can come after a
/// million others, at the cost of two million places.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate {
    /// The places of those that are waited for; at least one.
    pub(crate) of: Vec<usize>,
}

/// Units that share a limit.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// What it is called.
    pub(crate) name: Arc<str>,
    /// How many of its members may run side by side.
    pub(crate) max_running: usize,
}
