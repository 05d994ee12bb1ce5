//! When the watchdog has to look next. Workers note deadlines here; the watchdog sleeps until the
//! earliest and looks for itself which jobs have overrun.
//!
//! A deadline is noted after it can be seen in the worker's ledger, and the watchdog forgets the
//! plan before it reads the ledgers, so a deadline is either read or noted anew; none is lost.

use std::sync::{Condvar, Mutex};
use std::time::Instant;

use crate::sync::{earlier, lock, wait_until};

/// The watchdog's alarm clock.
#[derive(Default)]
pub(crate) struct Deadlines {
    plan: Mutex<Plan>,
    changed: Condvar,
}

#[derive(Default)]
struct Plan {
    next: Option<Instant>,
    closed: bool,
}

impl Deadlines {
    /// Makes sure that the watchdog looks at `deadline`. Wakes it only if it would have been late.
    pub(crate) fn note(&self, deadline: Instant) {
        let mut plan = lock(&self.plan);
        if plan.next.is_none_or(|next| deadline < next) {
            plan.next = Some(deadline);
            drop(plan);
            self.changed.notify_one();
        }
    }

    /// The watchdog is about to read the ledgers.
    pub(crate) fn begin(&self) {
        lock(&self.plan).next = None;
    }

    /// Sleeps until `next` or the earliest deadline noted meanwhile; false when there will be none.
    pub(crate) fn sleep(&self, next: Option<Instant>) -> bool {
        let mut plan = lock(&self.plan);
        plan.next = earlier(plan.next, next);
        loop {
            if plan.closed {
                return false;
            }
            let next = plan.next;
            let (guard, in_time) = wait_until(&self.changed, plan, next);
            if !in_time {
                return true;
            }
            plan = guard;
        }
    }

    /// Ends the watchdog: no job will run any more.
    pub(crate) fn close(&self) {
        lock(&self.plan).closed = true;
        self.changed.notify_one();
    }
}
