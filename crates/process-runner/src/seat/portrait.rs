//! What a pool's owner is told of one worker's jobs.

use anypool_core::{JobId, TaskEntry};

use crate::flight::Flight;
use crate::seat::Seat;
use crate::stats::RunningJob;
use crate::trace::JobSpan;

impl Seat {
    /// How many items the worker has answered.
    pub(crate) fn done(&self) -> u64 {
        self.answered
    }

    /// How many bytes of what was given last lie among its inputs.
    pub(crate) fn newest_lease_bytes(&self) -> usize {
        let lease = self.flights.back().and_then(|flight| flight.parcel.lease());
        lease.map_or(0, |lease| lease.len())
    }

    /// How many items of request `sequence` have been answered, if it is the oldest.
    pub(crate) fn answered_of(&self, sequence: u64) -> Option<u32> {
        let oldest = self.flights.front();
        let oldest = oldest.filter(|flight| flight.sequence == sequence)?;
        Some(oldest.answered)
    }

    /// When the worker was given what it has, or has answered last, whichever was later.
    pub(crate) fn busy_since_nanos(&self) -> Option<u64> {
        let oldest = self.flights.front()?;
        Some(oldest.sent_nanos.max(self.last_reply_nanos))
    }

    /// The job that runs, or runs next; one that was taken back does neither.
    pub(crate) fn current_job(&self) -> Option<JobId> {
        let kept = |flight: &&Flight| flight.answered < flight.kept(&self.grip);
        Some(self.flights.iter().find(kept)?.parcel.job.id())
    }

    /// Whether what the worker does now has a span.
    pub(crate) fn is_traced(&self) -> bool {
        let now = self.flights.front();
        now.is_some_and(|flight| flight.parcel.span.is_on())
    }

    /// The span of a job, if the worker has that job.
    pub(crate) fn span_of(&self, job: JobId) -> Option<JobSpan> {
        let is_it = |flight: &&Flight| flight.parcel.job.id() == job;
        Some(self.flights.iter().find(is_it)?.parcel.span.clone())
    }

    /// The job that runs, as far as the page tells.
    pub(crate) fn running_job(&mut self, now_nanos: u64) -> Option<RunningJob> {
        let running = self.running(now_nanos)?;
        let is_it = |flight: &&Flight| flight.sequence == running.sequence;
        let parcel = &self.flights.iter().find(is_it)?.parcel;
        Some(RunningJob {
            job: parcel.job.id(),
            task: parcel.entry().map_or("", TaskEntry::label),
            item: (parcel.job.items() > 1).then(|| parcel.items.start + running.item),
            attempt: u32::try_from(parcel.causes.len() + 1).unwrap_or(u32::MAX),
            age: running.ran,
        })
    }
}
