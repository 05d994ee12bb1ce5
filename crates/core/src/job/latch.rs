//! How those who wait for a job learn that it has ended: a flag that they can watch without the job's lock, and
//! where they sleep. In a file of its own, so that its model runs the same text (`tests/models`).

use std::time::Instant;

use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Condvar, MutexGuard, wait_until};

/// What is behind the job's lock.
pub(crate) trait Watched {
    /// How many threads sleep until something has changed.
    fn sleepers(&mut self) -> &mut u32;
}

/// The flag, and where threads sleep.
pub(crate) struct Latch {
    open: AtomicBool,
    changed: Condvar,
}

impl Latch {
    /// A latch that is shut.
    pub(crate) fn new() -> Self {
        Self {
            open: AtomicBool::new(false),
            changed: Condvar::new(),
        }
    }

    /// Lets go of the lock, behind which the outcome lies now: opens, and wakes those who sleep.
    pub(crate) fn open<S: Watched>(&self, state: MutexGuard<'_, S>) {
        let asleep = let_go(state);
        // Release: who sees it sees what was written under the lock, and what the job has done.
        self.open.store(true, Ordering::Release);
        self.wake(asleep);
    }

    /// Whether the outcome is seen to be there; it may be so without.
    pub(crate) fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    /// Lets go of the lock and lets those who sleep look again.
    pub(crate) fn nudge<S: Watched>(&self, state: MutexGuard<'_, S>) {
        let asleep = let_go(state);
        self.wake(asleep);
    }

    /// Sleeps until something has changed; false when the time is up.
    pub(crate) fn sleep<'a, S: Watched>(
        &self,
        mut state: MutexGuard<'a, S>,
        deadline: Option<Instant>,
    ) -> (MutexGuard<'a, S>, bool) {
        *state.sleepers() += 1;
        let (mut state, in_time) = wait_until(&self.changed, state, deadline);
        *state.sleepers() -= 1;
        (state, in_time)
    }

    /// To wake nobody would cost a system call all the same.
    fn wake(&self, asleep: bool) {
        if asleep {
            self.changed.notify_all();
        }
    }
}

/// Lets go of the lock; says whether anybody sleeps.
fn let_go<S: Watched>(mut state: MutexGuard<'_, S>) -> bool {
    *state.sleepers() > 0
}
