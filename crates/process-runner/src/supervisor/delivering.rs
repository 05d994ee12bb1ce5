//! Delivering what others wait for: how items ended, what was printed and logged, callbacks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use anypool_core::{Callbacks, Origin, Stream};

use crate::config::OutputMode;
use crate::courier::{Courier, Unsent};
use crate::parcel::{Answered, Settled};
use crate::supervisor::delivery::{Delivery, MAX_BACKLOG_BYTES, conclude, lock};
use crate::supervisor::state::Supervisor;
use crate::trace::Log;

impl Supervisor {
    /// Delivers how an item ended; in the output's order where the host wants it by job.
    pub(super) fn settle(&mut self, mut settled: Settled) {
        // Stays here, where its last clone must be dropped.
        let span = std::mem::take(&mut settled.span);
        span.note(&settled.how, settled.busy);
        match self.config.output {
            OutputMode::PerWorker => conclude(settled, &self.callbacks),
            OutputMode::PerJob => self.deliver(Delivery::Settled(settled), 0),
        }
    }

    /// Delivers how several items ended, which no output waits for.
    pub(super) fn settle_answered(&mut self, answered: Answered) {
        let Answered {
            job,
            first,
            answers,
            busy,
            span,
        } = answered;
        span.note_answers(&answers, busy);
        // A waker is user code that runs here; the hook has reported its panic, and the jobs have ended.
        let settle = AssertUnwindSafe(|| job.settle_answers(first, answers, busy));
        for callbacks in catch_unwind(settle).unwrap_or_default() {
            self.call(callbacks);
        }
    }

    /// Has callbacks run.
    pub(super) fn call(&self, callbacks: Callbacks) {
        // Without the thread they are dropped uncalled, which releases those who wait.
        let _ = lock(&self.callbacks).send(callbacks, 0);
    }

    /// Delivers whole lines.
    pub(super) fn deliver_lines(&mut self, origin: Origin, stream: Stream, lines: Vec<u8>) {
        let bytes = lines.len();
        self.deliver(Delivery::Lines(origin, stream, lines), bytes);
    }

    /// Delivers what a worker has logged.
    pub(super) fn deliver_log(&mut self, log: Log) {
        let bytes = log.record.bytes();
        self.deliver(Delivery::Log(log), bytes);
    }

    /// Has the spans closed whose jobs are gone from here.
    pub(super) fn close_spans(&mut self) {
        if let Some(closings) = self.relay.take_closings() {
            self.deliver(Delivery::Closings(closings), 0);
        }
    }

    /// Whether the courier is too far behind to be given more output. If so, mail will come when it
    /// has caught up.
    pub(super) fn awaits_host(&self) -> bool {
        let is_backlogged = || self.deliveries.backlog_bytes() > MAX_BACKLOG_BYTES;
        if !is_backlogged() {
            return false;
        }
        self.outputs_paused.store(true, Ordering::SeqCst);
        // Asked again: the courier may have delivered everything before it could see the wish.
        is_backlogged()
    }

    fn deliver(&mut self, delivery: Delivery, bytes: usize) {
        let Err(Unsent { errand, error }) = self.deliveries.send(delivery, bytes) else {
            return;
        };
        // Nobody writes what was printed, and the pool cannot go on like this; but what has ended has ended.
        self.drop_delivery(errand);
        self.fail(format!("no thread for output: {error}"));
    }

    /// Settles what waits behind a delivery that does not come to an end. Returns how many blocks of
    /// lines are lost.
    pub(super) fn drop_deliveries(&mut self) -> usize {
        let dropped = self.deliveries.abandon().into_iter();
        dropped.map(|delivery| self.drop_delivery(delivery)).sum()
    }

    /// Settles what nobody delivers. Returns how many blocks of lines are lost.
    fn drop_delivery(&self, delivery: Delivery) -> usize {
        match delivery {
            Delivery::Lines(..) | Delivery::Log(_) => return 1,
            Delivery::Settled(settled) => conclude(settled, &self.callbacks),
            Delivery::Closings(closings) => closings.close(),
        }
        0
    }

    /// Turns to the courier of callbacks.
    pub(super) fn with_callbacks<R>(&self, act: impl FnOnce(&mut Courier<Callbacks>) -> R) -> R {
        act(&mut lock(&self.callbacks))
    }
}
