//! The order in which things are shown: that in which they happened.
//!
//! What happens gets its turn while it is heard of. To show it may take time, and whoever comes to do so may have been
//! held up on the way; so each who comes shows what has its turn before his own as well, and waits for nobody but those
//! who are at it. What has its turn after his own is not his to show: others may have to be told of it first.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is to be shown, in its order.
pub(super) struct Turns<T> {
    /// Each with the number of its event.
    waiting: Mutex<VecDeque<(u64, T)>>,
    /// Held by whoever shows something.
    showing: Mutex<()>,
}

impl<T> Default for Turns<T> {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            showing: Mutex::default(),
        }
    }
}

impl<T> Turns<T> {
    /// Gives what comes of the event of this number its turn, after all that have theirs.
    pub(super) fn enter(&self, event: u64, next: T) {
        lock(&self.waiting).push_back((event, next));
    }

    /// Shows all up to this event that is not shown; when this returns, it is.
    pub(super) fn take(&self, event: u64, mut show: impl FnMut(T)) {
        let _showing = lock(&self.showing);
        let next = || {
            let mut waiting = lock(&self.waiting);
            let is_due = waiting.front().is_some_and(|(number, _)| *number <= event);
            match is_due {
                true => waiting.pop_front(),
                false => None,
            }
        };
        while let Some((_, next)) = next() {
            show(next);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
