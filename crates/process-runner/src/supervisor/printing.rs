//! Moving what workers print.

use anypool_core::{Origin, Stream, WorkerId};

use crate::config::OutputMode;
use crate::inbox::WorkerKey;
use crate::supervisor::output_stream::OutputStream;
use crate::supervisor::poller::Event;
use crate::supervisor::state::Supervisor;

/// A worker's streams, as their index stands for them.
const STREAMS: [Stream; 2] = [Stream::Out, Stream::Err];

impl Supervisor {
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
