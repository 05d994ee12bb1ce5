//! Memory that this process shares with the children it forks.

use std::num::NonZeroUsize;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64};

use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};

/// Kinds of memory that may be shared as the kernel gives it.
///
/// # Safety
///
/// All bytes zero must be a value of the type, and it must be changed only by atomic operations.
pub(crate) unsafe trait Shareable: Sync {}

// SAFETY: zero is a number, and atomics are changed atomically.
unsafe impl Shareable for AtomicU32 {}
// SAFETY: as above.
unsafe impl Shareable for AtomicU64 {}
// SAFETY: an array of what may be shared may be shared.
unsafe impl<T: Shareable, const N: usize> Shareable for [T; N] {}
// SAFETY: padding holds no value.
unsafe impl<T: Shareable> Shareable for crossbeam_utils::CachePadded<T> {}

/// Maps one value that lives as long as this process and its children.
pub(crate) fn share<T: Shareable>() -> nix::Result<&'static T> {
    let memory = map(size_of::<T>())?.cast::<T>();
    // SAFETY: the mapping is large enough, aligned to a page, zeroed, which is a value of the type, and never unmapped.
    // It is changed by atomic operations alone.
    Ok(unsafe { memory.as_ref() })
}

fn map(bytes: usize) -> nix::Result<NonNull<std::ffi::c_void>> {
    let bytes = NonZeroUsize::new(bytes).ok_or(nix::Error::EINVAL)?;
    let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    // SAFETY: the mapping is a new one, where the kernel has room; nothing else is there.
    unsafe { mmap_anonymous(None, bytes, access, MapFlags::MAP_SHARED) }
}

/// Bytes that one process at a time copies in or out; whose turn it is, is settled elsewhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arena {
    memory: NonNull<u8>,
    bytes: usize,
}

impl Arena {
    /// Maps an arena that lives as long as this process and its children.
    pub(crate) fn new(bytes: usize) -> nix::Result<Self> {
        let memory = map(bytes)?.cast();
        Ok(Self { memory, bytes })
    }

    /// Copies bytes in.
    ///
    /// # Panics
    ///
    /// When they are more than the arena holds.
    pub(crate) fn write(&self, bytes: &[u8]) {
        assert!(bytes.len() <= self.bytes, "the arena is too small");
        // SAFETY: there is room for the bytes, by the line above; no reference to the arena's memory is ever made, and
        // the other process does not touch it while it is this one's turn.
        unsafe {
            self.memory
                .as_ptr()
                .copy_from_nonoverlapping(bytes.as_ptr(), bytes.len())
        };
    }

    /// Copies bytes out.
    ///
    /// # Panics
    ///
    /// When they are more than the arena holds.
    pub(crate) fn read(&self, bytes: &mut [u8]) {
        assert!(bytes.len() <= self.bytes, "the arena is too small");
        // SAFETY: so many bytes are there, by the line above, and were zeroed by the kernel or written since; the other
        // process does not touch them while it is this one's turn.
        unsafe {
            self.memory
                .as_ptr()
                .copy_to_nonoverlapping(bytes.as_mut_ptr(), bytes.len())
        };
    }
}
