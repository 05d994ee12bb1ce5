//! Waiting for any of several jobs: each rings the same bell with its own number.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::time::Instant;

use crate::sync::{lock, wait_until};

/// Collects the numbers of what has finished, in that order.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: Mutex<VecDeque<usize>>,
    more: Condvar,
}

impl Bell {
    /// Says that `index` has finished.
    pub(crate) fn ring(&self, index: usize) {
        lock(&self.rung).push_back(index);
        self.more.notify_one();
    }

    /// The next number, waiting for it at most until `deadline`; `None` when time is up.
    pub(crate) fn next(&self, deadline: Option<Instant>) -> Option<usize> {
        let mut rung = lock(&self.rung);
        loop {
            if let Some(index) = rung.pop_front() {
                return Some(index);
            }
            let (guard, in_time) = wait_until(&self.more, rung, deadline);
            if !in_time {
                return None;
            }
            rung = guard;
        }
    }

    /// The next number if there is one.
    pub(crate) fn try_next(&self) -> Option<usize> {
        lock(&self.rung).pop_front()
    }

    /// Whether nothing has finished since the last look.
    pub(crate) fn is_silent(&self) -> bool {
        lock(&self.rung).is_empty()
    }
}
