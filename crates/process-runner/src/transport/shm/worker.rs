//! The worker's end.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use nix::errno::Errno;

use crate::fault::{self, Point};
use crate::sys::cpu::current_cpu;
use crate::sys::memory::SharedMemory;
use crate::transport::ends::WorkerEnd;
use crate::transport::region::{
    CLOSED, MAY_SPIN, PARENT_CPU, REPLIES, REQUESTS, WORDS, WORKER_CPU,
};
use crate::transport::ring::{Miscounted, RingReader, RingWriter};
use crate::transport::vigil;
use crate::transport::wakes::Wakes;

/// The worker's end.
#[derive(Debug)]
pub(crate) struct ShmWorker {
    memory: Arc<SharedMemory>,
    wakes: Wakes,
    requests: RingReader,
    replies: RingWriter,
    bell: OwnedFd,
}

impl ShmWorker {
    /// The end behind the status page in `memory`; `None` when the memory is too small for it.
    pub(crate) fn new(memory: Arc<SharedMemory>, bell: OwnedFd) -> Option<Self> {
        let has_room = memory.words().len() >= WORDS;
        has_room.then(|| Self {
            requests: RingReader::new(Arc::clone(&memory), REQUESTS),
            replies: RingWriter::new(Arc::clone(&memory), REPLIES),
            wakes: Wakes::new(Arc::clone(&memory)),
            memory,
            bell,
        })
    }

    /// Waits awake for a moment; returns whether something has come.
    fn linger(&self) -> bool {
        let words = self.memory.words();
        let here = current_cpu();
        words[WORKER_CPU].store(here, Ordering::Relaxed);
        let spins = words[MAY_SPIN].load(Ordering::Relaxed) != 0
            && words[PARENT_CPU].load(Ordering::Relaxed) != here;
        vigil::keep(spins, || self.requests.has_more() || self.is_closed())
    }

    fn is_closed(&self) -> bool {
        self.memory.words()[CLOSED].load(Ordering::Acquire) != 0
    }

    /// Tells the parent of what was written.
    fn wake_parent(&self) -> io::Result<()> {
        match self.wakes.tell_parent() {
            true => self.ring(),
            false => Ok(()),
        }
    }

    /// Fails when a task has closed the descriptor: then the parent learns of the worker's end instead.
    fn ring(&self) -> io::Result<()> {
        match nix::unistd::write(&self.bell, &1u64.to_ne_bytes()) {
            // Full means that it rings already.
            Ok(_) | Err(Errno::EAGAIN) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Tells the parent of room that it waits for.
    fn offer_room(&self) -> io::Result<()> {
        match self.wakes.offer_room() {
            true => self.ring(),
            false => Ok(()),
        }
    }
}

impl WorkerEnd for ShmWorker {
    fn receive(&mut self, into: &mut dyn FnMut(&[u8])) -> io::Result<bool> {
        loop {
            if self.requests.read(into).map_err(io::Error::other)? {
                self.offer_room()?;
                return Ok(true);
            }
            // Looked at before the ring is once more: what was sent before the end is read.
            if self.is_closed() {
                return self.requests.read(into).map_err(io::Error::other);
            }
            if !self.linger() {
                let has_come = || Ok::<_, io::Error>(self.requests.has_more() || self.is_closed());
                self.wakes.nap(has_come)?;
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        loop {
            let written = self.replies.write(rest).map_err(io::Error::other)?;
            rest = &rest[written..];
            self.wake_parent()?;
            if rest.is_empty() {
                return Ok(());
            }
            fault::reach(Point::WorkerWriting);
            let replies = &mut self.replies;
            let slept = self.wakes.nap(|| Ok(!replies.is_full()?));
            slept.map_err(|miscounted: Miscounted| io::Error::other(miscounted))?;
        }
    }
}
