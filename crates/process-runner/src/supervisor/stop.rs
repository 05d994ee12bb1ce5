//! Ending a pool: when its work is done, or at once.

use std::time::Instant;

use anypool_core::JobError;
use nix::sys::signal::Signal;

use crate::inbox::WorkerKey;
use crate::mail::StopOrder;
use crate::report::KilledJob;
use crate::seat::Seat;
use crate::supervisor::doom::Doom;
use crate::supervisor::state::{Phase, Supervisor};
use crate::supervisor::worker::Stage;

impl Supervisor {
    /// Takes an order to stop.
    pub(super) fn stop(&mut self, order: StopOrder) {
        // What is held neither ends its work nor notices a polite signal.
        self.resume();
        self.herald.tell_stopping(order == StopOrder::Now);
        match order {
            StopOrder::Drain if self.phase == Phase::Running => self.phase = Phase::Draining,
            StopOrder::Drain => {}
            StopOrder::Now => self.stop_now(),
        }
    }

    /// Ends the workers when nothing is left to do.
    pub(super) fn advance_stop(&mut self) {
        // The inbox was closed before the order to drain was given, so no more can come out of it.
        let retries = &self.postponed.retries;
        if self.phase == Phase::Draining && self.desk.is_clear() && retries.is_empty() {
            self.phase = Phase::Ending;
            self.hire_no_more();
            for worker in self.keys() {
                self.farewell(worker);
            }
        }
    }

    /// Tells a worker that no more will come; one that has not said hello is told when it does, and
    /// has no longer for that than others have to leave.
    pub(super) fn farewell(&mut self, worker: WorkerKey) {
        let Some(live) = self.workers.get_mut(&worker) else {
            return;
        };
        let patience = Instant::now().checked_add(self.config.grace);
        if live.stage == Stage::Starting {
            live.deadline = [live.deadline, patience].into_iter().flatten().min();
        }
        if !matches!(live.stage, Stage::Serving | Stage::Initializing) {
            return;
        }
        self.desk.close(worker);
        live.end.close();
        live.control = None;
        live.turn_to(Stage::Leaving);
        live.deadline = patience;
    }

    /// Cancels what waits, ends what runs.
    fn stop_now(&mut self) {
        self.phase = Phase::Ending;
        self.hurry();
        self.hire_no_more();
        for worker in self.keys() {
            let parcels = self.desk.seat(worker).map(Seat::take_back_all);
            self.put_back(parcels.unwrap_or_default());
        }
        let cancelled = self.fail_queue(&JobError::Cancelled);
        self.shared.note(|report| report.cancelled += cancelled);
        for worker in self.keys() {
            let job = self.desk.seat(worker).and_then(|seat| seat.current_job());
            let Some(live) = self.workers.get(&worker) else {
                continue;
            };
            match (&live.stage, job) {
                (Stage::Doomed(..), _) => {}
                (_, Some(job)) => {
                    let pid = live.pid.cast_unsigned();
                    self.shared
                        .note(|report| report.killed.push(KilledJob { job, pid }));
                    self.doom(worker, Doom::Stopping, Signal::SIGTERM);
                }
                // Unlike the set-up, which is ours, an initializer may have something to clean up.
                (Stage::Initializing, None) => {
                    self.doom(worker, Doom::Stopping, Signal::SIGTERM);
                }
                (Stage::Starting, None) => self.doom(worker, Doom::Stopping, Signal::SIGKILL),
                (_, None) => self.farewell(worker),
            }
        }
    }

    /// Ends every job that waits with `error`. Returns how many.
    pub(super) fn fail_queue(&mut self, error: &JobError) -> usize {
        let mut failed = 0;
        let submitted = self.inbox.take_parcels();
        let queued = self.desk.take_queue();
        let retries = self.postponed.retries.take_all();
        for parcel in queued.into_iter().chain(submitted).chain(retries) {
            let (jobs, bytes) = (parcel.len() as usize, parcel.total_bytes());
            self.inbox.release(jobs, bytes);
            for settled in parcel.fail_all(error) {
                failed += usize::from(!settled.job.is_settled(settled.item));
                self.settle(settled);
            }
        }
        failed
    }

    /// After a failure of the pool: ends all that waits and all workers.
    pub(super) fn end_workers(&mut self) {
        let error = self.failed.clone().unwrap_or(JobError::Shutdown);
        self.fail_queue(&error);
        for worker in self.keys() {
            let live = self.workers.get(&worker);
            if live.is_some_and(|live| live.ended.is_none()) {
                self.doom(worker, Doom::Stopping, Signal::SIGKILL);
            }
        }
    }

    fn keys(&self) -> Vec<WorkerKey> {
        self.workers.keys().copied().collect()
    }
}
