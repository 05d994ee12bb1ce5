//! Memory that a worker shares with its parent.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::AtomicU64;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};
use nix::sys::stat::fstat;

/// The size of a page; shared memory comes in whole pages.
pub(crate) const PAGE_BYTES: usize = 4096;

/// Mapped memory of atomic words. Whoever shares it may change any word at any time.
#[derive(Debug)]
pub(crate) struct SharedMemory {
    start: NonNull<c_void>,
    bytes: NonZeroUsize,
}

// SAFETY: the memory is only ever reached through atomics.
unsafe impl Send for SharedMemory {}
// SAFETY: the memory is only ever reached through atomics.
unsafe impl Sync for SharedMemory {}

impl SharedMemory {
    /// Makes `bytes` of memory, zeroed; whole pages. The size is sealed: the other side cannot take it
    /// away from under us.
    pub(crate) fn create(bytes: usize) -> Result<OwnedFd, Errno> {
        let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
        let memory = memfd_create(c"anypool-shared", flags)?;
        let len = i64::try_from(bytes).map_err(|_| Errno::EFBIG)?;
        nix::unistd::ftruncate(&memory, len)?;
        let seals = SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_SEAL;
        fcntl(&memory, FcntlArg::F_ADD_SEALS(seals))?;
        Ok(memory)
    }

    /// Maps the memory that [`SharedMemory::create`] made.
    pub(crate) fn map(memory: impl AsFd) -> Result<Self, Errno> {
        let bytes = usize::try_from(fstat(&memory)?.st_size).map_err(|_| Errno::EFBIG)?;
        Self::map_first(memory, bytes)
    }

    /// Maps the first `bytes` of it; there must be so many.
    pub(crate) fn map_first(memory: impl AsFd, bytes: usize) -> Result<Self, Errno> {
        let bytes = NonZeroUsize::new(bytes).ok_or(Errno::EINVAL)?;
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at a place of the kernel's choice touches no memory of ours.
        let start = unsafe { mmap(None, bytes, protection, MapFlags::MAP_SHARED, memory, 0) }?;
        Ok(Self { start, bytes })
    }

    /// All words.
    pub(crate) fn words(&self) -> &[AtomicU64] {
        let count = self.bytes.get() / size_of::<AtomicU64>();
        // SAFETY: the mapping is that long, aligned to a page, sealed against shrinking, lives as long as
        // `self`, and any bytes are valid atomics.
        unsafe { slice::from_raw_parts(self.start.cast().as_ptr(), count) }
    }
}

impl Drop for SharedMemory {
    fn drop(&mut self) {
        // SAFETY: `map` made the mapping, and no reference into it outlives `self`.
        let unmapped = unsafe { munmap(self.start, self.bytes.get()) };
        debug_assert_eq!(unmapped, Ok(()));
    }
}
