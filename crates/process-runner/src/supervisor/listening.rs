//! What workers say over the control plane.

use crate::inbox::WorkerKey;
use crate::supervisor::state::Supervisor;
use crate::transport::pipe::PIPE_BYTES;
use crate::wire::control::Control;

/// What a message of the control plane costs beside its bytes.
const WORDS_COST_BYTES: usize = 256;

/// How often a dead worker's control plane is emptied: more than a socket holds.
const MAX_LAST_WORDS: usize = 16;

impl Supervisor {
    /// Takes in what a worker has said over the control plane.
    pub(super) fn take_words(&mut self, worker: WorkerKey) {
        self.take_some_words(worker);
    }

    /// Takes in about as much as a pipe holds, so that a worker that never stops does not keep others
    /// from being heard. Returns whether anything came.
    fn take_some_words(&mut self, worker: WorkerKey) -> bool {
        let mut room = PIPE_BYTES;
        while let Some(live) = self.workers.get_mut(&worker).filter(|_| room > 0) {
            match live.words.next() {
                Ok(Some(message)) => {
                    room = room.saturating_sub(message.len() + WORDS_COST_BYTES);
                    if !live.is_condemned() {
                        self.take_message(worker, &message);
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    self.condemn(worker, error.to_string());
                    break;
                }
            }
        }
        room < PIPE_BYTES
    }

    /// Takes in all that a worker has left in its channels when it ended.
    pub(super) fn take_last_words(&mut self, worker: WorkerKey) {
        // Bounded: what the worker started may have kept its end, and say more and more.
        for _ in 0..MAX_LAST_WORDS {
            if !self.take_some_words(worker) {
                break;
            }
        }
        self.take_replies(worker);
    }

    /// Takes in a message of the control plane.
    fn take_message(&mut self, worker: WorkerKey, message: &[u8]) {
        let outcome = match Control::parse(message) {
            Err(malformed) => Err(malformed.to_string()),
            Ok(Control::Hello(hello)) => {
                self.welcome(worker, &hello);
                Ok(())
            }
            Ok(Control::Initialized(outcome)) => {
                self.take_initialized(worker, outcome);
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
}
