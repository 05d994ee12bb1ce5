//! Moving requests and replies, and what the control plane carries.

use anypool_core::{Lent as _, RanBy, WorkerId};

use crate::clock::monotonic_nanos;
use crate::config::OutputMode;
use crate::fault::{self, Point};
use crate::inbox::WorkerKey;
use crate::seat::Replied;
use crate::supervisor::poller::Event;
use crate::supervisor::state::Supervisor;
use crate::supervisor::worker::Worker;
use crate::transport::ends::ParentEnd;
use crate::transport::results::ResultLease;
use crate::wire::reply::Reply;

impl Supervisor {
    /// Gives workers what waits for them.
    pub(super) fn dispatch(&mut self) {
        if self.config.output == OutputMode::PerJob && self.awaits_host() {
            // Output by job is read whatever the host does: no more of it is made meanwhile.
            return;
        }
        let left = self.desk.dispatch(monotonic_nanos());
        self.inbox.adjust(-left.jobs, -left.bytes);
        let spins = self.desk.has_outgoing() && self.has_core();
        while let Some((worker, outbox)) = self.desk.next_outgoing() {
            let seat = self.desk.seat(worker);
            let watched = seat.is_some_and(|seat| seat.is_watched());
            if watched {
                self.watch_item(worker);
            }
            if let Some(live) = self.workers.get_mut(&worker) {
                live.idle_since = None;
                live.sent_bytes += (outbox.frames.len() + outbox.elsewhere) as u64;
                live.end.set_spins(spins);
                // It fails where the worker's death is on its way.
                let _ = live.end.send(&outbox.frames);
                if live.end.unsent_bytes() > 0 {
                    fault::reach(Point::ParentSending);
                }
            }
            self.desk.give_back(worker, outbox);
            self.watch_room(worker);
        }
    }

    /// There is room in a worker's data plane again.
    pub(super) fn take_room(&mut self, worker: WorkerKey) {
        if let Some(live) = self.workers.get_mut(&worker) {
            // As above.
            let _ = live.end.resume();
        }
        self.watch_room(worker);
    }

    /// Watches for room exactly while bytes are stuck.
    pub(super) fn watch_room(&mut self, worker: WorkerKey) {
        let Some(live) = self.workers.get_mut(&worker) else {
            return;
        };
        let stuck = live.end.unsent_bytes() > 0;
        self.desk.set_congested(worker, stuck);
        let Some(descriptor) = live.end.writable() else {
            return;
        };
        if stuck && !live.awaits_room {
            // Failing to watch would leave the bytes stuck until the worker's next reply.
            live.awaits_room = self.poller.watch(descriptor, Event::Room(worker)).is_ok();
        } else if !stuck && live.awaits_room {
            self.poller.forget(descriptor);
            live.awaits_room = false;
        }
    }

    /// Before the supervisor sleeps: has the workers wake it. True when one has answered meanwhile.
    pub(super) fn arm_ends(&mut self) -> bool {
        let answered = self.all_unled(|end| end.arm());
        for &worker in &answered {
            self.take_replies(worker);
        }
        !answered.is_empty()
    }

    /// Before the supervisor sleeps for a moment: no worker wakes it. What has come is taken in.
    pub(super) fn hush_ends(&mut self) {
        for worker in self.all_unled(|end| end.hush()) {
            self.take_replies(worker);
        }
        self.dispatch();
    }

    /// The workers of which `is_it` is true, but for those that another thread sees to.
    fn all_unled(&mut self, is_it: impl Fn(&mut dyn ParentEnd) -> bool) -> Vec<WorkerKey> {
        let leaders = &self.guests.leaders;
        let is_led = |key: &WorkerKey| leaders.iter().any(|leader| leader.worker == *key);
        let ends = self.workers.iter_mut().filter(|(key, _)| !is_led(key));
        ends.filter_map(|(&key, live)| is_it(&mut *live.end).then_some(key))
            .collect()
    }

    /// A worker's data plane says that there is something to read, or room.
    pub(super) fn take_rung(&mut self, worker: WorkerKey) {
        if let Some(live) = self.workers.get_mut(&worker) {
            live.end.rung();
        }
        self.take_replies(worker);
        self.watch_room(worker);
    }

