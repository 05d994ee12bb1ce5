//! The item that a worker runs now: which one it is, and how long it has run.

use std::ops::Range;
use std::time::Duration;

use super::Seat;

/// The item that a worker runs now.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) sequence: u64,
    pub(crate) item: u32,
    pub(crate) ran: Duration,
    pub(crate) limit: Option<Duration>,
}

impl Seat {
    /// The item that runs now, as far as the page tells.
    pub(crate) fn running(&self, now_nanos: u64) -> Option<Running> {
        let flight = self.flights.front()?;
        let claim = self.grip.progress(flight.sequence)?;
        if claim.next <= flight.answered || flight.answered >= flight.kept(&self.grip) {
            return None;
        }
        // The worker's word counts only within what the parent knows itself.
        let earliest = flight.sent_nanos.max(self.last_reply_nanos);
        let started = self
            .grip
            .started_nanos(flight.sequence)
            .clamp(earliest, now_nanos.max(earliest));
        Some(Running {
            sequence: flight.sequence,
            item: flight.answered,
            ran: Duration::from_nanos(self.pauses.time_between(started, now_nanos)),
            limit: flight.parcel.timeout,
        })
    }

    /// What lies with the worker while it runs nothing: the request, and how many of its items have
    /// been answered.
    pub(crate) fn lying(&self, now_nanos: u64) -> Option<(u64, u32)> {
        let flight = self.flights.front()?;
        let runs = self.running(now_nanos).is_some();
        (!runs).then_some((flight.sequence, flight.answered))
    }

    /// Notes that the worker was held in this stretch of the monotonic clock.
    pub(crate) fn was_held(&mut self, nanos: Range<u64>) {
        self.pauses.add(nanos, self.last_reply_nanos);
    }
}
