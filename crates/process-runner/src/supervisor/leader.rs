//! A thread that takes in what a worker answers, until what it waits for has come.

use crate::inbox::WorkerKey;
use crate::transport::post::Post;

/// Such a thread, as the supervisor knows it.
#[derive(Debug)]
pub(super) struct Leader {
    pub(super) worker: WorkerKey,
    /// The request whose end it waits for.
    pub(super) sequence: u64,
    /// Where it sleeps.
    pub(super) post: Post,
}
