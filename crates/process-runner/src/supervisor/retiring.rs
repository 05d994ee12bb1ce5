//! Workers that leave in good health: because they have done enough, or grown too large, or have had
//! nothing to do.

use std::time::{Duration, Instant};

use crate::inbox::WorkerKey;
use crate::seat::Seat;
use crate::supervisor::state::{Phase, Supervisor};
use crate::supervisor::worker::{Stage, Succession};
use crate::worker_end::EndCause;

/// A worker's memory is not looked at more often than this between its items.
const SIZE_WATCH: Duration = Duration::from_millis(50);

impl Supervisor {
    /// An item has been answered: the worker may have to be replaced, or has nothing to do.
    pub(super) fn after_item(&mut self, worker: WorkerKey) {
        let Some(seat) = self.desk.seat(worker) else {
            return;
        };
        let (spent, idle) = (seat.is_spent(), seat.is_idle());
        let counts_cpu_time = seat.counts_cpu_time();
        let above = self.config.recycle_above_bytes;
        let Some(live) = self.workers.get_mut(&worker) else {
            return;
        };
        if counts_cpu_time {
            live.mark_cpu_time();
        }
        let grown = above.is_some_and(|above| live.size_within(SIZE_WATCH) > above);
        live.idle_since = idle.then(Instant::now);
        if live.stage == Stage::Serving && (spent || grown) {
            live.succession = Succession::Due;
        }
        if self
            .workers
            .get(&worker)
            .is_some_and(|live| live.succession == Succession::Due)
        {
            self.retire(worker, idle);
        }
    }

    /// Gives a worker nothing more; when it has nothing left, it leaves and another takes its slot.
    fn retire(&mut self, worker: WorkerKey, idle: bool) {
        self.desk.close(worker);
        if !idle {
            let parcels = self.desk.seat(worker).map(Seat::take_back_all);
            return self.put_back(parcels.unwrap_or_default());
        }
        let Some(live) = self
            .workers
            .get_mut(&worker)
            .filter(|live| live.is_serving())
        else {
            return;
        };
        self.guests.stirred = true;
        live.succession = Succession::Settled;
        live.parting = Some(EndCause::Recycled);
        let slot = live.slot;
        self.farewell(worker);
        self.shared.update(|stats| stats.recycled += 1);
        if self.replaces() {
            // Not when the old one is gone: nobody is to wait for that.
            self.vacancies.push((Instant::now(), slot));
        }
    }

    /// Lets workers go that have had nothing to do for long.
    pub(super) fn dismiss_idle(&mut self) {
        if self.desk.queued() > 0 {
            // Whoever is idle is about to get something.
            return;
        }
        let now = Instant::now();
        let due = self.workers.iter().filter(|(_, live)| {
            let until = self.idle_until(live.idle_since);
            live.is_serving() && until.is_some_and(|until| until <= now)
        });
        let due: Vec<WorkerKey> = due.map(|(&key, _)| key).collect();
        for worker in due {
            if let Some(live) = self.workers.get_mut(&worker) {
                live.succession = Succession::Settled;
                live.parting = Some(EndCause::Idle);
                live.idle_since = None;
                self.dormant.push(live.slot);
                self.farewell(worker);
            }
        }
    }

    /// Fills slots that have been left for want of work, as many as there is work for.
    pub(super) fn wake_dormant(&mut self) {
        if self.dormant.is_empty() || self.phase == Phase::Ending {
            return;
        }
        let starting = |live: &&crate::supervisor::worker::Worker| {
            matches!(live.stage, Stage::Starting | Stage::Initializing)
        };
        let coming = self.workers.values().filter(starting).count() + self.vacancies.len();
        let wanted = self.desk.surplus().saturating_sub(coming);
        let woken = self.dormant.len().saturating_sub(wanted);
        for slot in self.dormant.split_off(woken) {
            self.vacancies.push((Instant::now(), slot));
        }
        self.fill_vacancies();
    }

    fn idle_until(&self, since: Option<Instant>) -> Option<Instant> {
        since?.checked_add(self.config.idle_timeout?)
    }

    /// When the next worker has been idle for too long.
    pub(super) fn next_dismissal(&self) -> Option<Instant> {
        let serving = self.workers.values().filter(|live| live.is_serving());
        serving
            .filter_map(|live| self.idle_until(live.idle_since))
            .min()
    }
}
