//! Starting threads when memory may be short.

use std::io;
use std::num::NonZeroUsize;
use std::thread::{Builder, JoinHandle};

use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};

/// More than a new thread maps for itself: a stack for its signal handlers.
const ROOM_BYTES: NonZeroUsize = NonZeroUsize::new(256 * 1024).unwrap();

/// Starts a thread.
///
/// # Errors
///
/// The kernel refuses it, or the memory that it needs: a thread that finds none for itself when it starts
/// aborts the process.
pub(crate) fn start(
    builder: Builder,
    run: impl FnOnce() + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    // SAFETY: nobody else knows the new mapping, and nothing is mapped over.
    let room = unsafe {
        mmap_anonymous(
            None,
            ROOM_BYTES,
            ProtFlags::PROT_NONE,
            MapFlags::MAP_PRIVATE,
        )
    }?;
    // SAFETY: this is the whole of the mapping made above, and nothing points into it.
    unsafe { munmap(room, ROOM_BYTES.get()) }?;
    builder.spawn(run)
}
