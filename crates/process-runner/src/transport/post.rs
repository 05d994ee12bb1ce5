//! Where a thread of the parent waits for one worker's answers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::sync::atomic::{Ordering, fence};
use crate::sys::cpu::current_cpu;
use crate::sys::futex;
use crate::sys::memory::SharedMemory;
use crate::transport::region::{PARENT, REPLIES, WORKER_CPU};
use crate::transport::vigil;
use crate::transport::wakes::{AWAKE, POST, POST_VALUE};

/// Sleeps on the parent's word, as the parent otherwise sleeps at its poll (see `wakes`).
#[derive(Clone, Debug)]
pub(crate) struct Post {
    memory: Arc<SharedMemory>,
    /// How far the ring of replies was read.
    seen: u64,
}

impl Post {
    pub(crate) fn new(memory: Arc<SharedMemory>, seen: u64) -> Self {
        Self { memory, seen }
    }

    /// Whether the worker has written more.
    pub(crate) fn has_come(&self) -> bool {
        // Acquire: see the ring's tail.
        self.memory.words()[REPLIES].load(Ordering::Acquire) != self.seen
    }

    /// Waits awake for a moment; returns whether something has come. It only spins if there is a core for
    /// it (`spins`) that is not the worker's.
    pub(crate) fn watch(&self, spins: bool, has_come: impl FnMut() -> bool) -> bool {
        let theirs = self.memory.words()[WORKER_CPU].load(Ordering::Relaxed);
        vigil::keep(spins && theirs != current_cpu(), has_come)
    }

    /// Sleeps until the worker has written something, or somebody has roused this thread, at most until
    /// `deadline`. Does not sleep when something has come, or `is_over` says so, or when the parent has
    /// taken the worker over: then the word says how that is to be woken, and is left alone.
    pub(crate) fn sleep(&self, is_over: impl Fn() -> bool, deadline: Option<Instant>) {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            return;
        }
        let word = &self.memory.words()[PARENT];
        let (free, relaxed) = (AWAKE, Ordering::Relaxed);
        if word.compare_exchange(free, POST, relaxed, relaxed).is_err() {
            return;
        }
        // Before the last look, as in `wakes`.
        fence(Ordering::SeqCst);
        if !self.has_come() && !is_over() {
            futex::wait(word, POST_VALUE, left);
        }
        // As above: somebody else's word is left alone.
        let _ = word.compare_exchange(POST, free, relaxed, relaxed);
    }

    /// Wakes the thread that sleeps here, if one does.
    pub(crate) fn rouse(&self) {
        // After what it is roused for, before the look.
        fence(Ordering::SeqCst);
        let word = &self.memory.words()[PARENT];
        word.store(AWAKE, Ordering::Relaxed);
        // Whatever the word was: a worker may have died between changing it and waking.
        futex::wake(word);
    }
}
