//! What workers log, and the spans of their jobs, on their way to the courier.

use anypool_core::{Origin, Stream};

use crate::inbox::WorkerKey;
use crate::seat::Seat;
use crate::supervisor::state::Supervisor;
use crate::trace::{self, Log, Piece, Record};

/// Which of a worker's output streams is its standard error.
const STDERR: usize = 1;

impl Supervisor {
    /// Delivers a block of a worker's output: the lines to the host, what was logged to the subscriber.
    pub(super) fn deliver_output(
        &mut self,
        worker: WorkerKey,
        from: (Origin, Stream),
        block: Vec<u8>,
    ) {
        let (origin, stream) = from;
        if stream == Stream::Out {
            return self.deliver_lines(origin, stream, block);
        }
        for piece in trace::pieces(block) {
            match piece {
                Piece::Lines(lines) => self.deliver_lines(origin, stream, lines),
                Piece::Log(record) => self.pass_log_on(worker, record),
            }
        }
    }

    fn pass_log_on(&mut self, worker: WorkerKey, record: Record) {
        let Some(live) = self.workers.get(&worker) else {
            return;
        };
        let (id, pid) = (live.id(), live.process().unwrap_or(0));
        let seat = self.desk.seat(worker);
        let span = seat.and_then(|seat| seat.span_of(record.job()?));
        self.deliver_log(Log {
            worker: id,
            pid,
            span: span.unwrap_or_default(),
            record,
        });
    }

    /// Before an answer of `worker` is taken: what its item has logged is in the pipe, and belongs into a
    /// span that may be closed after the answer. And under a memory limit it matters whose words those of a
    /// refused allocation are, so they are read before the next item can be sent.
    pub(super) fn take_logs(&mut self, worker: WorkerKey) {
        let seat = self.desk.seat(worker);
        let matters = |seat: &mut Seat| seat.is_traced() || seat.memory_limit().is_some();
        if seat.is_some_and(matters) && !self.awaits_host() {
            self.take_output(worker, STDERR);
        }
    }
}
