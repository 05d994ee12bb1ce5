//! How many items the next chunk gets.
//!
//! A chunk should hold about [`TARGET`] of work: enough to make the way to the worker cheap beside
//! it, little enough that the last chunks keep all workers busy. Four bounds decide:
//!
//! - **time**: as many items as fill the target, by the median of what the latest chunks took: a worker
//!   that had to wait for a processor says nothing about its items;
//! - **evidence**: at most [`GROWTH`] times the largest chunk that has been measured. The first chunks
//!   have one item, and still five measurements are enough for thousands;
//! - **bytes**: no more encoded bytes than [`MOST_BYTES`], by what earlier items had;
//! - **fairness**: when the end of the source is in sight, half of an even share of what is left, so
//!   that chunks shrink towards the end and the workers finish together. Chunks of less than
//!   [`LEAST`] are not worth their way.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::job::chunk::Measure;

/// The work in a chunk of chosen size.
pub(crate) const TARGET: Duration = Duration::from_micros(200);

/// A chunk of less work than this is made for no fairness: its way costs as much.
const LEAST: Duration = Duration::from_micros(10);

/// Chunks that may be on their way for each worker: one runs, the others wait beside it.
pub(crate) const CHUNKS_A_WORKER: usize = 4;

/// How many times as many items the next chunk may have as the largest that was measured.
const GROWTH: usize = 8;

/// No chunk of chosen size has more items: tiny tasks gain nothing by it, and their values should be
/// in a processor's cache still when they are taken.
const MOST_ITEMS: usize = 1 << 16;

/// No chunk has more items, whoever chose its size.
const MOST_FIXED: usize = 1 << 16;

/// What the encoded inputs and outputs of a chunk of chosen size have together.
const MOST_BYTES: usize = 1 << 19;

/// Plans the chunks of one map.
#[derive(Clone, Debug)]
pub(crate) struct ChunkPlanner {
    fixed: Option<usize>,
    workers: usize,
    /// The time of an item in nanoseconds, in each of the latest chunks.
    item_nanos: Latest,
    /// The encoded bytes of an item, likewise; the most counts.
    item_bytes: Latest,
    /// The items of the largest chunk that was measured.
    evidence: usize,
}

impl ChunkPlanner {
    pub(crate) fn new(fixed: Option<NonZeroUsize>, workers: usize) -> Self {
        Self {
            fixed: fixed.map(NonZeroUsize::get),
            workers: workers.max(1),
            item_nanos: Latest::default(),
            item_bytes: Latest::default(),
            evidence: 0,
        }
    }

    /// Learns from a chunk that has ended.
    pub(crate) fn record(&mut self, measure: Measure) {
        let Measure { items, busy, bytes } = measure;
        if items == 0 {
            return;
        }
        self.item_nanos
            .note(busy.as_secs_f64() * 1e9 / items as f64);
        self.item_bytes.note(bytes as f64 / items as f64);
        self.evidence = self.evidence.max(items);
    }

    /// The size of the next chunk when the source has at most `remaining` more items, if known, and
    /// `room` more may be on their way.
    pub(crate) fn next_chunk(&self, remaining: Option<usize>, room: usize) -> usize {
        let wanted = match self.fixed {
            Some(fixed) => fixed.clamp(1, MOST_FIXED),
            None => self.chosen(remaining).clamp(1, MOST_ITEMS),
        };
        wanted.min(room)
    }

    fn chosen(&self, remaining: Option<usize>) -> usize {
        if self.evidence == 0 {
            return 1;
        }
        let item_nanos = self.item_nanos.median();
        let filling = |work: Duration| ratio(work.as_secs_f64() * 1e9, item_nanos);
        let by_bytes = ratio(MOST_BYTES as f64, self.item_bytes.most());
        let by_evidence = self.evidence.saturating_mul(GROWTH);
        let most = filling(TARGET).min(by_bytes).min(by_evidence);
        let fair = remaining.map_or(usize::MAX, |items| {
            items.div_ceil(self.workers.saturating_mul(2))
        });
        most.min(fair.max(filling(LEAST)))
    }
}

/// How many chunks count: more would be slow to learn that items have become slower.
const LATEST: usize = 5;

/// Figures of the latest chunks.
#[derive(Clone, Copy, Debug, Default)]
struct Latest {
    figures: [f64; LATEST],
    noted: usize,
}

impl Latest {
    fn note(&mut self, figure: f64) {
        self.figures[self.noted % LATEST] = figure;
        self.noted += 1;
    }

    /// The figure in the middle, or the larger of two.
    fn median(&self) -> f64 {
        let mut figures = self.figures;
        let known = &mut figures[..self.noted.min(LATEST)];
        known.sort_by(f64::total_cmp);
        known.get(known.len() / 2).copied().unwrap_or(0.0)
    }

    fn most(&self) -> f64 {
        self.figures.into_iter().fold(0.0, f64::max)
    }
}

/// How often `part` goes into `whole`, as far as anybody wants to know.
fn ratio(whole: f64, part: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and at most MOST_ITEMS"
    )]
    let times = (whole / part.max(0.1)).min(MOST_ITEMS as f64) as usize;
    times
}

#[cfg(test)]
mod tests;
