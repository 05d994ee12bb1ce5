//! The worker's end.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};

use nix::errno::Errno;

use crate::fault::{self, Point};
use crate::sys::cpu::current_cpu;
use crate::sys::futex;
use crate::sys::memory::SharedMemory;
use crate::transport::ends::WorkerEnd;
use crate::transport::region::{
    AWAKE, BELL, CLOSED, MAY_SPIN, NAP, NAP_VALUE, PARENT, PARENT_CPU, POST, REPLIES, REQUESTS,
    WANTS_ROOM, WORDS, WORKER, WORKER_CPU,
};
use crate::transport::ring::{RingReader, RingWriter};
use crate::transport::vigil;

/// The worker's end.
#[derive(Debug)]
pub(crate) struct ShmWorker {
    memory: Arc<SharedMemory>,
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
            memory,
            bell,
        })
    }

    /// Sleeps until the parent has done something, unless `has_come` says that it has.
    fn sleep(&mut self, has_come: impl FnOnce(&mut Self) -> io::Result<bool>) -> io::Result<()> {
        self.memory.words()[WORKER].store(NAP, Ordering::Relaxed);
        // Before the last look: see the module.
        fence(Ordering::SeqCst);
        if !has_come(self)? {
            futex::wait(&self.memory.words()[WORKER], NAP_VALUE, None);
        }
        self.memory.words()[WORKER].store(AWAKE, Ordering::Relaxed);
        Ok(())
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

    fn wake_parent(&self) -> io::Result<()> {
        // After what was written, before the look: see the module.
        fence(Ordering::SeqCst);
        let word = &self.memory.words()[PARENT];
        if word.load(Ordering::Relaxed) == AWAKE {
            return Ok(());
        }
        match word.swap(AWAKE, Ordering::Relaxed) {
            BELL => self.ring()?,
            POST => futex::wake(word),
            _ => {}
        }
        Ok(())
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
        fence(Ordering::SeqCst);
        let wanted = &self.memory.words()[WANTS_ROOM];
        if wanted.load(Ordering::Relaxed) != 0 && wanted.swap(0, Ordering::Relaxed) != 0 {
            self.ring()?;
        }
        Ok(())
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
                self.sleep(|end| Ok(end.requests.has_more() || end.is_closed()))?;
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
            self.sleep(|end| Ok(!end.replies.is_full().map_err(io::Error::other)?))?;
        }
    }
}
