//! What has been given to workers and has yet to be sent: frames, which go together to each worker.

use crate::inbox::WorkerKey;
use crate::supervisor::desk::Desk;

/// What is to be sent to a worker.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// Frames, one behind the other.
    pub(crate) frames: Vec<u8>,
    /// How many bytes of inputs lie elsewhere.
    pub(crate) elsewhere: usize,
}

/// Memory for frames is kept up to this size.
const KEPT_BYTES: usize = 1 << 16;

impl Desk {
    /// Whether something is to be sent.
    pub(crate) fn has_outgoing(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// What is to be sent next, and to whom; to be given back when it has been.
    pub(crate) fn next_outgoing(&mut self) -> Option<(WorkerKey, Outbox)> {
        loop {
            let worker = self.outgoing.pop_front()?;
            if let Some(place) = self.seats.get_mut(&worker) {
                return Some((worker, std::mem::take(&mut place.outbox)));
            }
        }
    }

    /// What lay in an outbox has been sent: its memory serves again.
    pub(crate) fn give_back(&mut self, worker: WorkerKey, mut outbox: Outbox) {
        if let Some(place) = self.seats.get_mut(&worker)
            && outbox.frames.capacity() <= KEPT_BYTES
        {
            outbox.frames.clear();
            outbox.elsewhere = 0;
            place.outbox = outbox;
        }
    }
}
