//! What the supervisor knows of other threads that act for its pool.

use std::time::Instant;

use crate::inbox::WorkerKey;
use crate::supervisor::bustle::Bustle;
use crate::transport::post::Post;

/// Those threads, and what they have to know of the supervisor's own.
#[derive(Debug, Default)]
pub(super) struct Guests {
    /// Those that take in what a worker answers.
    pub(super) leaders: Vec<Leader>,
    pub(super) bustle: Bustle,
    /// Whether no worker wakes the supervisor for an answer, since others act all the time.
    pub(super) is_hushed: bool,
    /// Until when the supervisor's thread sleeps; `None` when it waits for events alone.
    pub(super) asleep_until: Option<Instant>,
    /// Whether there is something for it to do.
    pub(super) stirred: bool,
}

/// A thread that takes in what a worker answers, until what it waits for has come.
#[derive(Debug)]
pub(super) struct Leader {
    pub(super) worker: WorkerKey,
    /// The request whose end it waits for.
    pub(super) sequence: u64,
    /// Where it sleeps.
    pub(super) post: Post,
}
