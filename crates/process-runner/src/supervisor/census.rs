//! The pool's figures, taken when somebody asks for them.

use std::time::Duration;

use crate::clock::monotonic_nanos;
use crate::inbox::WorkerKey;
use crate::seat::Seat;
use crate::stats::{WorkerState, WorkerStats};
use crate::supervisor::doom::Doom;
use crate::supervisor::state::Supervisor;
use crate::supervisor::worker::{Stage, Succession, Worker};

impl Supervisor {
    /// Answers everybody who has asked for figures.
    pub(super) fn take_census(&mut self) {
        let asked = self.shared.begin_answer();
        let mut tally = self.tally;
        let keys: Vec<WorkerKey> = self.workers.keys().copied().collect();
        let portraits = keys.into_iter().filter_map(|key| self.portrait(key));
        let mut workers: Vec<WorkerStats> = portraits.collect();
        workers.sort_by_key(|worker| worker.worker.0);
        workers.iter().for_each(|worker| tally.add(worker));
        let (busy, awaiting_retry) = (self.desk.busy(), self.postponed.retries.len());
        self.shared.answer(asked, |stats| {
            stats.busy = busy;
            stats.awaiting_retry = awaiting_retry;
            stats.workers = workers;
            stats.done = tally.done;
            stats.sent_bytes = tally.sent_bytes;
            stats.received_bytes = tally.received_bytes;
        });
    }

    /// The last figures of a pool that ends.
    pub(super) fn close_census(&mut self) {
        self.take_census();
        self.shared.close_inquiries();
    }

    /// A worker as it is now.
    pub(super) fn portrait(&mut self, key: WorkerKey) -> Option<WorkerStats> {
        let now_nanos = monotonic_nanos();
        let live = self.workers.get(&key)?;
        let seat = self.desk.seat(key);
        let load = seat.as_ref().map_or(0, |seat| seat.load());
        let done = seat.as_ref().map_or(0, |seat| seat.done());
        let state = state_of(live, load > 0);
        let busy_since = seat.as_ref().and_then(|seat| seat.busy_since_nanos());
        let running = seat.and_then(|seat: &mut Seat| seat.running_job(now_nanos));
        let age = match (state, busy_since, live.idle_since) {
            (WorkerState::Busy, Some(since), _) => {
                Duration::from_nanos(now_nanos.saturating_sub(since))
            }
            (WorkerState::Idle, _, Some(since)) => since.elapsed(),
            _ => live.since.elapsed(),
        };
        Some(WorkerStats {
            worker: live.id(),
            pid: live.process(),
            state,
            age,
            ahead: load.saturating_sub(1),
            running,
            done,
            sent_bytes: live.sent_bytes,
            received_bytes: live.received_bytes,
            resident_bytes: None,
        })
    }
}

fn state_of(live: &Worker, is_busy: bool) -> WorkerState {
    if live.ended.is_some() {
        return WorkerState::Ended;
    }
    match &live.stage {
        Stage::Starting => WorkerState::Starting,
        Stage::Initializing => WorkerState::Initializing,
        Stage::Serving if live.succession == Succession::Due => WorkerState::Retiring,
        Stage::Serving if is_busy => WorkerState::Busy,
        Stage::Serving => WorkerState::Idle,
        Stage::Leaving => WorkerState::Leaving,
        Stage::Doomed(doom, _) => {
            let stopped_for = live.parting.filter(|_| *doom == Doom::Stopping);
            WorkerState::BeingStopped(stopped_for.unwrap_or(doom.cause()))
        }
    }
}
