//! On which core a thread runs, as the C library reads it from memory that the kernel keeps.

use std::ffi::c_int;

// SAFETY: the declaration is that of Linux's C libraries; the function has no conditions.
unsafe extern "C" {
    safe fn sched_getcpu() -> c_int;
}

/// The core on which this thread runs at this moment.
pub(crate) fn this_core() -> Option<u32> {
    u32::try_from(sched_getcpu()).ok()
}
