//! Waiting for any of several jobs: each rings the same bell with its own number, and announces that it
//! will when only its callbacks are left.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Instant;

use crate::awake::watch_as_caller;
use crate::sync::{lock, wait_until};

/// Collects the numbers of what has finished, in that order.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: Mutex<Rung>,
    /// Whether there is something in `rung`, for those who wait awake; changed behind the lock.
    has_rung: AtomicBool,
    more: Condvar,
}

#[derive(Debug, Default)]
struct Rung {
    finished: VecDeque<usize>,
    announced: VecDeque<usize>,
    /// How many threads sleep until there is more.
    sleepers: usize,
}

impl Bell {
    /// Says that `index` has finished.
    pub(crate) fn ring(&self, index: usize) {
        self.note(|rung| rung.finished.push_back(index));
    }

    /// Says that `index` will finish when its callbacks have been called.
    pub(crate) fn announce(&self, index: usize) {
        self.note(|rung| rung.announced.push_back(index));
    }

    fn note(&self, note: impl FnOnce(&mut Rung)) {
        let mut rung = lock(&self.rung);
        note(&mut rung);
        let anybody = rung.sleepers > 0;
        // Relaxed: who sees it takes the lock to see more.
        self.has_rung.store(true, Ordering::Relaxed);
        drop(rung);
        // To wake nobody would cost a system call all the same.
        if anybody {
            self.more.notify_one();
        }
    }

    /// The next number, waiting for it as long as it takes; what is announced meanwhile goes to
    /// `call_back`.
    pub(crate) fn next_helping(&self, mut call_back: impl FnMut(usize)) -> usize {
        self.watch();
        let mut rung = lock(&self.rung);
        loop {
            if let Some(index) = self.finished(&mut rung) {
                return index;
            }
            if let Some(index) = rung.announced.pop_front() {
                drop(rung);
                call_back(index);
                rung = lock(&self.rung);
            } else {
                (rung, _) = self.sleep(rung, None);
            }
        }
    }

    /// The next number, waiting for it at most until `deadline`; `None` when time is up.
    pub(crate) fn next(&self, deadline: Option<Instant>) -> Option<usize> {
        self.watch();
        let mut rung = lock(&self.rung);
        loop {
            if let Some(index) = self.finished(&mut rung) {
                return Some(index);
            }
            let (guard, in_time) = self.sleep(rung, deadline);
            if !in_time {
                return None;
            }
            rung = guard;
        }
    }

    /// The next number if there is one.
    pub(crate) fn try_next(&self) -> Option<usize> {
        self.finished(&mut lock(&self.rung))
    }

    /// Whether nothing has finished since the last look.
    pub(crate) fn is_silent(&self) -> bool {
        lock(&self.rung).finished.is_empty()
    }

    /// Waits awake for a moment.
    fn watch(&self) {
        watch_as_caller(|| self.has_rung.load(Ordering::Relaxed));
    }

    fn finished(&self, rung: &mut Rung) -> Option<usize> {
        let index = rung.finished.pop_front();
        let has_more = !rung.finished.is_empty() || !rung.announced.is_empty();
        self.has_rung.store(has_more, Ordering::Relaxed);
        index
    }

    /// Sleeps until something has been said; false when the time is up.
    fn sleep<'a>(
        &self,
        mut rung: MutexGuard<'a, Rung>,
        deadline: Option<Instant>,
    ) -> (MutexGuard<'a, Rung>, bool) {
        rung.sleepers += 1;
        let (mut rung, in_time) = wait_until(&self.more, rung, deadline);
        rung.sleepers -= 1;
        (rung, in_time)
    }
}
