//! What the supervisor knows of other threads that act for its pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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
    pub(super) last_buried: LastBuried,
}

impl Guests {
    /// `worker` has been buried: nobody leads it any more, and who did is woken.
    pub(super) fn part_with(&mut self, worker: WorkerKey) {
        self.last_buried.note(worker);
        self.leaders.retain(|leader| {
            let leads_it = leader.worker == worker;
            if leads_it {
                leader.post.rouse();
            }
            !leads_it
        });
    }
}

/// The worker that was buried last. Who led it need not wait for the floor to learn that: there its
/// replacement is being ordered at that moment, which takes many times as long as telling of its death.
#[derive(Clone, Debug)]
pub(super) struct LastBuried(Arc<AtomicU64>);

impl Default for LastBuried {
    fn default() -> Self {
        // No worker has this number.
        Self(Arc::new(AtomicU64::new(WorkerKey::MAX)))
    }
}

impl LastBuried {
    fn note(&self, worker: WorkerKey) {
        // Release: who sees it sees that what the worker had has ended, or is elsewhere.
        self.0.store(worker, Ordering::Release);
    }

    /// Whether it is `worker`. One that was buried before the last is found out on the floor.
    pub(super) fn is(&self, worker: WorkerKey) -> bool {
        self.0.load(Ordering::Acquire) == worker
    }
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
