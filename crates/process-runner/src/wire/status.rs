//! The status page: where items are claimed before they start.
//!
//! Each worker shares one page with its parent. A request in flight has a *place* on it (its sequence
//! number modulo [`PLACES`]) with two words: the claim and the time at which the running item
//! started. The claim word holds `(sequence, next, end)`:
//!
//! ```text
//!   parent: offer     ─▶ (s, 0, n)       before the request is sent
//!   worker: claim     (s, i, e) ─▶ (s, i+1, e)   while i < e; item i may start now
//!   parent: take back (s, i, e) ─▶ (s, i, i)     while i < e; items i.. will never start
//! ```
//!
//! Both sides change it by compare-and-swap alone, so an item is either claimed or taken back, never
//! both. A request whose sequence is no longer on the page has been settled without the worker.
//! The worker can write anything: the parent bounds whatever it reads by what it knows itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::sys::memory::{PAGE_BYTES, SharedMemory};

/// How many requests can be in flight to one worker.
pub(crate) const PLACES: usize = 64;

/// The most items of one request.
pub(crate) const MAX_ITEMS: u32 = (1 << ITEM_BITS) - 1;

const ITEM_BITS: u32 = 20;
const ITEM_MASK: u64 = (1 << ITEM_BITS) - 1;
const SEQUENCE_MASK: u64 = (1 << 24) - 1;

/// How often a change of a word is tried that somebody else changes meanwhile.
const MAX_ATTEMPTS: usize = 1 << 16;

/// Places are a cache line apart.
const WORDS_A_PLACE: usize = 8;

/// How many words the page has.
const WORDS: usize = PAGE_BYTES / size_of::<AtomicU64>();
const _: () = assert!(PLACES * WORDS_A_PLACE <= WORDS);

/// A request's progress, as far as the page tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    /// The first item that has not been claimed.
    pub(crate) next: u32,
    /// Where the items end that may be claimed.
    pub(crate) end: u32,
}

/// The page of one worker.
#[derive(Debug)]
pub(crate) struct StatusPage(Arc<SharedMemory>);

impl StatusPage {
    /// The page at the beginning of `memory`.
    pub(crate) fn new(memory: impl Into<Arc<SharedMemory>>) -> Self {
        Self(memory.into())
    }

    /// Parent: puts up `items` items of request `sequence` for the worker to claim.
    pub(crate) fn offer(&self, sequence: u64, items: u32) {
        let word = pack(
            sequence,
            Claim {
                next: 0,
                end: items,
            },
        );
        // Release: the worker that sees the offer sees what the parent wrote before.
        self.claim_word(sequence).store(word, Ordering::Release);
    }

    /// Worker: claims item `item` of request `sequence`; false when it was taken back.
    pub(crate) fn claim(&self, sequence: u64, item: u32, now_nanos: u64) -> bool {
        // Written before the claim, so that a claimed item always has its time. Relaxed: the claim
        // below publishes it.
        self.start_word(sequence)
            .store(now_nanos, Ordering::Relaxed);
        self.update(sequence, |claim| {
            (claim.next == item && item < claim.end).then_some(Claim {
                next: item + 1,
                ..claim
            })
        })
        .is_some()
    }

    /// Parent: takes back what of request `sequence` has not been claimed, leaving at least the first
    /// `keep` items. Returns the first item that was taken back; `None` when there was none.
    pub(crate) fn take_back(&self, sequence: u64, keep: u32) -> Option<u32> {
        let before = self.update(sequence, |claim| {
            let end = claim.next.max(keep);
            (end < claim.end).then_some(Claim { end, ..claim })
        });
        before.map(|claim| claim.next.max(keep))
    }

    /// Parent: how far request `sequence` is; `None` when it is not on the page.
    pub(crate) fn progress(&self, sequence: u64) -> Option<Claim> {
        let word = self.claim_word(sequence).load(Ordering::Acquire);
        unpack(word, sequence)
    }

