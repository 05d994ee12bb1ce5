//! How many requests a worker is given at a time.
//!
//! One behind the running one keeps it from running dry, unless it takes less time to run a job than to
//! come with the next: then more are given, though no more work than that takes. What lies behind is taken
//! back when it turns out to lie there for long.

use std::time::Duration;

use crate::wire::status::PLACES;

/// How many requests a worker has at most when nothing is known of how long they take: the running one and
/// one behind it.
pub(crate) const DEPTH: usize = 2;

/// How much work a worker has at most beyond that: about what it takes until somebody comes with the next.
const AHEAD_NANOS: u64 = 100_000;

/// A worker that has not answered for so long gives back what lies deep behind: others would overtake it.
const STALE_NANOS: u64 = 1_000_000;

/// How fast a worker is, by its own word. A lie costs nothing: what it is given can be taken back.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    /// How long an item takes: an average in which the last ones count most.
    item_nanos: Option<u64>,
}

impl Pace {
    /// Takes in how long an item took.
    pub(crate) fn note(&mut self, busy: Duration) {
        let nanos = u64::try_from(busy.as_nanos()).unwrap_or(u64::MAX);
        let before = self.item_nanos.unwrap_or(nanos);
        // A long one counts at once.
        let average = (before - before / 8).saturating_add(nanos / 8);
        self.item_nanos = Some(average.max(nanos / 2));
    }

    /// Forgets what is known.
    pub(crate) fn forget(&mut self) {
        self.item_nanos = None;
    }

    /// Whether the worker has answered since that.
    pub(crate) fn is_known(self) -> bool {
        self.item_nanos.is_some()
    }

    /// How many requests of one item the worker may have at a time.
    pub(crate) fn depth(self) -> usize {
        let few = self
            .item_nanos
            .map_or(0, |nanos| AHEAD_NANOS / nanos.max(1));
        usize::try_from(few).unwrap_or(PLACES).clamp(DEPTH, PLACES)
    }

    /// Whether what lies deep behind has lain there for long, with a worker that has been silent since then.
    pub(crate) fn is_stale(silent_since_nanos: u64, now_nanos: u64) -> bool {
        silent_since_nanos.saturating_add(STALE_NANOS) < now_nanos
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(items: &[u64]) -> usize {
        let mut pace = Pace::default();
        items
            .iter()
            .for_each(|&nanos| pace.note(Duration::from_nanos(nanos)));
        pace.depth()
    }

    #[test]
    fn only_small_jobs_are_given_ahead_in_numbers() {
        assert_eq!(after(&[]), DEPTH);
        assert_eq!(after(&[0]), PLACES);
        assert_eq!(after(&[100; 20]), PLACES);
        assert_eq!(after(&[10_000]), 10);
        assert_eq!(after(&[1_000_000_000]), DEPTH);
    }

    #[test]
    fn a_long_job_counts_at_once_and_is_forgotten_by_and_by() {
        let mut items = vec![100; 50];
        items.push(1_000_000);
        assert_eq!(after(&items), DEPTH);
        items.extend([100; 100]);
        assert_eq!(after(&items), PLACES);
    }
}
