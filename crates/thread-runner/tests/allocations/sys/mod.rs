//! The allocator that counts.
#![expect(unsafe_code, reason = "an allocator is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, which counts how often it was asked for memory.
pub(crate) struct Counting;

static ASKED: AtomicUsize = AtomicUsize::new(0);

/// How often any thread has asked for memory, or for more of it.
pub(crate) fn asked() -> usize {
    ASKED.load(Ordering::SeqCst)
}

fn note() {
    ASKED.fetch_add(1, Ordering::SeqCst);
}

// SAFETY: every call is passed on to the system's allocator as it came, and so are its answers.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: the caller promises what the trait asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note();
        // SAFETY: as above.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(old, layout) }
    }
}
