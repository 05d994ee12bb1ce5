//! The allocator that counts how often it is asked.
#![expect(unsafe_code, reason = "an allocator is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, with a count of what it was asked for.
pub(crate) struct Counting;

static TIMES: AtomicUsize = AtomicUsize::new(0);

/// How often memory was taken, or a piece of it grew.
pub(crate) fn times() -> usize {
    TIMES.load(Ordering::SeqCst)
}

// SAFETY: every call is passed on to the system's allocator as it came, and so are its answers.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        TIMES.fetch_add(1, Ordering::SeqCst);
        // SAFETY: the caller promises what the trait asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        TIMES.fetch_add(1, Ordering::SeqCst);
        // SAFETY: as above.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(old, layout) }
    }
}
