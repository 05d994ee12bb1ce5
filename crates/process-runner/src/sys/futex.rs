//! Sleeping on a word of shared memory until another process has changed it.

use std::ptr;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use libc::{FUTEX_WAIT, FUTEX_WAKE, SYS_futex};

/// Sleeps while the low half of `word` is `value`, at most for `timeout`. Returns at once when it is not,
/// and may return for no reason.
pub(crate) fn wait(word: &AtomicU64, value: u32, timeout: Option<Duration>) {
    let timeout = timeout.map(|timeout| libc::timespec {
        tv_sec: libc::time_t::try_from(timeout.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: timeout.subsec_nanos().into(),
    });
    let timeout = timeout.as_ref().map_or(ptr::null(), ptr::from_ref);
    // SAFETY: the word lives as long as the call; little-endian, its low half is where it begins; the
    // timeout is null or lives as long as the call. The kernel reads both.
    unsafe { libc::syscall(SYS_futex, word.as_ptr(), FUTEX_WAIT, value, timeout) };
}

/// Wakes whoever sleeps on `word`, in any process.
pub(crate) fn wake(word: &AtomicU64) {
    // SAFETY: the kernel only uses the address, to find who sleeps on it.
    unsafe { libc::syscall(SYS_futex, word.as_ptr(), FUTEX_WAKE, i32::MAX) };
}

#[cfg(not(target_endian = "little"))]
compile_error!("a futex is the low half of a word, which must come first");
