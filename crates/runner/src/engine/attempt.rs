//! A try of a unit, and the pause before the next.

use std::sync::Arc;
use std::time::Instant;

use super::feed::Next;
use super::policy::Policy;
use super::unit::Unit;
use crate::event::TaskFinished;

/// A try of a unit.
#[derive(Clone, Debug)]
pub(super) struct Try {
    pub(super) unit: Arc<Unit>,
    /// What the unit is called.
    pub(super) id: Arc<str>,
    /// The unit's place among all of the run.
    pub(super) index: u64,
    /// Which of its tries it is, from 1.
    pub(super) attempt: u32,
    /// How many of its tries cost their worker.
    pub(super) deaths: u32,
}

/// A unit between two tries, with what is said about it if there is no other.
#[derive(Debug)]
pub(super) struct Paused {
    pub(super) until: Instant,
    pub(super) again: Try,
    pub(super) last: Box<TaskFinished>,
}

impl Try {
    pub(super) fn first(next: Next) -> Self {
        let Next { unit, id, index } = next;
        Self {
            unit,
            id,
            index,
            attempt: 1,
            deaths: 0,
        }
    }

    pub(super) fn weight(&self, policy: &Policy) -> usize {
        self.unit.weight(policy.workers)
    }
}

impl PartialEq for Paused {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Paused {}

impl PartialOrd for Paused {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// By the time of the next try.
impl Ord for Paused {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.until, self.again.index).cmp(&(other.until, other.again.index))
    }
}
