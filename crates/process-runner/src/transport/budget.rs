//! How much memory the large payloads of a pool take, and may take.

use std::sync::atomic::{AtomicUsize, Ordering};

use nix::sys::sysinfo::sysinfo;

/// More is never taken, whatever the machine has.
const MOST_BYTES: usize = 2 << 30;

/// The share of the machine's memory that is taken at most: one in so many.
const SHARE: u64 = 4;

/// What the regions of all workers of a pool take together.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: usize,
    taken: AtomicUsize,
}

impl Budget {
    /// A budget for this machine.
    pub(crate) fn of_machine() -> Self {
        let ram = sysinfo().map_or(0, |info| info.ram_total());
        Self::new(
            usize::try_from(ram / SHARE)
                .unwrap_or(MOST_BYTES)
                .min(MOST_BYTES),
        )
    }

    pub(crate) fn new(limit: usize) -> Self {
        let taken = AtomicUsize::new(0);
        Self { limit, taken }
    }

    /// Takes `bytes`; false when so many are not left. Relaxed, here and below: it is a count.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        let more = |taken: usize| taken.checked_add(bytes).filter(|&all| all <= self.limit);
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        self.taken.fetch_update(set, fetch, more).is_ok()
    }

    /// Counts `bytes` that somebody has taken already.
    pub(crate) fn charge(&self, bytes: usize) {
        self.taken.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Gives `bytes` back.
    pub(crate) fn give(&self, bytes: usize) {
        self.taken.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Whether nothing is left.
    pub(crate) fn is_used_up(&self) -> bool {
        self.taken.load(Ordering::Relaxed) >= self.limit
    }

    /// Whether nothing is taken.
    pub(crate) fn is_untouched(&self) -> bool {
        self.taken.load(Ordering::Relaxed) == 0
    }

    /// How many bytes are taken.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }
}
