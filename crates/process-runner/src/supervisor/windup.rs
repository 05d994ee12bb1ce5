//! The last acts of a pool: everything that was accepted has an end, everything that was printed is out,
//! every callback has been called.
//!
//! What the couriers do is user code, which may take as long as it likes: a pool that drains waits for it.
//! One that was told to stop now gives it the grace, and leaves it behind after that.

use std::time::{Duration, Instant};

use anypool_core::JobError;

use crate::courier::Courier;
use crate::inbox::WorkerKey;
use crate::mail::Errands;
use crate::report::LeftBehind;
use crate::supervisor::state::{Phase, Supervisor, WindUp};

/// How long after the grace workers may take to be gone. Beyond that it is not they who hold the pool up.
const WORKERS_PATIENCE: Duration = Duration::from_secs(7);

/// How long user code has at least to come back.
const LEAST_PATIENCE: Duration = Duration::from_secs(1);

impl Supervisor {
    /// Whether the pool has ended.
    pub(super) fn is_over(&self) -> bool {
        self.wind_up == WindUp::Done
    }

    /// From now on the pool waits for nothing without end.
    pub(super) fn hurry(&mut self) {
        let grace = self.config.grace;
        let patience = match self.wind_up {
            WindUp::Working => grace.saturating_add(WORKERS_PATIENCE),
            _ => grace.max(LEAST_PATIENCE),
        };
        let give_up = Instant::now().checked_add(patience);
        self.give_up_at = [self.give_up_at, give_up].into_iter().flatten().min();
    }

    /// Goes on with the end as far as others let it.
    pub(super) fn advance_wind_up(&mut self) {
        if self.wind_up == WindUp::Working {
            let ending = self.phase == Phase::Ending || self.failed.is_some();
            // Nobody waits for an order that the fork server has not answered and whose worker was given
            // up: closing the session takes it back.
            let gone = self.workers.is_empty();
            if ending && (gone || self.is_patience_over()) {
                self.end_work();
            }
        }
        if self.wind_up == WindUp::Courier(Errands::Deliveries) && self.is_patience_over() {
            self.abandon_deliveries();
        }
        if self.wind_up == WindUp::Courier(Errands::Events) && self.is_patience_over() {
            let untold = self.herald.abandon();
            let left = LeftBehind::Events { untold };
            self.shared.note(|report| report.left_behind.push(left));
            self.close_callbacks();
        }
        if self.wind_up == WindUp::Courier(Errands::Callbacks) && self.is_patience_over() {
            self.abandon_callbacks();
        }
    }

    /// A courier has ended.
    pub(super) fn courier_ended(&mut self, which: Errands) {
        if self.wind_up == WindUp::Courier(which) {
            match which {
                Errands::Deliveries => self.close_herald(),
                Errands::Events => self.close_callbacks(),
                Errands::Callbacks => self.wind_up = WindUp::Done,
            }
        }
    }

    fn is_patience_over(&self) -> bool {
        self.give_up_at.is_some_and(|at| at <= Instant::now())
    }

    /// No worker is there any more, or none that could be made to leave.
    fn end_work(&mut self) {
        let keys: Vec<WorkerKey> = self.workers.keys().copied().collect();
        keys.into_iter().for_each(|worker| self.abandon(worker));
        self.ordered.clear();
        let error = self.failed.clone().unwrap_or(JobError::Shutdown);
        self.fail_queue(&error);
        self.wind_up = WindUp::Courier(Errands::Deliveries);
        if self.give_up_at.take().is_some() {
            self.hurry();
        }
        // Callbacks may ask for figures while they are waited for.
        self.close_census();
        self.close_spans();
        if !self.deliveries.close() {
            self.close_herald();
        }
    }

    /// Gives up a worker that the fork server did not end. It does so when the session is closed, if it
    /// comes to that.
    fn abandon(&mut self, worker: WorkerKey) {
        self.stock.remove(worker);
        if let Some(mut seat) = self.desk.remove(worker) {
            let remains = seat.end(&JobError::Killed);
            self.put_back(remains.returned);
            for lost in remains.lost {
                self.settle(lost);
            }
        }
        if let Some(live) = self.workers.remove(&worker) {
            self.leave_process_behind(live.pid);
        }
    }

    /// Notes that a process could not be ended.
    pub(super) fn leave_process_behind(&self, pid: i32) {
        if pid > 0 {
            let pid = pid.cast_unsigned();
            self.shared
                .note(|report| report.left_behind.push(LeftBehind::Process { pid }));
        }
    }

    fn close_herald(&mut self) {
        self.wind_up = WindUp::Courier(Errands::Events);
        if !self.herald.close() {
            self.close_callbacks();
        }
    }

    fn close_callbacks(&mut self) {
        self.wind_up = WindUp::Courier(Errands::Callbacks);
        if !self.with_callbacks(Courier::close) {
            self.wind_up = WindUp::Done;
        }
    }

    fn abandon_deliveries(&mut self) {
        let lost = self.drop_deliveries();
        let left = LeftBehind::Output { undelivered: lost };
        self.shared.note(|report| report.left_behind.push(left));
        self.close_herald();
    }

    fn abandon_callbacks(&mut self) {
        // Dropping them uncalled releases those who wait for their jobs.
        let uncalled = self.with_callbacks(Courier::abandon);
        let left = LeftBehind::Callbacks {
            uncalled: uncalled.len(),
        };
        drop(uncalled);
        self.shared.note(|report| report.left_behind.push(left));
        self.wind_up = WindUp::Done;
    }
}
