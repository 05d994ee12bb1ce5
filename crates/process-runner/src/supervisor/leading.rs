//! Acting for the pool on the thread of somebody who needs something of it.

use crate::config::OutputMode;
use crate::fault::{self, Point};
use crate::inbox::WorkerKey;
use crate::parcel::{Parcel, Parcels};
use crate::supervisor::guests::Leader;
use crate::supervisor::state::{Phase, Supervisor};
use crate::supervisor::worker::Stage;
use crate::transport::Transport;
use crate::transport::post::Post;
use crate::usage;

/// What a thread that would lead a worker does next.
#[derive(Debug)]
pub(super) enum Lead {
    /// The request has ended, or is somewhere else now.
    Over,
    /// Its answers cannot be taken in by this thread.
    Impossible,
    /// It watches this; the flag tells whether there is a core for that.
    Watch(Post, bool),
}

impl Supervisor {
    /// Whether threads other than the pool's own may act for it now.
    pub(super) fn lets_others_act(&self) -> bool {
        self.phase != Phase::Ending && self.failed.is_none() && self.hold.is_none()
    }

    /// Whether a pool of these settings lets other threads act for it: not if its own thread has to see
    /// to something before or after each job.
    pub(super) fn is_open(&self) -> bool {
        self.config.transport == Transport::Shm
            && self.config.output == OutputMode::PerWorker
            && self.config.idle_timeout.is_none()
            && !self.relay.is_on()
    }

    /// Whether something has changed that the supervisor's own thread must see to.
    pub(super) fn is_stirred(&mut self) -> bool {
        let sooner = |at: Option<std::time::Instant>| {
            at.is_some_and(|at| self.guests.asleep_until.is_none_or(|until| at < until))
        };
        let waiting = [self.next_waiting(), self.next_check];
        let is_due = waiting.into_iter().any(sooner);
        // Once: then it sleeps until something happens.
        let wakes_for_nothing =
            self.guests.asleep_until.is_some() && !self.guests.is_hushed && self.desk.busy() == 0;
        // Memory is to be given back some time, and nobody sees to it.
        let rests = self.guests.asleep_until.is_none() && self.next_trimming().is_some();
        std::mem::take(&mut self.guests.stirred)
            || is_due
            || rests
            || wakes_for_nothing
            || self.phase != Phase::Running
    }

    /// Takes over parcels, after those that have come before, and sends what can be sent. Leaves them when the
    /// pool takes no more.
    pub(super) fn accept_here(&mut self, parcels: &mut Parcels) {
        let bytes = parcels.iter().map(Parcel::total_bytes).sum();
        let mut before = std::mem::take(&mut self.submitted);
        if !self.inbox.pass(bytes, &mut before) {
            return;
        }
        // Should this panic, they are lost with what the supervisor has.
        let parcels = std::mem::take(parcels);
        fault::reach(Point::ParentAccepting);
        self.accept_all(before);
        for parcel in parcels {
            self.accept(parcel);
        }
        self.guests.bustle.note();
        self.dispatch();
        if self.guests.is_hushed && self.desk.queued() > 0 {
            // Nobody else sees that there is room again.
            self.hush_ends();
        }
    }

    /// Takes in what `worker` has answered for a thread that waits for the end of `sequence`, and has
    /// what follows sent.
    pub(super) fn lead(&mut self, worker: WorkerKey, sequence: u64) -> Lead {
        let is_other = |leader: &Leader| leader.worker == worker && leader.sequence != sequence;
        if self.guests.leaders.iter().any(is_other) {
            // It takes this one's answer in as well.
            return Lead::Impossible;
        }
        self.guests.leaders.retain(|leader| leader.worker != worker);
        // From here on nobody is woken for what this thread is about to see.
        let post = self.workers.get_mut(&worker);
        let post = post.filter(|live| live.stage == Stage::Serving);
        if post.and_then(|live| live.end.post()).is_none() {
            return Lead::Impossible;
        }
        self.guests.bustle.note();
        self.take_replies(worker);
        self.dispatch();
        if !self.is_to_end(worker, sequence) {
            self.leave(worker);
            return Lead::Over;
        }
        let Some(post) = self
            .workers
            .get_mut(&worker)
            .and_then(|live| live.end.post())
        else {
            return Lead::Over;
        };
        let leader = Leader {
            worker,
            sequence,
            post: post.clone(),
        };
        self.guests.leaders.push(leader);
        let spins = self.has_core();
        Lead::Watch(post, spins)
    }

    /// Nobody leads `worker` any more: the supervisor's thread is woken by it.
    pub(super) fn leave(&mut self, worker: WorkerKey) {
        self.guests.leaders.retain(|leader| leader.worker != worker);
        if self.guests.is_hushed {
            return;
        }
        let live = self.workers.get_mut(&worker);
        if live.is_some_and(|live| live.end.arm()) {
            self.guests.stirred = true;
        }
    }

    /// Whether there is a core for a thread that waits awake, beside those for the busy workers.
    pub(super) fn has_core(&mut self) -> bool {
        self.desk.busy() < *self.cpus.get_or_init(usage::usable_cpus) as usize
    }

    /// Wakes those whose requests have ended, or are somewhere else; all, when they may not act any more.
    pub(super) fn rouse_leaders(&mut self) {
        if self.guests.leaders.is_empty() {
            return;
        }
        let mut leaders = std::mem::take(&mut self.guests.leaders);
        let goes_on = self.lets_others_act();
        for leader in &leaders {
            if !goes_on || !self.is_to_end(leader.worker, leader.sequence) {
                leader.post.rouse();
            }
        }
        if !goes_on {
            leaders.clear();
        }
        self.guests.leaders = leaders;
    }

    fn is_to_end(&mut self, worker: WorkerKey, sequence: u64) -> bool {
        let seat = self.desk.seat(worker);
        seat.is_some_and(|seat| seat.is_to_end(sequence))
    }
}
