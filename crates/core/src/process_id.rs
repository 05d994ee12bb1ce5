//! This process's number, without asking the kernel each time.
//!
//! Every job notes the process it belongs to and every submission compares, and a system call costs more
//! than the rest of a submission. So the number is kept until the process forks: the C library tells the
//! child, which then asks anew.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

#[cfg(unix)]
use crate::sys::forks;

/// No process has the number 0.
const UNKNOWN: u32 = 0;

static KNOWN: AtomicU32 = AtomicU32::new(UNKNOWN);

/// The number of this process, as [`std::process::id`] gives it, from memory.
///
/// ```
/// assert_eq!(anypool_core::process_id(), std::process::id());
/// ```
#[must_use]
pub fn process_id() -> u32 {
    // Relaxed: the number says nothing about other memory, and a fork is seen by its one thread.
    match KNOWN.load(Ordering::Relaxed) {
        UNKNOWN => ask(),
        known => known,
    }
}

#[cold]
fn ask() -> u32 {
    let id = process::id();
    if is_told_of_forks() {
        KNOWN.store(id, Ordering::Relaxed);
    }
    id
}

#[cfg(unix)]
fn is_told_of_forks() -> bool {
    use std::sync::atomic::AtomicBool;

    extern "C" fn forget() {
        KNOWN.store(UNKNOWN, Ordering::Relaxed);
    }

    // No `Once`: a child that is forked while another thread is inside would wait for it for ever. To be
    // told twice does no harm.
    static TOLD: AtomicBool = AtomicBool::new(false);
    if !TOLD.load(Ordering::Acquire) {
        TOLD.store(forks::tell_child(forget), Ordering::Release);
    }
    TOLD.load(Ordering::Acquire)
}

#[cfg(not(unix))]
fn is_told_of_forks() -> bool {
    // There are none.
    true
}
