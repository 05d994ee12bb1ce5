//! What workers have done, added up. No input or output.

use crate::stats::WorkerStats;

/// What some workers have done together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) done: u64,
    pub(super) sent_bytes: u64,
    pub(super) received_bytes: u64,
}

impl Tally {
    pub(super) fn add(&mut self, worker: &WorkerStats) {
        self.done += worker.done;
        self.sent_bytes += worker.sent_bytes;
        self.received_bytes += worker.received_bytes;
    }
}
