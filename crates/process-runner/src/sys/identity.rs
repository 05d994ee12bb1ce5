//! Telling a process from copies of it that user code forks.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, Ordering};

use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, munmap};
use nix::unistd::{Pid, getpid};

/// The least that can be mapped.
const PAGE_BYTES: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// Knows the process that it was made in.
#[derive(Debug)]
pub(crate) enum Identity {
    /// A byte that the kernel clears in every copy. Looking at it costs no system call, which a job of a
    /// microsecond would notice.
    Mark(ClearedPage),
    /// Where the kernel does not clear memory (before 4.14): the process's number.
    Number(Pid),
}

impl Identity {
    /// That of this process.
    pub(crate) fn of_this_process() -> Self {
        Self::mark().unwrap_or_else(Self::number)
    }

    fn mark() -> Option<Self> {
        let page = ClearedPage::map()?;
        page.byte().store(1, Ordering::Relaxed);
        Some(Self::Mark(page))
    }

    fn number() -> Self {
        Self::Number(getpid())
    }

    /// Whether this is a copy of the process that it was made in.
    pub(crate) fn is_copied(&self) -> bool {
        match self {
            // Relaxed: this process writes it before anything is forked, and nobody else does.
            Self::Mark(page) => page.byte().load(Ordering::Relaxed) == 0,
            Self::Number(number) => getpid() != *number,
        }
    }
}

/// A page of memory that copies of this process find cleared.
#[derive(Debug)]
pub(crate) struct ClearedPage {
    start: NonNull<c_void>,
}

impl ClearedPage {
    fn map() -> Option<Self> {
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at a place of the kernel's choice touches no memory of ours.
        let start =
            unsafe { mmap_anonymous(None, PAGE_BYTES, protection, MapFlags::MAP_PRIVATE) }.ok()?;
        let page = Self { start };
        // SAFETY: this is the mapping made above, and the advice concerns copies of this process alone.
        let advised = unsafe { madvise(start, PAGE_BYTES.get(), MmapAdvise::MADV_WIPEONFORK) };
        advised.ok()?;
        Some(page)
    }

    fn byte(&self) -> &AtomicU8 {
        // SAFETY: the mapping is a page long, lives as long as `self`, and any byte is a valid atomic.
        unsafe { self.start.cast().as_ref() }
    }
}

impl Drop for ClearedPage {
    fn drop(&mut self) {
        // SAFETY: `map` made the mapping, and no reference into it outlives `self`.
        let unmapped = unsafe { munmap(self.start, PAGE_BYTES.get()) };
        debug_assert_eq!(unmapped, Ok(()));
    }
}

#[cfg(test)]
mod tests {
    use nix::sys::wait::{WaitStatus, waitpid};

    use super::*;
    use crate::sys::process::exit_now;

    #[test]
    fn a_copy_is_told_from_the_process_in_both_ways() {
        let identities = [
            Identity::mark().expect("the kernel is not older than 4.14"),
            Identity::number(),
        ];
        for identity in identities {
            assert!(!identity.is_copied());
            #[expect(clippy::disallowed_methods, reason = "a copy is what this is about")]
            // SAFETY: the copy looks at its own memory, asks for its number and exits: it takes no lock
            // that another thread might have held.
            let forked = unsafe { nix::unistd::fork() }.unwrap();
            match forked {
                nix::unistd::ForkResult::Child => exit_now(i32::from(identity.is_copied())),
                nix::unistd::ForkResult::Parent { child } => {
                    let how = waitpid(child, None).unwrap();
                    assert_eq!(how, WaitStatus::Exited(child, 1), "{identity:?}");
                }
            }
            assert!(!identity.is_copied());
        }
    }
}
