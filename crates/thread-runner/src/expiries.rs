//! When what waits in the queue must have started: an index of the queue by time. It holds no jobs,
//! and no more entries than a small multiple of what waits, whatever has come and gone.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

/// Entries of work that has left are cleared out when they are the greater part, and more than this.
const FEW: usize = 64;

/// The expiries of numbered places in a queue.
#[derive(Default)]
pub(crate) struct Expiries(BinaryHeap<Reverse<(Instant, u64)>>);

impl Expiries {
    /// Notes when `place` expires; `first` is the first place that is not free, of `waiting` many.
    pub(crate) fn note(&mut self, when: Instant, place: u64, first: u64, waiting: usize) {
        if self.0.len() > FEW + 2 * waiting {
            self.0.retain(|Reverse((_, place))| *place >= first);
        }
        self.0.push(Reverse((when, place)));
    }

    /// A place that has expired, which may be free by now.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<u64> {
        let Reverse((when, place)) = *self.0.peek()?;
        if when > now {
            return None;
        }
        self.0.pop();
        Some(place)
    }

    /// The next expiry; of a place that is free by now, perhaps.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.0.peek().map(|Reverse((when, _))| *when)
    }

    /// Renumbers the places by `moved`, which has nothing for free ones.
    pub(crate) fn renumber(&mut self, moved: impl Fn(u64) -> Option<u64>) {
        let old = std::mem::take(&mut self.0).into_vec();
        let renumber = |Reverse((when, place))| Some(Reverse((when, moved(place)?)));
        self.0 = old.into_iter().filter_map(renumber).collect();
    }

    /// Puts every expiry off by `time`.
    pub(crate) fn postpone(&mut self, time: Duration) {
        let old = std::mem::take(&mut self.0).into_vec();
        let later = |Reverse((when, place))| Reverse((when + time, place));
        self.0 = old.into_iter().map(later).collect();
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
