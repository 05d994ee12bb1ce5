//! Sleeping on a word until another process changes it.

use std::ptr;
use std::sync::atomic::AtomicU32;

/// Sleeps while the word is `expected`; may wake for no reason.
pub(crate) fn wait(word: &AtomicU32, expected: u32) {
    let forever = ptr::null::<libc::timespec>();
    // SAFETY: the word outlives the call; the kernel only reads it. An early return is allowed, whatever the reason.
    unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT,
            expected,
            forever,
        )
    };
}

/// Wakes one sleeper.
pub(crate) fn wake(word: &AtomicU32) {
    // SAFETY: the word outlives the call, which looks only for sleepers on its address.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, 1) };
}