    /// Takes in what a worker has answered.
    pub(super) fn take_replies(&mut self, worker: WorkerKey) {
        if let Err(reason) = self.read_replies(worker) {
            self.condemn(worker, reason);
        }
    }

    pub(super) fn read_replies(&mut self, worker: WorkerKey) -> Result<(), String> {
        let Some(live) = self.workers.get_mut(&worker) else {
            return Ok(());
        };
        if live.is_condemned() {
            // Emptied all the same, or the poller would tell of it again and again.
            let _ = live.end.receive(&mut |_| ());
            return Ok(());
        }
        let (frames, bytes) = (&mut live.frames, &mut live.received_bytes);
        let received = live.end.receive(&mut |piece| {
            *bytes += piece.len() as u64;
            frames.push(piece);
        });
        received.map_err(|error| error.to_string())?;
        // The frames leave the worker for a while: what they say may concern all of the supervisor.
        let mut frames = std::mem::take(frames);
        let outcome = loop {
            match frames.next_message() {
                Ok(None) => break Ok(()),
                Err(error) => break Err(error.to_string()),
                Ok(Some(message)) => {
                    fault::reach(Point::ParentListening);
                    if let Err(reason) = self.take_reply(worker, message) {
                        break Err(reason);
                    }
                }
            }
        };
        frames.shrink();
        if let Some(live) = self.workers.get_mut(&worker) {
            live.frames = frames;
        }
        outcome
    }

    fn take_reply(&mut self, worker: WorkerKey, message: &[u8]) -> Result<(), String> {
        let reply = Reply::parse(message).map_err(|error| error.to_string())?;
        fault::reach(Point::ParentRead);
        self.take_answer(worker, reply)
    }

    /// Takes in an answer, wherever it was read.
    pub(super) fn take_answer(
        &mut self,
        worker: WorkerKey,
        reply: Reply<'_>,
    ) -> Result<(), String> {
        let is_end = !matches!(reply, Reply::Skipped { .. });
        if is_end && self.config.output == OutputMode::PerJob {
            // What the item printed was in the pipes before its reply; and nothing is sent ahead, so
            // that nobody else has printed since.
            let is_last = self.desk.seat(worker).is_some_and(|seat| seat.is_at_last());
            self.take_all_output(worker, is_last);
        } else if is_end {
            self.take_logs(worker);
        }
        let lent = self.take_loan(worker, &reply)?;
        let seat = self
            .desk
            .seat(worker)
            .ok_or("it answered before its hello")?;
        let replied = match (reply, lent) {
            (Reply::Lent(header, _), Some(lent)) => {
                seat.reply_lent(header, Box::new(lent), monotonic_nanos())
            }
            (reply, _) => seat.reply(reply, monotonic_nanos()),
        };
        match replied {
            Ok(Replied::Settled(mut settled)) => {
                let live = self.workers.get(&worker);
                let id = live.map_or(WorkerId(u32::MAX), Worker::id);
                settled.name_worker(live.and_then(Worker::process));
                self.finish_item(id, settled);
                fault::reach(Point::ParentSettled);
            }
            Ok(Replied::Answered(mut answered)) => {
                let live = self.workers.get(&worker);
                let id = live.map_or(WorkerId(u32::MAX), Worker::id);
                if let Some(pid) = live.and_then(Worker::process) {
                    answered.answers.name_worker(RanBy::Process { pid });
                }
                self.finish_items(id, answered);
                fault::reach(Point::ParentSettled);
            }
            Ok(Replied::Skipped) => {}
            Err(breach) => return Err(breach.to_string()),
        }
        self.after_item(worker);
        Ok(())
    }

    /// Takes up the result that a worker lends with an answer.
    fn take_loan(
        &mut self,
        worker: WorkerKey,
        reply: &Reply<'_>,
    ) -> Result<Option<ResultLease>, String> {
        let Reply::Lent(_, loan) = reply else {
            return Ok(None);
        };
        let live = self.workers.get_mut(&worker);
        let Some((live, results)) = live.and_then(|live| {
            let results = live.regions.results.clone()?;
            Some((live, results))
        }) else {
            return Ok(None);
        };
        let lent = results.lend(*loan).map_err(|usury| usury.to_string())?;
        live.received_bytes += lent.len() as u64;
        fault::reach(Point::ParentBorrowing);
        Ok(Some(lent))
    }
}
