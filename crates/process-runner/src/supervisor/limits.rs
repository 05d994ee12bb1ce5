//! Ending what takes too long, in steps: take back what has not started, `SIGTERM`, grace, `SIGKILL`.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::clock::monotonic_nanos;
use crate::config::StartError;
use crate::inbox::WorkerKey;
use crate::parcel::Parcel;
use crate::seat::Seat;
use crate::supervisor::state::Supervisor;
use crate::supervisor::worker::{Doom, Stage};

/// How long the kernel has to end a killed process before it is buried without its status.
const KILL_PATIENCE: Duration = Duration::from_secs(5);

impl Supervisor {
    /// Sees to it that limits are checked `limit` from now at the latest.
    pub(super) fn check_within(&mut self, limit: Option<Duration>) {
        let check = limit.and_then(|limit| Instant::now().checked_add(limit));
        self.next_check = [self.next_check, check].into_iter().flatten().min();
    }

    /// Checks all limits that may be due.
    pub(super) fn check_limits(&mut self) {
        let now = Instant::now();
        let late = |deadline: Option<Instant>| deadline.is_some_and(|deadline| deadline <= now);
        let impatient: Vec<WorkerKey> = self
            .workers
            .iter()
            .filter(|(_, live)| late(live.deadline))
            .map(|(&key, _)| key)
            .collect();
        for worker in impatient {
            self.lose_patience(worker);
        }
        if late(self.next_check) {
            self.next_check = None;
            let serving = self.workers.iter().filter(|(_, live)| live.is_serving());
            let serving: Vec<WorkerKey> = serving.map(|(&key, _)| key).collect();
            for worker in serving {
                self.check_item(worker);
            }
        }
    }

    /// Ends a worker whose item has run longer than its limit.
    fn check_item(&mut self, worker: WorkerKey) {
        let Some(seat) = self.desk.seat(worker) else {
            return;
        };
        let Some(running) = seat.running(monotonic_nanos()) else {
            // Between two items, or about to start one: look again when that could be late.
            let limit = seat.shortest_limit();
            self.check_within(limit);
            return;
        };
        match running.limit {
            None => {
                let limit = seat.shortest_limit();
                self.check_within(limit);
            }
            Some(limit) if running.ran < limit => self.check_within(Some(limit - running.ran)),
            Some(limit) => {
                // After this nothing else can start there. Only if it still runs the same item is
                // it the right one to signal.
                let parcels = seat.take_back_all();
                let still = seat.running(monotonic_nanos());
                let same = still.is_some_and(|still| {
                    (still.sequence, still.item) == (running.sequence, running.item)
                });
                self.put_back(parcels);
                if same {
                    self.doom(worker, Doom::TimedOut(limit), Signal::SIGTERM);
                } else {
                    self.check_within(Some(Duration::ZERO));
                }
            }
        }
    }

    /// Puts work back into the queue that a worker did not start.
    pub(super) fn put_back(&mut self, parcels: Vec<Parcel>) {
        let waiting = self.desk.put_back(parcels);
        self.inbox.adjust(waiting.jobs, waiting.bytes);
    }

    /// Ends a worker by force, beginning with `signal`. What it has not started is done elsewhere.
    pub(super) fn doom(&mut self, worker: WorkerKey, why: Doom, signal: Signal) {
        self.desk.close(worker);
        let parcels = self.desk.seat(worker).map(Seat::take_back_all);
        self.put_back(parcels.unwrap_or_default());
        let Some(live) = self.workers.get_mut(&worker) else {
            return;
        };
        let killed = signal == Signal::SIGKILL;
        let patience = if killed {
            KILL_PATIENCE
        } else {
            self.config.grace
        };
        live.stage = Stage::Doomed(why, killed);
        live.deadline = Instant::now().checked_add(patience);
        let pid = live.pid;
        self.signal(pid, signal);
    }

    /// Ends a worker that broke the protocol.
    pub(super) fn condemn(&mut self, worker: WorkerKey, reason: String) {
        let doomed = |stage: &Stage| matches!(stage, Stage::Doomed(..));
        if self
            .workers
            .get(&worker)
            .is_some_and(|live| !doomed(&live.stage))
        {
            self.doom(worker, Doom::Condemned(reason), Signal::SIGKILL);
        }
    }

    /// The patience with a worker's present stage has ended.
    fn lose_patience(&mut self, worker: WorkerKey) {
        let Some(live) = self.workers.get_mut(&worker) else {
            return;
        };
        live.deadline = None;
        match live.stage.clone() {
            Stage::Serving => {}
            Stage::Starting => {
                if live.pid == 0 {
                    let silent = StartError::Worker {
                        worker: live.slot,
                        what: "the fork",
                        error: "the fork server does not answer".to_owned(),
                    };
                    self.announce(Err(silent));
                }
                let reason = "it did not say hello in time".to_owned();
                self.doom(worker, Doom::Condemned(reason), Signal::SIGKILL);
            }
            Stage::Leaving => self.doom(worker, Doom::Stopping, Signal::SIGKILL),
            Stage::Doomed(why, false) => self.doom(worker, why, Signal::SIGKILL),
            // Not even that ended it. It is given up; the zygote keeps it as its child.
            Stage::Doomed(_, true) => {
                live.ended = Some((None, Instant::now()));
                let pid = live.pid;
                self.leave_process_behind(pid);
            }
        }
    }

    /// Passes a signal on to all workers.
    pub(super) fn signal_all(&mut self, signal: Signal) {
        let pids: Vec<i32> = self.workers.values().map(|live| live.pid).collect();
        for pid in pids {
            self.signal(pid, signal);
        }
    }

    pub(super) fn signal(&mut self, pid: i32, signal: Signal) {
        if pid > 0 && self.session.signal(pid, signal).is_err() {
            self.lose_zygote();
        }
    }

    /// When something is due next.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let patience = self.workers.values().filter_map(|live| live.deadline);
        let burials = self
            .workers
            .values()
            .filter_map(|live| self.burial_at(live));
        let vacancies = self.vacancies.iter().map(|&(at, _)| at);
        patience
            .chain(burials)
            .chain(vacancies)
            .chain(self.next_check)
            .chain(self.glances.next().filter(|_| !self.is_suspended()))
            .min()
    }
}
