//! Who sleeps beside two rings, and who wakes whom.
//!
//! Nobody makes a system call while the other side is awake. Who is about to sleep says so on a word of
//! its own and looks once more; who has changed something looks at the other's word and wakes only a
//! sleeper:
//!
//! ```text
//!   worker sleeps: NAP ─▶ look again ─▶ futex          parent wakes it: NAP ─▶ AWAKE, futex
//!   parent sleeps: BELL ─▶ look again ─▶ poll          worker wakes it: BELL ─▶ AWAKE, eventfd
//!   a thread of it, at its post: POST ─▶ look again ─▶ futex        wakes it: POST ─▶ AWAKE, futex
//! ```
//!
//! Both fences in between are sequentially consistent, so one of the two always sees the other. What a thread
//! of the parent does at its post is in [`post`](crate::transport::post).

use std::sync::Arc;

use crate::sync::atomic::{AtomicU64, Ordering, fence};
use crate::sys::futex;
use crate::sys::memory::SharedMemory;
use crate::transport::region::{PARENT, WANTS_ROOM, WORKER};

/// Nobody has to be woken.
pub(super) const AWAKE: u64 = 0;
/// The worker sleeps on its word.
pub(super) const NAP: u64 = NAP_VALUE as u64;
/// The same as a futex compares it: the low half.
const NAP_VALUE: u32 = 1;
/// The parent sleeps until the bell is rung.
const BELL: u64 = 2;
/// A thread of the parent sleeps on its word.
pub(super) const POST: u64 = POST_VALUE as u64;
/// The same as a futex compares it: the low half.
pub(super) const POST_VALUE: u32 = 3;

/// One side's way to the words.
#[derive(Clone, Debug)]
pub(crate) struct Wakes(Arc<SharedMemory>);

impl Wakes {
    /// The words in `memory`.
    pub(crate) fn new(memory: Arc<SharedMemory>) -> Self {
        Self(memory)
    }

    /// The worker sleeps until the parent has done something, unless `has_come` says that it has.
    pub(crate) fn nap<E>(&self, has_come: impl FnOnce() -> Result<bool, E>) -> Result<(), E> {
        let word = self.word(WORKER);
        word.store(NAP, Ordering::Relaxed);
        // Before the last look: see the module.
        fence(Ordering::SeqCst);
        if !has_come()? {
            futex::wait(word, NAP_VALUE, None);
        }
        word.store(AWAKE, Ordering::Relaxed);
        Ok(())
    }

    /// The worker has written. Wakes a thread at its post; returns whether the bell is to be rung.
    #[must_use = "the parent may sleep until the bell is rung"]
    pub(crate) fn tell_parent(&self) -> bool {
        // After what was written, before the look: see the module.
        fence(Ordering::SeqCst);
        let word = self.word(PARENT);
        if word.load(Ordering::Relaxed) == AWAKE {
            return false;
        }
        let was = word.swap(AWAKE, Ordering::Relaxed);
        if was == POST {
            futex::wake(word);
        }
        was == BELL
    }

    /// The worker has made room. Returns whether the bell is to be rung, since the parent waits for some.
    #[must_use = "the parent may sleep until the bell is rung"]
    pub(crate) fn offer_room(&self) -> bool {
        fence(Ordering::SeqCst);
        let wanted = self.word(WANTS_ROOM);
        wanted.load(Ordering::Relaxed) != 0 && wanted.swap(0, Ordering::Relaxed) != 0
    }

    /// The parent has changed something: wakes a worker that sleeps.
    pub(crate) fn tell_worker(&self) {
        // As in `tell_parent`.
        fence(Ordering::SeqCst);
        let word = self.word(WORKER);
        if word.load(Ordering::Relaxed) == NAP && word.swap(AWAKE, Ordering::Relaxed) == NAP {
            futex::wake(word);
        }
    }

    /// The parent is about to sleep until the bell is rung. It must look once more.
    pub(crate) fn arm(&self) {
        self.word(PARENT).store(BELL, Ordering::Relaxed);
        // Before the last look: see the module.
        fence(Ordering::SeqCst);
    }

    /// The parent is awake, or looks by itself: nobody rings.
    pub(crate) fn disarm(&self) {
        self.word(PARENT).store(AWAKE, Ordering::Relaxed);
    }

    /// The parent waits for room. It must look once more.
    pub(crate) fn want_room(&self) {
        self.word(WANTS_ROOM).store(1, Ordering::Relaxed);
        // The worker that makes room after the next look sees that it is wanted.
        fence(Ordering::SeqCst);
    }

    /// The parent waits for room no more.
    pub(crate) fn want_no_room(&self) {
        self.word(WANTS_ROOM).store(0, Ordering::Relaxed);
    }

    fn word(&self, index: usize) -> &AtomicU64 {
        &self.0.words()[index]
    }
}
