//! Moving requests, replies and output.

use anypool_core::{Origin, Stream, WorkerId};

use crate::clock::monotonic_nanos;
use crate::config::OutputMode;
use crate::fault::{self, Point};
use crate::inbox::WorkerKey;
use crate::seat::Replied;
use crate::supervisor::desk::Sending;
use crate::supervisor::output_stream::OutputStream;
use crate::supervisor::poller::Event;
use crate::supervisor::state::Supervisor;
use crate::wire::control::Control;
use crate::wire::reply::Reply;

/// A worker's streams, as their index stands for them.
const STREAMS: [Stream; 2] = [Stream::Out, Stream::Err];

impl Supervisor {
    /// Gives workers what waits for them.
    pub(super) fn dispatch(&mut self) {
        if self.config.output == OutputMode::PerJob && self.awaits_host() {
            // Output by job is read whatever the host does: no more of it is made meanwhile.
            return;
        }
        let dispatched = self.desk.dispatch(monotonic_nanos());
        let left = dispatched.left;
        self.inbox.adjust(-left.jobs, -left.bytes);
        for Sending { worker, frame } in dispatched.sendings {
            let seat = self.desk.seat(worker);
            let watched = seat.is_some_and(|seat| seat.is_watched());
            if watched {
                self.watch_item(worker);
            }
            if let Some(live) = self.workers.get_mut(&worker) {
                live.idle_since = None;
                live.sent_bytes += frame.len() as u64;
                // A pipe that is closed at the other end: the worker's death is on its way.
                let _ = live.end.send(&frame);
                if live.end.unsent_bytes() > 0 {
                    fault::reach(Point::ParentSending);
                }
            }
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
    fn watch_room(&mut self, worker: WorkerKey) {
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

    /// Takes in what a worker has answered.
    pub(super) fn take_replies(&mut self, worker: WorkerKey) {
        if let Err(reason) = self.read_replies(worker) {
            self.condemn(worker, reason);
        }
    }

    fn read_replies(&mut self, worker: WorkerKey) -> Result<(), String> {
        let Some(live) = self.workers.get_mut(&worker) else {
            return Ok(());
        };
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
        let is_end = !matches!(reply, Reply::Skipped { .. });
        if is_end && self.config.output == OutputMode::PerJob {
            // What the item printed was in the pipes before its reply; and nothing is sent ahead, so
            // that nobody else has printed since.
            let is_last = self.desk.seat(worker).is_some_and(|seat| seat.is_at_last());
            self.take_all_output(worker, is_last);
        } else if is_end {
            self.take_logs(worker);
        }
        let seat = self
            .desk
            .seat(worker)
            .ok_or("it answered before its hello")?;
        match seat.reply(reply, monotonic_nanos()) {
            Ok(Replied::Settled(settled)) => {
                let slot = self.workers.get(&worker).map_or(0, |live| live.slot);
                self.finish_item(WorkerId(u32::try_from(slot).unwrap_or(u32::MAX)), settled);
                fault::reach(Point::ParentSettled);
            }
            Ok(Replied::Skipped) => {}
            Err(breach) => return Err(breach.to_string()),
        }
        self.after_item(worker);
        Ok(())
    }

    /// Takes in a message of the control plane.
    pub(super) fn take_control(&mut self, worker: WorkerKey, message: &[u8]) {
        let outcome = match Control::parse(message) {
            Err(malformed) => Err(malformed.to_string()),
            Ok(Control::Hello(hello)) => {
                self.welcome(worker, &hello);
                Ok(())
            }
            Ok(message) => self.take_data(worker, &message),
        };
        if let Err(reason) = outcome {
            self.condemn(worker, reason);
        }
    }

    fn take_data(&mut self, worker: WorkerKey, message: &Control<'_>) -> Result<(), String> {
        let Some(live) = self.workers.get_mut(&worker) else {
            return Ok(());
        };
        match live.end.control(message) {
            Ok(true) => {}
            Ok(false) => return Err("it sent a message that is the parent's to send".to_owned()),
            Err(error) => return Err(error.to_string()),
        }
        self.watch_room(worker);
        self.read_replies(worker)
    }

    /// Takes in what a worker has printed.
    pub(super) fn take_output(&mut self, worker: WorkerKey, stream: usize) {
        let Some(live) = self.workers.get_mut(&worker) else {
            return;
        };
        let blocks = live.outputs[stream].read();
        let origin = self.origin(worker);
        for lines in blocks {
            self.deliver_output(worker, (origin, STREAMS[stream]), lines);
        }
        if self.awaits_host() {
            self.pause_outputs();
        }
    }

    /// Takes in all that a worker has printed; when it `is_last`, as at the end of a job or of the
    /// worker, also a line without its newline.
    pub(super) fn take_all_output(&mut self, worker: WorkerKey, is_last: bool) {
        for stream in [0, 1] {
            self.take_output(worker, stream);
            if !is_last {
                continue;
            }
            let origin = self.origin(worker);
            let rest = self.workers.get_mut(&worker);
            let rest = rest.and_then(|live| live.outputs[stream].lines.finish());
            if let Some(lines) = rest {
                self.deliver_output(worker, (origin, STREAMS[stream]), lines);
            }
        }
    }

    fn origin(&mut self, worker: WorkerKey) -> Origin {
        let job = match self.config.output {
            OutputMode::PerWorker => None,
            OutputMode::PerJob => self.desk.seat(worker).and_then(|seat| seat.current_job()),
        };
        let slot = self.workers.get(&worker).map_or(0, |live| live.slot);
        Origin {
            worker: WorkerId(u32::try_from(slot).unwrap_or(u32::MAX)),
            job,
        }
    }

    /// Leaves outputs unread: the workers that print wait, as they would for a slow terminal.
    fn pause_outputs(&self) {
        for live in self.workers.values() {
            let open = live.outputs.iter().filter_map(OutputStream::descriptor);
            open.for_each(|descriptor| self.poller.forget(descriptor));
        }
    }

    /// Reads outputs again, if the courier has caught up.
    pub(super) fn resume_outputs(&mut self) {
        if self.awaits_host() {
            return;
        }
        for &worker in self.workers.keys() {
            self.watch_outputs(worker);
        }
    }

    /// Watches a worker's outputs.
    pub(super) fn watch_outputs(&self, worker: WorkerKey) {
        let Some(live) = self.workers.get(&worker) else {
            return;
        };
        for (stream, output) in live.outputs.iter().enumerate() {
            if let Some(descriptor) = output.descriptor() {
                // It may be watched already. Unwatched output is still read at the worker's end.
                let _ = self.poller.watch(descriptor, Event::Output(worker, stream));
            }
        }
    }
}
