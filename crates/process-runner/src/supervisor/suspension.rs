//! Holding a pool for a while: its workers are stopped, nothing more is sent to them, and no clock that
//! they are measured by goes on.
//!
//! Timers are taken out while the pool is held, each with the time it had left, and set anew when it
//! goes on. Workers that are being ended by force are none of this business: they are to end.

use std::collections::BTreeMap;
use std::time::Instant;

use nix::sys::signal::Signal;

use crate::clock::monotonic_nanos;
use crate::inbox::WorkerKey;
use crate::supervisor::glances::Glances;
use crate::supervisor::hold::Hold;
use crate::supervisor::state::{Phase, Supervisor};
use crate::supervisor::worker::{Stage, Worker};

impl Supervisor {
    /// Holds the pool. A pool that ends cannot be held.
    pub(super) fn suspend(&mut self) {
        let ends = self.phase == Phase::Ending || self.failed.is_some();
        if ends || self.hold.is_some() {
            return;
        }
        self.hold = Some(Hold {
            since: Instant::now(),
            since_nanos: monotonic_nanos(),
            patience: BTreeMap::new(),
            check: None,
            vacancies: Vec::new(),
        });
        self.postponed.hold(Instant::now());
        self.signal_held(Signal::SIGSTOP);
        // The program may stop itself as soon as it knows that this is done.
        if self.session.flush().is_err() {
            return self.lose_zygote();
        }
        self.hold_timers();
    }

    /// Lets a pool that is held go on.
    pub(super) fn resume(&mut self) {
        let Some(held) = self.hold.take() else {
            return;
        };
        // Nothing could move.
        self.glances = Glances::default();
        self.glances.expect();
        let now = Instant::now();
        self.postponed.go_on(now);
        let idle = self.workers.values_mut();
        for since in idle.filter_map(|live| live.idle_since.as_mut()) {
            *since += now.saturating_duration_since(held.since.max(*since));
        }
        let stretch = held.since_nanos..monotonic_nanos();
        for &worker in self.workers.keys() {
            if let Some(seat) = self.desk.seat(worker) {
                seat.was_held(stretch.clone());
            }
        }
        for (worker, (stage, left)) in held.patience {
            let live = self.workers.get_mut(&worker);
            if let Some(live) = live.filter(|live| live.stage == stage) {
                live.deadline = now.checked_add(left);
            }
        }
        let vacancies = held.vacancies.into_iter();
        self.vacancies
            .extend(vacancies.map(|(left, slot)| (now + left, slot)));
        self.check_within(held.check);
        self.signal_held(Signal::SIGCONT);
    }

    /// Takes out the timers that were set since the last call, if the pool is held.
    pub(super) fn hold_timers(&mut self) {
        let Some(held) = &mut self.hold else {
            return;
        };
        let now = Instant::now();
        let left = |at: Instant| at.saturating_duration_since(now);
        for (&key, live) in self.workers.iter_mut().filter(|(_, live)| is_held(live)) {
            if let Some(deadline) = live.deadline.take() {
                let patience = (live.stage.clone(), left(deadline));
                held.patience.insert(key, patience);
            }
        }
        let check = self.next_check.take().map(left);
        held.check = [held.check, check].into_iter().flatten().min();
        let vacancies = std::mem::take(&mut self.vacancies).into_iter();
        held.vacancies
            .extend(vacancies.map(|(at, slot)| (left(at), slot)));
    }

    /// Whether the pool is held.
    pub(super) fn is_suspended(&self) -> bool {
        self.hold.is_some()
    }

    /// Holds a worker that was forked while its pool is held.
    pub(super) fn hold_newcomer(&mut self, worker: WorkerKey) {
        let live = self.workers.get(&worker).filter(|live| is_held(live));
        if let Some(pid) = live.map(|live| live.pid)
            && self.is_suspended()
        {
            self.signal(pid, Signal::SIGSTOP);
        }
    }

    fn signal_held(&mut self, signal: Signal) {
        let held = self.workers.values().filter(|live| is_held(live));
        let pids: Vec<i32> = held.map(|live| live.pid).collect();
        for pid in pids {
            self.signal(pid, signal);
        }
    }
}

fn is_held(live: &Worker) -> bool {
    !matches!(live.stage, Stage::Doomed(..))
}
