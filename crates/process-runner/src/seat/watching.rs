//! What the parent can tell of the item that runs, and whether it has to look.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::flight::Flight;
use crate::seat::Seat;
use crate::terms::Terms;

/// How often memory is looked at while an item runs whose memory is limited.
pub(crate) const MEMORY_WATCH: Duration = Duration::from_millis(20);

/// The item that a worker runs now.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) sequence: u64,
    pub(crate) item: u32,
    pub(crate) ran: Duration,
    pub(crate) terms: Arc<Terms>,
    /// Whether somebody has asked for its end.
    pub(crate) to_kill: bool,
    /// Whether an item before it has not been answered, as far as the answers have been read.
    pub(crate) has_overtaken: bool,
    /// How long ago the worker has answered, or was given what it has.
    pub(crate) silent: Duration,
}

impl Seat {
    /// Whether what the worker has must be looked at before it answers.
    pub(crate) fn is_watched(&self) -> bool {
        let watched = |flight: &Flight| flight.to_kill || flight.parcel.terms.are_limited();
        self.is_ever_watched && self.flights.iter().any(watched)
    }

    /// Whether the CPU time of what the worker has is limited.
    pub(crate) fn counts_cpu_time(&self) -> bool {
        let counts = |flight: &Flight| flight.parcel.terms.cpu_time.is_some();
        self.flights.iter().any(counts)
    }

    /// Notes that the request under `sequence` is to end. Returns false when it has.
    pub(crate) fn mark_to_kill(&mut self, sequence: u64) -> bool {
        let is_it = |flight: &&mut Flight| flight.sequence & u64::from(u32::MAX) == sequence;
        let flight = self.flights.iter_mut().find(is_it);
        let Some(flight) = flight else {
            return false;
        };
        flight.to_kill = true;
        self.is_ever_watched = true;
        true
    }

    /// The item that runs now, as far as the page tells: the one that was claimed last.
    pub(crate) fn running(&mut self, now_nanos: u64) -> Option<Running> {
        let (index, item) = self.claimed()?;
        let (grip, flight) = (&self.grip, &self.flights[index]);
        // The worker's word counts only within what the parent knows itself.
        let earliest = flight.sent_nanos.max(self.last_reply_nanos);
        let mut started = grip
            .started_nanos(flight.sequence)
            .clamp(earliest, now_nanos.max(earliest));
        match self.seen {
            Some((which, first)) if which == (flight.sequence, item) => {
                started = started.min(first);
            }
            _ => self.seen = Some(((flight.sequence, item), started)),
        }
        // The time in which the worker was held is nobody's.
        let ago = |then: u64| Duration::from_nanos(self.pauses.time_between(then, now_nanos));
        Some(Running {
            sequence: flight.sequence,
            item,
            ran: ago(started),
            terms: Arc::clone(&flight.parcel.terms),
            to_kill: flight.to_kill,
            has_overtaken: index > 0 || item > flight.answered,
            silent: ago(self.last_reply_nanos.max(self.flights[0].sent_nanos)),
        })
    }

    /// When the item that runs started, by the worker's word alone: good enough to sort what it has said
    /// itself.
    pub(crate) fn started_nanos(&self) -> Option<u64> {
        let (index, _) = self.claimed()?;
        Some(self.grip.started_nanos(self.flights[index].sequence))
    }

    /// The item that was claimed last and has not been answered, and the place of its request.
    fn claimed(&self) -> Option<(usize, u32)> {
        let claimed = |(index, flight): (usize, &Flight)| {
            let kept = flight.kept(&self.grip);
            let claimed = self.grip.progress(flight.sequence)?.next.min(kept);
            (claimed > flight.answered).then(|| (index, claimed - 1))
        };
        self.flights.iter().enumerate().rev().find_map(claimed)
    }

    /// How soon what is in flight can exceed its terms, counted from its start.
    pub(crate) fn shortest_watch(&self) -> Option<Duration> {
        let watch = |flight: &Flight| {
            let terms = &flight.parcel.terms;
            let memory = terms.memory_limit.map(|_| MEMORY_WATCH);
            let times = [terms.timeout, terms.cpu_time, memory];
            times.into_iter().flatten().min()
        };
        self.flights.iter().filter_map(watch).min()
    }

    /// The smallest amount of memory among the requests in flight.
    pub(crate) fn memory_limit(&self) -> Option<u64> {
        if !self.is_ever_watched {
            return None;
        }
        let limit = |flight: &Flight| flight.parcel.terms.memory_limit;
        self.flights.iter().filter_map(limit).min()
    }

    /// What lies with the worker while it runs nothing: the request, and how many of its items have
    /// been answered.
    pub(crate) fn lying(&mut self, now_nanos: u64) -> Option<(u64, u32)> {
        let runs = self.running(now_nanos).is_some();
        let flight = self.flights.front().filter(|_| !runs)?;
        Some((flight.sequence, flight.answered))
    }

    /// Notes that the worker was held in this stretch of the monotonic clock.
    pub(crate) fn was_held(&mut self, nanos: Range<u64>) {
        self.pauses.add(nanos, self.last_reply_nanos);
    }
}