    /// Parent: when the item of request `sequence` that was claimed last started, in nanoseconds of
    /// the monotonic clock, by the worker's word.
    pub(crate) fn started_nanos(&self, sequence: u64) -> u64 {
        self.start_word(sequence).load(Ordering::Relaxed)
    }

    /// A hostile worker: writes `(next, end)` as the claim of `sequence`.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn scribble(&self, sequence: u64, (next, end): (u32, u32)) {
        let word = pack(sequence, Claim { next, end });
        self.claim_word(sequence).store(word, Ordering::Release);
    }

    /// A hostile worker: writes anything anywhere.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn scribble_word(&self, index: usize, word: u64) {
        self.0.words()[index % WORDS].store(word, Ordering::Release);
    }

    /// Changes the claim of `sequence` as `change` says; returns what it was before.
    ///
    /// Gives up, as if the change were not possible, on a word that changes again and again: an honest
    /// worker changes it once an item, and a hostile one must not keep its parent here.
    fn update(&self, sequence: u64, change: impl Fn(Claim) -> Option<Claim>) -> Option<Claim> {
        let word = self.claim_word(sequence);
        let mut seen = word.load(Ordering::Acquire);
        for _ in 0..MAX_ATTEMPTS {
            let claim = unpack(seen, sequence)?;
            let new = pack(sequence, change(claim)?);
            // AcqRel: an item is handed over with everything that was written before.
            match word.compare_exchange(seen, new, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(claim),
                Err(other) => seen = other,
            }
        }
        None
    }

    fn claim_word(&self, sequence: u64) -> &AtomicU64 {
        &self.0.words()[place(sequence) * WORDS_A_PLACE]
    }

    fn start_word(&self, sequence: u64) -> &AtomicU64 {
        &self.0.words()[place(sequence) * WORDS_A_PLACE + 1]
    }
}

#[expect(clippy::cast_possible_truncation, reason = "below PLACES")]
fn place(sequence: u64) -> usize {
    (sequence % PLACES as u64) as usize
}

fn pack(sequence: u64, claim: Claim) -> u64 {
    let sequence = sequence & SEQUENCE_MASK;
    (sequence << (2 * ITEM_BITS)) | (u64::from(claim.next) << ITEM_BITS) | u64::from(claim.end)
}

fn unpack(word: u64, sequence: u64) -> Option<Claim> {
    let item = |shift: u32| u32::try_from((word >> shift) & ITEM_MASK).unwrap_or(0);
    (word >> (2 * ITEM_BITS) == sequence & SEQUENCE_MASK).then_some(Claim {
        next: item(ITEM_BITS),
        end: item(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> StatusPage {
        StatusPage::new(SharedMemory::map(SharedMemory::create(PAGE_BYTES).unwrap()).unwrap())
    }

    #[test]
    fn items_are_claimed_in_order_or_taken_back() {
        let page = page();
        page.offer(7, 3);
        assert!(!page.claim(7, 1, 0), "out of turn");
        assert!(page.claim(7, 0, 11));
        assert_eq!(page.started_nanos(7), 11);
        assert_eq!(page.take_back(7, 0), Some(1));
        assert_eq!(page.take_back(7, 0), None);
        assert!(!page.claim(7, 1, 0));
        assert_eq!(page.progress(7), Some(Claim { next: 1, end: 1 }));
    }

    #[test]
    fn a_request_that_was_replaced_cannot_be_claimed() {
        let page = page();
        page.offer(1, 1);
        page.offer(1 + PLACES as u64, 1);
        assert!(!page.claim(1, 0, 0));
        assert_eq!(page.progress(1), None);
        assert!(page.claim(1 + PLACES as u64, 0, 0));
    }

    #[test]
    fn claim_and_take_back_never_both_win() {
        let page = page();
        for sequence in 0..2_000 {
            page.offer(sequence, 1);
            let (claimed, taken) = std::thread::scope(|scope| {
                let claim = scope.spawn(|| page.claim(sequence, 0, 0));
                let taken = page.take_back(sequence, 0).is_some();
                (claim.join().unwrap(), taken)
            });
            assert!(claimed != taken, "sequence {sequence}");
        }
    }
}
