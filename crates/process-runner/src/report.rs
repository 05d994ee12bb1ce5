//! What a pool tells of itself: its figures while it runs, and what it had to end when it stopped.
//!
//! Some figures are kept here as they change: those that change when workers come and go. The others
//! are taken only when somebody asks, so that they cost nothing while nobody does: the asker leaves a
//! note for the supervisor and waits for the answer, for a bounded time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anypool_core::JobId;

use crate::acting::acts_for;
use crate::stats::ProcessPoolStats;

/// How long the supervisor may take to answer; it never waits for anybody, but the machine may be busy.
const ANSWER_PATIENCE: Duration = Duration::from_secs(1);

/// What was ended when a pool stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StopReport {
    /// Jobs that had not started and were cancelled.
    pub cancelled: usize,
    /// Jobs that ran, with the processes that were ended for it.
    pub killed: Vec<KilledJob>,
    /// What did not come to an end in time, and goes on without the pool.
    pub left_behind: Vec<LeftBehind>,
}

/// Something that kept a pool from ending, until the pool waited no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeftBehind {
    /// The kernel did not end a process that was killed.
    Process {
        /// The process.
        pid: u32,
    },
    /// The host did not come back from a write. What else was printed is lost.
    Output {
        /// How many blocks of lines the host has not been given.
        undelivered: usize,
    },
    /// The hook for events did not come back.
    Events {
        /// How many events it has not been told.
        untold: usize,
    },
    /// A callback did not come back. The job it was called for releases nobody who waits for it until it
    /// does; other jobs' callbacks are dropped uncalled.
    Callbacks {
        /// How many jobs' callbacks have not been called.
        uncalled: usize,
    },
}

/// A job that ran when its pool stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KilledJob {
    /// The job.
    pub job: JobId,
    /// The worker process that was ended.
    pub pid: u32,
}

/// What the supervisor and the pool's handle share beside the inbox.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Rung at the pool's end and when figures have been taken.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stats: ProcessPoolStats,
    /// When those of them were taken that are not kept.
    taken: Option<Instant>,
    inquiry: Inquiry,
    report: StopReport,
    finished: bool,
}

/// Who has asked for figures, and who has been answered.
#[derive(Debug, Default)]
struct Inquiry {
    /// How many have asked, and how many of them have been answered.
    asked: u64,
    answered: u64,
    /// Whether a note is on its way.
    noted: bool,
    /// No more answers will come.
    closed: bool,
}

impl Shared {
    /// The figures that are kept, and of the others the last ones.
    pub(crate) fn stats(&self) -> ProcessPoolStats {
        self.lock().stats_now()
    }

    /// All figures, fresh unless the supervisor cannot answer in time; `post` leaves it a note.
    pub(crate) fn inquire(&self, post: impl FnOnce()) -> ProcessPoolStats {
        let mut state = self.lock();
        if state.inquiry.closed || self.is_own_thread() {
            return state.stats_now();
        }
        state.inquiry.asked += 1;
        let number = state.inquiry.asked;
        if !std::mem::replace(&mut state.inquiry.noted, true) {
            drop(state);
            post();
            state = self.lock();
        }
        let unanswered = |state: &mut State| {
            let inquiry = &state.inquiry;
            inquiry.answered < number && !inquiry.closed
        };
        let waited = self
            .changed
            .wait_timeout_while(state, ANSWER_PATIENCE, unanswered);
        let state = waited.unwrap_or_else(PoisonError::into_inner).0;
        let mut stats = state.stats_now();
        if state.inquiry.answered >= number {
            stats.age = Duration::ZERO;
        }
        stats
    }

    /// Whether this thread acts for the pool, and runs a waker: it cannot wait for itself.
    pub(crate) fn is_own_thread(&self) -> bool {
        acts_for(std::ptr::from_ref(self).addr())
    }

    /// Before figures are taken: how many have asked for them. Whoever asks later leaves a new note.
    pub(crate) fn begin_answer(&self) -> u64 {
        let mut state = self.lock();
        state.inquiry.noted = false;
        state.inquiry.asked
    }

    /// Answers the first `asked` who have asked; `fill` puts the figures in.
    pub(crate) fn answer(&self, asked: u64, fill: impl FnOnce(&mut ProcessPoolStats)) {
        let mut state = self.lock();
        fill(&mut state.stats);
        state.taken = Some(Instant::now());
        state.inquiry.answered = asked;
        drop(state);
        self.changed.notify_all();
    }

    /// No more answers will come: these are the last figures.
    pub(crate) fn close_inquiries(&self) {
        let mut state = self.lock();
        state.inquiry.closed = true;
        state.taken = None;
        drop(state);
        self.changed.notify_all();
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut ProcessPoolStats)) {
        change(&mut self.lock().stats);
    }

    pub(crate) fn note(&self, change: impl FnOnce(&mut StopReport)) {
        change(&mut self.lock().report);
    }

    /// The supervisor has ended the pool.
    pub(crate) fn finish(&self) {
        let mut state = self.lock();
        state.finished = true;
        state.inquiry.closed = true;
        state.stats.pids.clear();
        drop(state);
        self.changed.notify_all();
    }

    /// Waits until the pool has ended, at most until `deadline`; the report then, if it has.
    pub(crate) fn wait_finished(&self, deadline: Option<Instant>) -> Option<StopReport> {
        let mut state = self.lock();
        while !state.finished {
            state = match deadline {
                None => self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return None;
                    }
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        Some(state.report.clone())
    }

    /// The report so far.
    pub(crate) fn report(&self) -> StopReport {
        self.lock().report.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn stats_now(&self) -> ProcessPoolStats {
        ProcessPoolStats {
            age: self.taken.map_or(Duration::ZERO, |at| at.elapsed()),
            ..self.stats.clone()
        }
    }
}
