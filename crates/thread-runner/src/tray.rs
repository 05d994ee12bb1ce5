//! A worker's tray: jobs that it runs next, unless another worker that has nothing to do takes them away.
//!
//! What a job submits goes to the tray of the worker that runs it, and workers take several jobs at once
//! from a long queue; so most jobs reach their worker without the lock that all share. Plain data; its
//! owner locks it.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::sync::atomic::{AtomicUsize, Ordering, fence};

/// Whether anything lies on the trays of a pool, and whether anybody could come for it.
///
/// Who lays something on a tray looks afterwards whether somebody could come, to wake him; who is about to
/// sleep says so first, and then looks at the trays. Between what each does and what each looks at stands a
/// fence, so at least one sees the other, and nothing is left lying that nobody knows of.
#[derive(Default)]
pub(crate) struct Balance {
    /// How many trays have something on them.
    laden: AtomicUsize,
    /// How many workers could come beside those that are awake.
    reserve: AtomicUsize,
}

impl Balance {
    /// Says how many workers could come.
    pub(crate) fn set_reserve(&self, workers: usize) {
        self.reserve.store(workers, Ordering::Relaxed);
    }

    /// Whether a worker could come, as of after all that this thread has done.
    pub(crate) fn has_reserve(&self) -> bool {
        fence(Ordering::SeqCst);
        self.reserve.load(Ordering::Relaxed) > 0
    }

    /// Whether a tray has something on it, as of after all that this thread has done.
    pub(crate) fn has_laden(&self) -> bool {
        fence(Ordering::SeqCst);
        self.laden.load(Ordering::Relaxed) > 0
    }
}

/// What waits for one worker.
pub(crate) struct Tray<T> {
    works: VecDeque<T>,
    balance: Arc<Balance>,
}

impl<T> Tray<T> {
    /// An empty tray, which counts in `balance` when it is not.
    pub(crate) fn new(balance: Arc<Balance>) -> Self {
        let works = VecDeque::new();
        Self { works, balance }
    }

    /// Adds what comes after all that is there.
    pub(crate) fn extend(&mut self, works: impl IntoIterator<Item = T>) {
        let was_empty = self.works.is_empty();
        self.works.extend(works);
        if was_empty && !self.works.is_empty() {
            self.balance.laden.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let work = self.works.pop_front()?;
        self.note_if_empty();
        Some(work)
    }

    /// The first half, for a worker that has nothing to do; all of one.
    pub(crate) fn take_half(&mut self) -> VecDeque<T> {
        let rest = self.works.split_off(self.works.len().div_ceil(2));
        let half = std::mem::replace(&mut self.works, rest);
        if !half.is_empty() {
            self.note_if_empty();
        }
        half
    }

    pub(crate) fn take_all(&mut self) -> VecDeque<T> {
        let all = std::mem::take(&mut self.works);
        if !all.is_empty() {
            self.note_if_empty();
        }
        all
    }

    pub(crate) fn len(&self) -> usize {
        self.works.len()
    }

    /// Something was there just before.
    fn note_if_empty(&self) {
        if self.works.is_empty() {
            self.balance.laden.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
