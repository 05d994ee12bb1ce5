//! The injector: where accepted work waits for a worker. Plain data; its owner locks it.

use std::collections::VecDeque;

use anypool_core::Work;

/// Work in the order in which it was accepted.
pub(crate) struct Injector {
    waiting: VecDeque<Work>,
    limit: usize,
}

impl Injector {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            waiting: VecDeque::new(),
            limit,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether a submission from outside has room.
    pub(crate) fn has_room(&self) -> bool {
        self.waiting.len() < self.limit
    }

    pub(crate) fn push(&mut self, work: Work) {
        self.waiting.push_back(work);
    }

    /// Puts back work that a worker had been given, before all other, in its order.
    pub(crate) fn put_back(&mut self, rests: Vec<Work>) {
        for work in rests.into_iter().rev() {
            self.waiting.push_front(work);
        }
    }

    pub(crate) fn pop(&mut self) -> Option<Work> {
        self.waiting.pop_front()
    }

    pub(crate) fn take_all(&mut self) -> Vec<Work> {
        std::mem::take(&mut self.waiting).into()
    }
}
