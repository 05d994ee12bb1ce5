//! What is behind a pool's lock: what waits, who works, and how far the pool has come. Plain data.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use anypool_core::{Callbacks, JobError, Work, WorkerId};

use crate::asked::Asked;
use crate::ledger::Ledger;
use crate::pauses::Pauses;
use crate::queue::Injector;
use crate::roster::Roster;
use crate::tray::Balance;

/// What is behind the lock.
pub(crate) struct State {
    pub(crate) phase: Phase,
    pub(crate) queue: Injector,
    /// What the watchdog settled; its callbacks are user code, so workers run them.
    pub(crate) chores: VecDeque<Callbacks>,
    /// Items that failed and wait for their next attempt.
    pub(crate) pauses: Pauses,
    pub(crate) roster: Roster,
    pub(crate) balance: Arc<Balance>,
    pub(crate) asked: Asked,
    /// Workers asleep that no work was brought for.
    pub(crate) idle: usize,
    /// Work brought for sleepers that have not got up yet.
    pub(crate) wakes: usize,
    /// Workers whose threads have been started and have not looked for work yet.
    pub(crate) starting: usize,
    /// Submitters that wait for room.
    pub(crate) crowd: usize,
    pub(crate) watchdog: Option<JoinHandle<()>>,
    /// Whether the watchdog has taken jobs to settle or to queue again, and not yet done it.
    pub(crate) settling: bool,
    /// Whether a courier is at work on chores.
    pub(crate) calling: bool,
    /// Chores that a thread does which is not the pool's.
    pub(crate) lent: VecDeque<Callbacks>,
    /// Whether a courier waits for those.
    pub(crate) awaiting: bool,
    /// Since when limits stand still, if they do.
    pub(crate) suspended: Option<Instant>,
}

/// What a pool does with work.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    /// Accepts it.
    Open,
    /// Finishes what it has accepted.
    Draining,
    /// Drops what has not begun.
    Stopping,
    /// Can run none, and says why.
    Failed(JobError),
}

/// What a worker is to do next.
pub(crate) enum Errand {
    Work(Work),
    Chore(Callbacks),
}

impl State {
    /// A pool that has done nothing yet, with a queue for `limit` jobs.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            phase: Phase::Open,
            queue: Injector::new(limit),
            chores: VecDeque::new(),
            pauses: Pauses::default(),
            roster: Roster::default(),
            balance: Arc::default(),
            asked: Asked::default(),
            idle: 0,
            wakes: 0,
            starting: 0,
            crowd: 0,
            watchdog: None,
            settling: false,
            calling: false,
            lent: VecDeque::new(),
            awaiting: false,
            suspended: None,
        }
    }

    /// The ledger of a new thread: that of `worker`, if it is one.
    pub(crate) fn new_ledger(&self, worker: Option<WorkerId>) -> Ledger {
        Ledger::new(worker, Arc::clone(&self.balance), self.asked.clone())
    }

    /// Puts back what a worker had begun to take apart; returns what nobody will run, and why.
    pub(crate) fn put_back(&mut self, rests: Vec<Work>) -> Option<(Vec<Work>, JobError)> {
        if let Some(error) = self.refusal() {
            return Some((rests, error));
        }
        self.queue.put_back(rests);
        None
    }

    /// Why what has not begun will not begin, if the pool runs nothing any more.
    pub(crate) fn refusal(&self) -> Option<JobError> {
        match &self.phase {
            Phase::Open | Phase::Draining => None,
            Phase::Stopping => Some(JobError::Cancelled),
            Phase::Failed(error) => Some(error.clone()),
        }
    }

    /// Takes out all that has not begun, or waits for another attempt.
    pub(crate) fn take_waiting(&mut self) -> Vec<Work> {
        let mut waiting = self.queue.take_all();
        waiting.extend(self.roster.take_trays());
        waiting.extend(self.pauses.take_all());
        waiting
    }

    /// Whether something waits, on trays or elsewhere.
    pub(crate) fn has_waiting(&self) -> bool {
        self.queue.len() + self.chores.len() > 0 || self.balance.has_laden()
    }

    /// How many workers could come beside those that are awake: sleepers, and threads that have not been
    /// started.
    pub(crate) fn reserve(&self, workers: usize) -> usize {
        self.idle + workers.saturating_sub(self.roster.seated())
    }

    /// Whether a worker that has not begun is of any use.
    pub(crate) fn wants_workers(&self) -> bool {
        match self.phase {
            Phase::Open => true,
            Phase::Draining => self.has_waiting(),
            Phase::Stopping | Phase::Failed(_) => false,
        }
    }

    /// Whether nothing waits and nobody runs anything that somebody counts on.
    pub(crate) fn is_quiet(&self) -> bool {
        let waiting = self.queue.len() + self.chores.len() + self.pauses.len();
        waiting == 0 && !self.settling && self.roster.is_quiet()
    }
}

impl Phase {
    /// A phase is left only for one of a higher rank.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Open => 0,
            Self::Failed(_) => 1,
            Self::Draining => 2,
            Self::Stopping => 3,
        }
    }
}
