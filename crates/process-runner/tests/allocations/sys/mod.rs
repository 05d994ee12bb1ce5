//! The allocator that counts, and what a hostile task needs.
#![expect(
    unsafe_code,
    reason = "an allocator is an unsafe trait; a hostile task has numbers, and no descriptors of its own"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::os::fd::{BorrowedFd, RawFd};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, with an account of what it was asked for.
pub(crate) struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static LARGEST: AtomicUsize = AtomicUsize::new(0);

/// Starts the account anew.
pub(crate) fn reset() {
    LARGEST.store(0, Ordering::SeqCst);
    PEAK.store(LIVE.load(Ordering::SeqCst), Ordering::SeqCst);
}

/// The most bytes that were taken at once since the account was started anew, and the most of all that
/// were taken at the same time.
pub(crate) fn taken() -> (usize, usize) {
    (LARGEST.load(Ordering::SeqCst), PEAK.load(Ordering::SeqCst))
}

fn note(size: usize) {
    LARGEST.fetch_max(size, Ordering::SeqCst);
    let live = LIVE.fetch_add(size, Ordering::SeqCst) + size;
    PEAK.fetch_max(live, Ordering::SeqCst);
}

// SAFETY: every call is passed on to the system's allocator as it came, and so are its answers.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller promises what the trait asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        LIVE.fetch_sub(layout.size(), Ordering::SeqCst);
        // SAFETY: as above.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::SeqCst);
        // SAFETY: as above.
        unsafe { System.dealloc(old, layout) }
    }
}

/// Rings a bell of which only the number is known.
pub(crate) fn ring(bell: RawFd) {
    // SAFETY: the worker's end of its bell stays open as long as the worker lives.
    let bell = unsafe { BorrowedFd::borrow_raw(bell) };
    nix::unistd::write(bell, &1u64.to_ne_bytes()).unwrap();
}
