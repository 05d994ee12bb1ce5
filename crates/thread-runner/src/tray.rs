//! A worker's tray: jobs that it runs next, unless another worker that has nothing to do takes them away.
//!
//! What a job submits goes to the tray of the worker that runs it, and workers take several jobs at once
//! from a long queue; so most jobs reach their worker without the lock that all share. Plain data; its
//! owner locks it.

use std::collections::VecDeque;
use std::sync::Arc;

use anypool_core::Work;

use crate::sync::atomic::{AtomicUsize, Ordering};

/// How many trays of a pool have something on them.
///
/// Sequentially consistent, as is the number of those who can come: who fills a tray changes this, then looks
/// whether somebody can come; who is about to sleep says so, then looks at this. One sees the other.
#[derive(Clone, Default)]
pub(crate) struct Laden(Arc<AtomicUsize>);

impl Laden {
    /// Whether any tray has something on it.
    pub(crate) fn is_any(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }
}

/// Work that waits for one worker.
#[derive(Default)]
pub(crate) struct Tray {
    works: VecDeque<Work>,
    laden: Laden,
}

impl Tray {
    /// An empty tray, counted by `laden` when it is not.
    pub(crate) fn new(laden: Laden) -> Self {
        let works = VecDeque::new();
        Self { works, laden }
    }

    /// Adds what comes after all that is there.
    pub(crate) fn extend(&mut self, works: impl IntoIterator<Item = Work>) {
        let was_empty = self.works.is_empty();
        self.works.extend(works);
        if was_empty && !self.works.is_empty() {
            self.laden.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    pub(crate) fn pop(&mut self) -> Option<Work> {
        let work = self.works.pop_front()?;
        self.note_if_empty();
        Some(work)
    }

    /// The first half, for a worker that has nothing to do; all of one.
    pub(crate) fn take_half(&mut self) -> VecDeque<Work> {
        let rest = self.works.split_off(self.works.len().div_ceil(2));
        let half = std::mem::replace(&mut self.works, rest);
        if !half.is_empty() {
            self.note_if_empty();
        }
        half
    }

    pub(crate) fn take_all(&mut self) -> VecDeque<Work> {
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
            self.laden.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
}
