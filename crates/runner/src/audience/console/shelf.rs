//! What waits to be passed on: lines until they are whole, the output of tasks until they end, ends until their turn.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::super::spool::Spool;
use crate::event::OutputStream;

/// What is told when its turn has come.
pub(super) enum Turn {
    Line(String),
    End(End),
}

/// The end of a task.
pub(super) struct End {
    pub(super) task: Arc<str>,
    pub(super) index: u64,
    pub(super) line: Option<String>,
    pub(super) shown: Shown,
}

/// What waits to be passed on.
#[derive(Default)]
pub(super) struct Shelf {
    /// What was printed and is not passed on yet, by task and stream.
    pub(super) open: HashMap<(u64, OutputStream), Spool>,
    /// Ended tasks whose turn in the order of tasks has not come.
    pub(super) ended: BTreeMap<u64, Ended>,
    /// The task whose turn that is.
    next: u64,
}

/// What an ended task leaves.
#[derive(Default)]
pub(super) struct Ended {
    pub(super) out: Spool,
    pub(super) err: Spool,
    pub(super) line: Option<String>,
    pub(super) shown: Shown,
}

/// When what a task has printed is shown.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) now: bool,
    pub(super) at_end: bool,
}

impl Default for Shown {
    fn default() -> Self {
        let (now, at_end) = (true, false);
        Self { now, at_end }
    }
}

impl Shelf {
    /// What a task has printed that is not passed on yet.
    pub(super) fn take(&mut self, index: u64) -> (Spool, Spool) {
        let mut take = |stream| self.open.remove(&(index, stream)).unwrap_or_default();
        (take(OutputStream::Stdout), take(OutputStream::Stderr))
    }

    /// What is next in the order of tasks, if it has ended.
    pub(super) fn next_in_order(&mut self) -> Option<Ended> {
        let ended = self.ended.remove(&self.next)?;
        self.next += 1;
        Some(ended)
    }
}
