//! Trying again: an item whose attempt failed waits for the next one without a worker, and the
//! watchdog queues it again when its pause is over.
//!
//! Locks are taken in one order: a job's, then the hub's. A cancellation holds the job's lock when it
//! takes the job back from here, so nothing calls a job under the hub's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anypool_core::{Holder, Job, Work};

use crate::hub::Hub;

/// No pause is longer, so that its end can be said: a year.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3_600);

/// Sees to it that `item` of `job` is run again after `pause`.
pub(crate) fn put_off(hub: &Arc<Hub>, job: &Arc<dyn Job>, item: u32, pause: Duration) {
    let due = Instant::now() + pause.min(LONGEST);
    let work = Work {
        job: Arc::clone(job),
        items: item..item + 1,
    };
    let mut state = hub.lock();
    if let Some(error) = state.refusal() {
        drop(state);
        return work.fail_unstarted(&error);
    }
    let ticket = state.pauses.add(due, work);
    drop(state);
    let holder: Arc<dyn Holder> = Arc::<Hub>::clone(hub);
    if job.hold_paused(item, holder, ticket) {
        hub.deadlines.note(due);
    } else {
        // It was cancelled just now, by somebody who did not know yet where it waits.
        hub.take_back(ticket);
    }
}

impl Holder for Hub {
    fn take_back(&self, ticket: u64) -> bool {
        let mut state = self.lock();
        let work = state.pauses.remove(ticket);
        // It may have been the last thing that a shutdown waited for.
        self.ring_quiet(&state);
        drop(state);
        work.is_some()
    }
}
