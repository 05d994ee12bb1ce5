//! Waiting for any of several jobs: each rings the same bell with its own number, and announces that it
//! will when only its callbacks are left.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::time::Instant;

use crate::sync::{lock, wait_until};

/// Collects the numbers of what has finished, in that order.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: Mutex<Rung>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct Rung {
    finished: VecDeque<usize>,
    announced: VecDeque<usize>,
}

impl Bell {
    /// Says that `index` has finished.
    pub(crate) fn ring(&self, index: usize) {
        lock(&self.rung).finished.push_back(index);
        self.more.notify_one();
    }

    /// Says that `index` will finish when its callbacks have been called.
    pub(crate) fn announce(&self, index: usize) {
        lock(&self.rung).announced.push_back(index);
        self.more.notify_one();
    }

    /// The next number, waiting for it as long as it takes; what is announced meanwhile goes to
    /// `call_back`.
    pub(crate) fn next_helping(&self, mut call_back: impl FnMut(usize)) -> usize {
        let mut rung = lock(&self.rung);
        loop {
            if let Some(index) = rung.finished.pop_front() {
                return index;
            }
            if let Some(index) = rung.announced.pop_front() {
                drop(rung);
                call_back(index);
                rung = lock(&self.rung);
            } else {
                (rung, _) = wait_until(&self.more, rung, None);
            }
        }
    }

    /// The next number, waiting for it at most until `deadline`; `None` when time is up.
    pub(crate) fn next(&self, deadline: Option<Instant>) -> Option<usize> {
        let mut rung = lock(&self.rung);
        loop {
            if let Some(index) = rung.finished.pop_front() {
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
        lock(&self.rung).finished.pop_front()
    }

    /// Whether nothing has finished since the last look.
    pub(crate) fn is_silent(&self) -> bool {
        lock(&self.rung).finished.is_empty()
    }
}
