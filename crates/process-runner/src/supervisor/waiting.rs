//! Jobs that wait: for their start, which may come too late, or to be tried again.

use std::sync::Arc;
use std::time::Instant;

use anypool_core::{Holder, JobError, Settlement, WorkerId};

use crate::event::PoolEvent;
use crate::fault::{self, Point};
use crate::parcel::{Answered, Attempt, Parcel, Settled};
use crate::supervisor::postponed::{Expiry, PAUSE_TICKET, PauseHolder, Postponed};
use crate::supervisor::state::{Phase, Supervisor};

/// A list of so many parcels is kept for the next.
const KEPT_PARCELS: usize = 256;

impl Supervisor {
    /// Takes over parcels that were submitted. Their list serves again.
    pub(super) fn accept_all(&mut self, mut parcels: Vec<Parcel>) {
        for parcel in parcels.drain(..) {
            self.accept(parcel);
        }
        if parcels.capacity() <= KEPT_PARCELS {
            self.submitted = parcels;
        }
    }

    /// Takes over a parcel that was submitted.
    pub(super) fn accept(&mut self, parcel: Parcel) {
        if let Some(limit) = parcel.job.queue_timeout(parcel.terms.queue_timeout) {
            // What is under way is a few for each worker; the rest of them have ended.
            let waiting = self.desk.queued() + self.postponed.retries.len();
            self.postponed.clear_out(waiting + 2 * self.workers.len());
            let job = Arc::downgrade(&parcel.job);
            let expiry = Expiry { job, limit };
            self.postponed.expiries.add(Instant::now(), limit, expiry);
        }
        self.desk.accept(parcel);
    }

    /// Ends the jobs that have waited too long.
    pub(super) fn expire(&mut self) {
        let waiting = &mut self.postponed;
        if !waiting.expiries.is_empty() && waiting.retries.is_empty() && self.desk.is_clear() {
            // Nothing is left that could wait too long: nobody is to be woken for it.
            waiting.expiries.take_all();
        }
        let now = Instant::now();
        while let Some(Expiry { job, limit }) = self.postponed.expiries.take_due(now) {
            let Some(job) = job.upgrade() else {
                continue;
            };
            let error = JobError::QueueTimedOut { limit };
            let callbacks = Arc::clone(&job).settle_unstarted(0, error);
            self.postponed.expired += usize::from(job.is_settled(0));
            if let Some(callbacks) = callbacks {
                self.call(callbacks);
            }
        }
        // Looked through only when it is worth it: a million jobs may expire one by one.
        if self.postponed.expired > self.desk.queued() / 2 {
            self.postponed.expired = 0;
            let left = self.desk.sweep();
            self.inbox.adjust(left.jobs, left.bytes);
        }
    }

    /// Delivers how an item ended at `worker`, or has it tried again.
    pub(super) fn finish_item(&mut self, worker: WorkerId, mut settled: Settled) {
        fault::reach(Point::ParentSettling);
        if let Some(attempt) = settled.attempt.take()
            && let Settlement::Failed(error) = &settled.how
        {
            match self.decide(*attempt, error.clone()) {
                Ok(()) => return,
                Err(error) => settled.how = Settlement::Failed(error),
            }
        }
        self.herald.tell_of_job(|| PoolEvent::JobFinished {
            job: settled.job.id(),
            item: settled.chunk_item(),
            worker,
            outcome: match &settled.how {
                Settlement::Encoded(_) | Settlement::Lent(_) => Ok(()),
                Settlement::Failed(error) => Err(error.clone()),
            },
            busy: settled.busy,
        });
        self.settle(settled);
    }

    /// Delivers how several items ended at `worker`.
    pub(super) fn finish_items(&mut self, worker: WorkerId, answered: Answered) {
        if self.herald.hears_of_jobs() {
            for settled in answered.into_settled() {
                self.finish_item(worker, settled);
            }
            return;
        }
        fault::reach(Point::ParentSettling);
        self.settle_answered(answered);
    }

    /// Has a failed attempt followed by another, or says what the item ends as.
    fn decide(&mut self, attempt: Attempt, error: JobError) -> Result<(), JobError> {
        let Attempt { mut parcel, ticket } = attempt;
        let retries = parcel.terms.retries;
        let mut causes = std::mem::take(&mut parcel.causes).into_vec();
        causes.push(error.clone());
        let causes = retries.decide(causes)?;
        let stops = self.phase == Phase::Ending || self.failed.is_some();
        if stops || !parcel.job.release(ticket) {
            return Err(error);
        }
        let pause: Arc<dyn Holder> = Arc::<PauseHolder>::clone(&self.postponed.holder);
        if !parcel.job.hold(pause, PAUSE_TICKET) {
            return Err(error);
        }
        let retry = u32::try_from(causes.len()).unwrap_or(u32::MAX);
        let pause = retries.pause(retry, fastrand::u64(..));
        parcel.causes = causes.into();
        self.herald.tell_of_attempt(|| PoolEvent::JobRetried {
            job: parcel.job.id(),
            item: (parcel.job.items() > 1).then_some(parcel.items.start),
            attempt: retry + 1,
            pause,
            cause: error,
        });
        let (jobs, bytes) = (i64::from(parcel.len()), parcel.total_bytes());
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.inbox.adjust(jobs, bytes);
        self.shared.update(|stats| stats.retries += 1);
        self.postponed.retries.add(Instant::now(), pause, parcel);
        Ok(())
    }

    /// Queues the attempts whose pause is over, before what has not been tried at all.
    pub(super) fn try_again(&mut self) {
        let now = Instant::now();
        while let Some(parcel) = self.postponed.retries.take_due(now) {
            // One that was withdrawn meanwhile is passed over like any other in the queue.
            parcel.job.release(PAUSE_TICKET);
            // They are counted as waiting already.
            self.desk.put_back(vec![parcel]);
        }
    }

    /// A job was withdrawn between two attempts: nobody is to wait out its pause.
    pub(super) fn forget_withdrawn(&mut self) {
        let withdrawn = self.postponed.retries.take_if(Parcel::is_settled);
        for parcel in withdrawn {
            self.inbox
                .release(parcel.len() as usize, parcel.total_bytes());
        }
    }

    /// When one of them is due next.
    pub(super) fn next_waiting(&self) -> Option<Instant> {
        let Postponed {
            retries, expiries, ..
        } = &self.postponed;
        [retries.next(), expiries.next()]
            .into_iter()
            .flatten()
            .min()
    }
}
