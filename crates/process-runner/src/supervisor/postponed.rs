//! Jobs that something will happen to at a certain time.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use anypool_core::{Holder, Job};

use crate::inbox::Inbox;
use crate::mail::Mail;
use crate::parcel::Parcel;
use crate::supervisor::agenda::Agenda;

/// Expiries of jobs that have ended are cleared out when they are the greater part, and more than this.
const FEW: usize = 64;

/// The ticket of every job that waits between two attempts: no worker has the same.
pub(super) const PAUSE_TICKET: u64 = u64::MAX;

/// What waits for a time.
pub(super) struct Postponed {
    /// Attempts that come after a pause.
    pub(super) retries: Agenda<Parcel>,
    /// Holds their jobs meanwhile.
    pub(super) holder: Arc<PauseHolder>,
    pub(super) expiries: Agenda<Expiry>,
    /// How many jobs have expired in the queue and still have a place there.
    pub(super) expired: usize,
}

/// A job that must have started by a certain time.
pub(super) struct Expiry {
    /// Nobody keeps a job for this alone.
    pub(super) job: Weak<dyn Job>,
    pub(super) limit: Duration,
}

/// Holds jobs between two attempts: tells the supervisor when one is withdrawn.
pub(super) struct PauseHolder(Arc<Inbox>);

impl Holder for PauseHolder {
    fn take_back(&self, _: u64) -> bool {
        self.0.post(Mail::Withdrawn);
        true
    }
}

impl Postponed {
    pub(super) fn new(inbox: Arc<Inbox>) -> Self {
        Self {
            retries: Agenda::default(),
            holder: Arc::new(PauseHolder(inbox)),
            expiries: Agenda::default(),
            expired: 0,
        }
    }

    /// Forgets the expiries of jobs that have ended, if they are many more than the jobs that wait.
    pub(super) fn clear_out(&mut self, waiting: usize) {
        if self.expiries.len() > FEW + 2 * waiting {
            let has_ended = |expiry: &Expiry| {
                let job = expiry.job.upgrade();
                job.is_none_or(|job| job.is_settled(0))
            };
            self.expiries.take_if(has_ended);
        }
    }

    /// Makes time stand still for what waits.
    pub(super) fn hold(&mut self, now: Instant) {
        self.retries.hold(now);
        self.expiries.hold(now);
    }

    /// Lets it go on.
    pub(super) fn go_on(&mut self, now: Instant) {
        self.retries.go_on(now);
        self.expiries.go_on(now);
    }
}
