//! What was seen of each worker at the last look, to tell the stuck from the slow. No input or output.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::inbox::WorkerKey;

/// The time between two looks. A worker for which nothing has moved from one to the next is stuck; on a
/// loaded machine it is only late, so this is generous.
pub(super) const LOOK: Duration = Duration::from_secs(10);

/// Looks at what was sent and has not started.
#[derive(Debug, Default)]
pub(super) struct Glances {
    next: Option<Instant>,
    seen: BTreeMap<WorkerKey, Lying>,
}

/// What lies with a worker that runs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lying {
    /// The request, and how many of its items have been answered.
    pub(super) request: (u64, u32),
    /// How many bytes are still to be sent to the worker.
    pub(super) unsent_bytes: usize,
}

impl Glances {
    /// Something was sent: sees to it that somebody looks whether it starts.
    pub(super) fn expect(&mut self) {
        if self.next.is_none() {
            self.next = Instant::now().checked_add(LOOK);
        }
    }

    /// When to look next, if anything is on its way.
    pub(super) fn next(&self) -> Option<Instant> {
        self.next
    }

    /// Takes in what lies with the workers now. Returns those for which nothing has moved since the
    /// last look.
    pub(super) fn look(&mut self, now: BTreeMap<WorkerKey, Lying>) -> Vec<WorkerKey> {
        self.next = None;
        let before = std::mem::replace(&mut self.seen, now);
        let stuck = |(key, lying): &(&WorkerKey, &Lying)| before.get(key) == Some(lying);
        let stuck: Vec<WorkerKey> = self
            .seen
            .iter()
            .filter(stuck)
            .map(|(&key, _)| key)
            .collect();
        if !self.seen.is_empty() {
            self.expect();
        }
        stuck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(unsent_bytes: usize) -> BTreeMap<WorkerKey, Lying> {
        let lying = |request| Lying {
            request,
            unsent_bytes,
        };
        BTreeMap::from([(1, lying((7, 0))), (2, lying((3, 5)))])
    }

    #[test]
    fn only_where_nothing_moves_is_a_worker_stuck() {
        let mut glances = Glances::default();
        assert!(glances.look(seen(500)).is_empty());
        assert!(glances.look(seen(400)).is_empty());
        let mut now = seen(400);
        now.insert(3, now[&1]);
        now.remove(&2);
        assert_eq!(glances.look(now), [1]);
        assert!(glances.next().is_some());
    }

    #[test]
    fn nobody_looks_while_nothing_lies() {
        let mut glances = Glances::default();
        glances.expect();
        assert!(glances.look(BTreeMap::new()).is_empty());
        assert_eq!(glances.next(), None);
    }
}
