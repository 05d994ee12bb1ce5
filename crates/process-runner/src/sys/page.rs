//! A page of memory that a worker shares with its parent.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};

/// The size of the page.
const PAGE_BYTES: NonZeroUsize = NonZeroUsize::new(4096).expect("not zero");

/// How many words a page has.
pub(crate) const WORDS: usize = PAGE_BYTES.get() / size_of::<AtomicU64>();

/// A mapped page of atomic words. Whoever shares it may change any word at any time.
#[derive(Debug)]
pub(crate) struct SharedPage {
    start: NonNull<c_void>,
}

// SAFETY: the page is only ever reached through atomics.
unsafe impl Send for SharedPage {}
// SAFETY: the page is only ever reached through atomics.
unsafe impl Sync for SharedPage {}

impl SharedPage {
    /// Makes the memory behind a page, zeroed. Its size is sealed: the other side cannot take it
    /// away from under us.
    pub(crate) fn create() -> Result<OwnedFd, Errno> {
        let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
        let memory = memfd_create(c"anypool-status", flags)?;
        nix::unistd::ftruncate(&memory, 4096)?;
        let seals = SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_SEAL;
        fcntl(&memory, FcntlArg::F_ADD_SEALS(seals))?;
        Ok(memory)
    }

    /// Maps the page that [`SharedPage::create`] made.
    pub(crate) fn map(memory: impl AsFd) -> Result<Self, Errno> {
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at a place of the kernel's choice touches no memory of ours.
        let start = unsafe {
            mmap(
                None,
                PAGE_BYTES,
                protection,
                MapFlags::MAP_SHARED,
                memory,
                0,
            )
        }?;
        Ok(Self { start })
    }

    /// All words.
    pub(crate) fn words(&self) -> &[AtomicU64; WORDS] {
        // SAFETY: the mapping is 4096 bytes long, aligned to a page, lives as long as `self`, and
        // any bytes are valid atomics.
        unsafe { self.start.cast().as_ref() }
    }
}

impl Drop for SharedPage {
    fn drop(&mut self) {
        // SAFETY: `map` made the mapping, and no reference into it outlives `self`.
        let unmapped = unsafe { munmap(self.start, PAGE_BYTES.get()) };
        debug_assert_eq!(unmapped, Ok(()));
    }
}
