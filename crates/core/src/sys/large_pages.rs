//! Asking the kernel for large pages.

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;

/// Pages are of this size or a fraction of it, whatever the machine.
const PAGE_BYTES: usize = 64 << 10;

/// `MADV_HUGEPAGE` of Linux.
const HUGE_PAGES: c_int = 14;

// SAFETY: the declaration is that of Linux's C libraries.
unsafe extern "C" {
    fn madvise(start: *mut c_void, bytes: usize, advice: c_int) -> c_int;
}

/// The kernel may find memory for `room` in large pages.
pub(crate) fn ask_for(room: &mut [MaybeUninit<u8>]) {
    let before = room.as_ptr().align_offset(PAGE_BYTES);
    let Some(whole) = room.get_mut(before..) else {
        return;
    };
    let bytes = whole.len() / PAGE_BYTES * PAGE_BYTES;
    // SAFETY: the pages are within the room, and this advice changes nothing of what is in them.
    let refused = unsafe { madvise(whole.as_mut_ptr().cast(), bytes, HUGE_PAGES) };
    // A kernel without large pages: it is slower, and all the same otherwise.
    let _ = refused;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_of_less_than_a_page_has_no_whole_one() {
        let mut small = [MaybeUninit::uninit(); 100];
        ask_for(&mut small);
        ask_for(&mut []);
    }
}
