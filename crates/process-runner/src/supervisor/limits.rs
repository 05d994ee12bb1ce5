//! Looking at what runs under a limit, and ending it in steps: take back what has not started, a
//! signal that can be handled, grace, `SIGKILL`.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::clock::monotonic_nanos;
use crate::config::StartError;
use crate::fault::{self, Point};
use crate::inbox::WorkerKey;
use crate::parcel::Parcel;
use crate::seat::Seat;
use crate::seat::watching::Running;
use crate::supervisor::doom::Doom;
use crate::supervisor::judgement::{Judgement, Observed, judge};
use crate::supervisor::state::Supervisor;
use crate::supervisor::worker::Stage;
use crate::usage;

/// How long the kernel has to end a killed process before it is buried without its status.
const KILL_PATIENCE: Duration = Duration::from_secs(5);

/// When to look again at a worker whose answers are on their way.
const SOON: Duration = Duration::from_millis(5);

/// How long a worker may say that it has gone on to another item without an answer for the one
/// before. An honest one has answered first, so this is the time that an answer may be on its way.
const ANSWER_PATIENCE: Duration = Duration::from_secs(10);

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

    /// A worker is about to get something that must be watched.
    pub(super) fn watch_item(&mut self, worker: WorkerKey) {
        let Some(seat) = self.desk.seat(worker) else {
            return;
        };
        let is_first = seat.load() == 1;
        let limit = seat.shortest_watch();
        if let Some(live) = self.workers.get_mut(&worker).filter(|_| is_first) {
            live.mark_cpu_time();
        }
        self.check_within(limit);
    }

    /// Ends a worker whose item has exceeded its terms, or is to end.
    fn check_item(&mut self, worker: WorkerKey) {
        let Some(seat) = self.desk.seat(worker).filter(|seat| seat.is_watched()) else {
            return;
        };
        let shortest = seat.shortest_watch();
        let Some(running) = seat.running(monotonic_nanos()) else {
            // Between two items, or about to start one: look again when that could be late.
            return self.check_within(shortest);
        };
        match self.judge(worker, &running) {
            Judgement::Fine(next) => self.check_within(next.or(shortest)),
            Judgement::Over(_) => self.stop_item(worker, &running),
        }
    }

    fn judge(&mut self, worker: WorkerKey, running: &Running) -> Judgement {
        let mut observed = Observed {
            ran: running.ran,
            to_kill: running.to_kill,
            cpus: *self.cpus.get_or_init(usage::usable_cpus),
            ..Observed::default()
        };
        if let Some(live) = self.workers.get_mut(&worker) {
            if running.terms.memory_limit.is_some() {
                observed.resident = live.measure_memory();
            }
            if running.terms.cpu_time.is_some() {
                observed.cpu = usage::cpu_time(live.pid).saturating_sub(live.cpu_mark);
            }
        }
        judge(&running.terms, &observed)
    }

    /// Ends an item, unless it has ended by itself.
    fn stop_item(&mut self, worker: WorkerKey, running: &Running) {
        fault::reach(Point::ParentStopping);
        // After this nothing else can start there. What has been answered must be known: only if the
        // worker still runs the same item is it the right one to signal.
        let parcels = self.desk.seat(worker).map(Seat::take_back_all);
        self.put_back(parcels.unwrap_or_default());
        self.take_replies(worker);
        let is_serving = |live: &crate::supervisor::worker::Worker| live.is_serving();
        if !self.workers.get(&worker).is_some_and(is_serving) {
            return;
        }
        let Some(seat) = self.desk.seat(worker) else {
            return;
        };
        let Some(now) = seat.running(monotonic_nanos()) else {
            return self.check_within(Some(SOON));
        };
        if now.has_overtaken {
            if now.silent > ANSWER_PATIENCE {
                let reason = "it went on to another item without answering for one".to_owned();
                return self.condemn(worker, reason);
            }
            return self.check_within(Some(SOON));
        }
        if (now.sequence, now.item) != (running.sequence, running.item) {
            return self.check_within(Some(Duration::ZERO));
        }
        match self.judge(worker, &now) {
            Judgement::Fine(next) => self.check_within(next),
            Judgement::Over(doom) => {
                let signal = doom.first_signal();
                self.doom(worker, doom, signal);
            }
        }
    }

    /// The owner of a job's handle wants its end.
    pub(super) fn kill(&mut self, worker: WorkerKey, sequence: u64) {
        let seat = self.desk.seat(worker);
        if seat.is_some_and(|seat| seat.mark_to_kill(sequence)) {
            self.check_within(Some(Duration::ZERO));
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
        self.guests.stirred = true;
        live.turn_to(Stage::Doomed(why, killed));
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
            Stage::Initializing => {
                let limit = self.config.init_timeout.unwrap_or_default();
                let reason = format!("it took longer than {limit:?}");
                self.doom(worker, Doom::Unfit(reason), Signal::SIGTERM);
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
}
