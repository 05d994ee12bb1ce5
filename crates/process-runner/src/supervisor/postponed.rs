//! Jobs that something will happen to at a certain time.

use std::sync::Weak;
use std::time::{Duration, Instant};

use anypool_core::Job;

use crate::parcel::Parcel;
use crate::supervisor::agenda::Agenda;

/// What waits for a time.
#[derive(Default)]
pub(super) struct Postponed {
    /// Attempts that come after a pause.
    pub(super) retries: Agenda<Parcel>,
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

impl Postponed {
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
