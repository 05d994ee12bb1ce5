//! Two rings in memory that a worker shares with its parent, behind its status page.
//!
//! Nobody makes a system call while the other side is awake ([`wakes`](crate::transport::wakes)). Before it
//! sleeps, either waits awake for a moment ([`vigil`](crate::transport::vigil)). The parent polls the eventfd with
//! everything else that it waits for. The worker trusts its parent; the parent bounds what it reads ([`ring`](crate::transport::ring)), and at worst is woken for nothing.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};

use crate::sys::cpu::current_cpu;
use crate::sys::memory::{PAGE_BYTES, SharedMemory};
use crate::transport::ends::ParentEnd;
use crate::transport::post::Post;
use crate::transport::region::{CLOSED, MAY_SPIN, PARENT_CPU, REPLIES, REQUESTS};
use crate::transport::ring::{Miscounted, RingReader, RingWriter};
use crate::transport::wakes::Wakes;
use crate::wire::control::Control;

mod worker;

pub(crate) use worker::ShmWorker;

/// The parent's end. It does not block.
#[derive(Debug)]
pub(crate) struct ShmParent {
    memory: Arc<SharedMemory>,
    wakes: Wakes,
    requests: RingWriter,
    replies: RingReader,
    unsent: VecDeque<u8>,
    bell: EventFd,
    is_closed: bool,
    /// Whether the worker has miscounted: nothing more is read.
    is_broken: bool,
}

impl ShmParent {
    /// An end in `memory`, and the bell for the worker.
    pub(crate) fn new(memory: Arc<SharedMemory>) -> Result<(Self, OwnedFd), Errno> {
        let bell = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?;
        let theirs = bell.as_fd().try_clone_to_owned();
        let theirs = theirs.map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(0)))?;
        let end = Self {
            requests: RingWriter::new(Arc::clone(&memory), REQUESTS),
            replies: RingReader::new(Arc::clone(&memory), REPLIES),
            wakes: Wakes::new(Arc::clone(&memory)),
            memory,
            unsent: VecDeque::new(),
            bell,
            is_closed: false,
            is_broken: false,
        };
        Ok((end, theirs))
    }

    /// Writes what waits, as far as there is room.
    fn push(&mut self) -> Result<(), Miscounted> {
        while !self.unsent.is_empty() {
            let written = self.requests.write(self.unsent.as_slices().0)?;
            if written == 0 {
                break;
            }
            self.unsent.drain(..written);
        }
        if self.unsent.is_empty() {
            self.unsent.shrink_to(PAGE_BYTES);
        }
        Ok(())
    }
}

impl ParentEnd for ShmParent {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.is_closed {
            return Ok(());
        }
        let mut rest = bytes;
        if self.unsent.is_empty() {
            let written = self.requests.write(bytes).map_err(io::Error::other)?;
            rest = &bytes[written..];
            self.wakes.tell_worker();
        }
        if !rest.is_empty() {
            self.unsent.extend(rest);
            self.resume()?;
        }
        Ok(())
    }

    fn resume(&mut self) -> io::Result<()> {
        if self.unsent.is_empty() {
            return Ok(());
        }
        self.wakes.want_room();
        self.push().map_err(io::Error::other)?;
        if self.unsent.is_empty() {
            self.wakes.want_no_room();
        }
        self.wakes.tell_worker();
        Ok(())
    }

    fn unsent_bytes(&self) -> usize {
        self.unsent.len()
    }

    fn receive(&mut self, into: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        if self.is_broken {
            return Ok(());
        }
        let read = self.replies.read(into);
        self.is_broken = read.is_err();
        if read.map_err(io::Error::other)? {
            // It may wait for room.
            self.wakes.tell_worker();
        }
        self.resume()
    }

    fn control(&mut self, _: &Control<'_>) -> io::Result<bool> {
        Ok(false)
    }

    fn readable(&self) -> Option<BorrowedFd<'_>> {
        Some(self.bell.as_fd())
    }

    fn writable(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    fn rung(&mut self) {
        // Nothing to read means that somebody has been here before.
        let _ = self.bell.read();
    }

    fn arm(&mut self) -> bool {
        self.wakes.arm();
        !self.is_broken && self.replies.has_more()
    }

    fn hush(&mut self) -> bool {
        self.wakes.disarm();
        !self.is_broken && self.replies.has_more()
    }

    fn post(&mut self) -> Option<Post> {
        self.wakes.disarm();
        let seen = self.replies.seen();
        (!self.is_broken).then(|| Post::new(Arc::clone(&self.memory), seen))
    }

    fn set_spins(&mut self, spins: bool) {
        let words = self.memory.words();
        words[MAY_SPIN].store(u64::from(spins), Ordering::Relaxed);
        words[PARENT_CPU].store(current_cpu(), Ordering::Relaxed);
    }

    fn close(&mut self) {
        self.is_closed = true;
        self.unsent.clear();
        // Release: who sees it has seen all that was written before.
        self.memory.words()[CLOSED].store(1, Ordering::Release);
        self.wakes.tell_worker();
    }
}

#[cfg(test)]
mod tests;
