//! How many items the next chunk gets.
//!
//! A chunk should hold about [`TARGET`] of work: enough to make the way to the worker cheap beside
//! it, little enough that the last chunks keep all workers busy. The first chunks have one item;
//! what they took is the measure for the next.

use std::num::NonZeroUsize;
use std::time::Duration;

/// The work in a chunk of chosen size.
pub(crate) const TARGET: Duration = Duration::from_micros(200);

/// Chunks that may be on their way for each worker: one runs, the others wait beside it.
pub(crate) const CHUNKS_A_WORKER: usize = 4;

/// No chunk is larger, whatever is measured.
const MOST_ITEMS: usize = 1 << 16;

/// Plans the chunks of one map.
#[derive(Clone, Debug)]
pub(crate) struct ChunkPlanner {
    fixed: Option<usize>,
    workers: usize,
    /// The mean time of an item, as far as known.
    item_nanos: Option<f64>,
    current: usize,
}

impl ChunkPlanner {
    pub(crate) fn new(fixed: Option<NonZeroUsize>, workers: usize) -> Self {
        Self {
            fixed: fixed.map(NonZeroUsize::get),
            workers: workers.max(1),
            item_nanos: None,
            current: 1,
        }
    }

    /// Learns that `items` took `busy` of a worker's time.
    pub(crate) fn record(&mut self, items: usize, busy: Duration) {
        if items == 0 {
            return;
        }
        let nanos = busy.as_secs_f64() * 1e9 / items as f64;
        // The newest measurement counts half: task times drift along a source.
        let mean = self.item_nanos.map_or(nanos, |old| (old + nanos) / 2.0);
        self.item_nanos = Some(mean);
        let wanted = TARGET.as_secs_f64() * 1e9 / mean.max(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "positive, and at most MOST_ITEMS"
        )]
        let wanted = wanted.min(MOST_ITEMS as f64) as usize;
        // Grows twofold at most: one measurement that was too short must not flood a worker.
        self.current = wanted.clamp(1, self.current * 2);
    }

    /// The size of the next chunk when the source has at most `remaining` more items, if known, and
    /// `room` more may be on their way.
    pub(crate) fn next_chunk(&self, remaining: Option<usize>, room: usize) -> usize {
        let wanted = self.fixed.unwrap_or_else(|| {
            // Near the end every worker gets some: two chunks each of what is left.
            let fair = remaining.map(|items| items.div_ceil(self.workers.saturating_mul(2)));
            self.current.min(fair.unwrap_or(usize::MAX))
        });
        wanted.clamp(1, MOST_ITEMS).min(room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_items_travel_alone() {
        let mut planner = ChunkPlanner::new(None, 4);
        assert_eq!(planner.next_chunk(None, 100), 1);
        planner.record(1, Duration::from_millis(5));
        assert_eq!(planner.next_chunk(None, 100), 1);
    }

    #[test]
    fn fast_items_grow_the_chunk_to_the_target_and_twofold_at_most() {
        let mut planner = ChunkPlanner::new(None, 2);
        let mut sizes = Vec::new();
        for _ in 0..12 {
            let size = planner.next_chunk(None, usize::MAX);
            sizes.push(size);
            planner.record(
                size,
                Duration::from_nanos(1_000) * u32::try_from(size).unwrap(),
            );
        }
        assert_eq!(sizes[..4], [1, 2, 4, 8]);
        assert_eq!(*sizes.last().unwrap(), 200);
    }

    #[test]
    fn the_tail_is_shared_among_the_workers() {
        let mut planner = ChunkPlanner::new(None, 4);
        for _ in 0..20 {
            planner.record(1, Duration::from_nanos(10));
        }
        assert_eq!(planner.next_chunk(Some(80), usize::MAX), 10);
        assert_eq!(planner.next_chunk(Some(3), usize::MAX), 1);
    }

    #[test]
    fn a_fixed_size_stays() {
        let mut planner = ChunkPlanner::new(NonZeroUsize::new(7), 4);
        planner.record(7, Duration::from_secs(1));
        assert_eq!(planner.next_chunk(Some(100), 100), 7);
        assert_eq!(planner.next_chunk(Some(100), 3), 3);
    }
}
