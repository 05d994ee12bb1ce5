//! A worker's hold on the jobs it has been sent: lets anyone take back what has not started.

use std::sync::atomic::{AtomicU64, Ordering};

use anypool_core::Holder;

use crate::wire::status::{Claim, PLACES, StatusPage};

/// The parent's view of a worker's status page, and its own record of what it took back there.
#[derive(Debug)]
pub(crate) struct Grip {
    /// Tells its tickets from those of other workers.
    number: u64,
    page: StatusPage,
    /// For each place, the sequence (plus one) and the first item that was taken back. The page says
    /// the same, but the worker could change it.
    taken_back: [AtomicU64; PLACES],
}

impl Grip {
    pub(crate) fn new(page: StatusPage) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            // Relaxed: only uniqueness matters.
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            page,
            taken_back: Default::default(),
        }
    }

    /// The ticket of request `sequence`. No other worker of this process has the same: a job that has moved on to
    /// another worker must not be taken from there in this one's name.
    pub(crate) fn ticket(&self, sequence: u64) -> u64 {
        (self.number << 32) | (sequence & u64::from(u32::MAX))
    }

    /// Puts up a request of `items` items.
    pub(crate) fn offer(&self, sequence: u64, items: u32) {
        self.page.offer(sequence, items);
    }

    /// The first item of request `sequence` that was taken back, if any was.
    pub(crate) fn taken_back(&self, sequence: u64) -> Option<u32> {
        let word = self.place(sequence).load(Ordering::Acquire);
        let first = u32::try_from(word & u64::from(u32::MAX)).ok()?;
        (word >> 32 == tag(sequence)).then_some(first)
    }

    /// How far the worker is with request `sequence`, by its own word.
    pub(crate) fn progress(&self, sequence: u64) -> Option<Claim> {
        self.page.progress(sequence)
    }

    /// When the item that was claimed last started, by the worker's word.
    pub(crate) fn started_nanos(&self, sequence: u64) -> u64 {
        self.page.started_nanos(sequence)
    }

    fn place(&self, sequence: u64) -> &AtomicU64 {
        &self.taken_back[usize::try_from(sequence % PLACES as u64).unwrap_or(0)]
    }
}

impl Grip {
    /// Takes back what follows item `item` of request `sequence`, as far as it has not started.
    pub(crate) fn take_back_after(&self, sequence: u64, item: u32) -> bool {
        self.note(sequence, self.page.take_back(sequence, item + 1))
    }

    fn note(&self, sequence: u64, first: Option<u32>) -> bool {
        let Some(first) = first else {
            return false;
        };
        let word = (tag(sequence) << 32) | u64::from(first);
        // Release: whoever sees the note sees the page as it was when the items were taken back.
        self.place(sequence).store(word, Ordering::Release);
        true
    }
}

impl Holder for Grip {
    fn take_back(&self, ticket: u64) -> bool {
        // Places, claims and tags hold fewer bits of a sequence than a ticket does.
        let sequence = ticket & u64::from(u32::MAX);
        self.note(sequence, self.page.take_back(sequence, 0))
    }
}

/// Tells the requests of a place apart; never 0, which is what an unused place holds.
fn tag(sequence: u64) -> u64 {
    (sequence + 1) & u64::from(u32::MAX)
}
