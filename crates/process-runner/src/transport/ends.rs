//! The two ends of a transport.

use std::io;
use std::os::fd::BorrowedFd;

use crate::transport::post::Post;
use crate::wire::control::Control;

/// The parent's end. Nothing here ever blocks.
pub(crate) trait ParentEnd: Send {
    /// Takes over bytes for the worker; they are sent as far as there is room.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Goes on sending when there is room again.
    fn resume(&mut self) -> io::Result<()>;

    /// How many bytes wait for room.
    fn unsent_bytes(&self) -> usize;

    /// Appends what the worker has sent to `into`.
    fn receive(&mut self, into: &mut dyn FnMut(&[u8])) -> io::Result<()>;

    /// Takes a message of the control plane that concerns the transport; false when none does.
    fn control(&mut self, message: &Control<'_>) -> io::Result<bool>;

    /// What to poll for reading, if the transport has its own descriptors.
    fn readable(&self) -> Option<BorrowedFd<'_>>;

    /// What to poll for writing while bytes wait for room.
    fn writable(&self) -> Option<BorrowedFd<'_>>;

    /// The descriptor for reading was ready: silences it, where reading the data does not.
    fn rung(&mut self) {}

    /// Called before the parent sleeps: from now on the worker wakes it. True when something has come
    /// already, which is to be taken in first.
    fn arm(&mut self) -> bool {
        false
    }

    /// As [`ParentEnd::arm`], but the worker wakes nobody: somebody looks by himself.
    fn hush(&mut self) -> bool {
        false
    }

    /// Where a thread can wait for the worker's next answer instead of the parent; it is not woken any more
    /// until it is armed again. `None` where there is no such place.
    fn post(&mut self) -> Option<Post> {
        None
    }

    /// Says whether there is a core for the worker to wait awake on.
    fn set_spins(&mut self, spins: bool) {
        let _ = spins;
    }

    /// Tells the worker that no more will come; it leaves when it has done what it has.
    fn close(&mut self);
}

/// The worker's end. Everything here blocks.
pub(crate) trait WorkerEnd {
    /// Reads the next piece of the stream; `None` when no more will come.
    fn receive(&mut self, into: &mut dyn FnMut(&[u8])) -> io::Result<bool>;

    /// Writes all of `bytes`.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;
}
