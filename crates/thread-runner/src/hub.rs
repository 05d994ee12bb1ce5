//! What a pool's threads share: one lock over queue, seats and phase, and who sleeps on what.
//!
//! - A worker with nothing to do waits awake for a moment, at the `hatch`, one at a time; what is submitted
//!   meanwhile is handed to it without the lock. The hatch is opened and closed under the lock, while the
//!   queue is empty and the pool is open; so whoever queues anything, or turns the pool to its end, finds
//!   it open and calls the worker away from it, and nothing overtakes what waits.
//! - Then it sleeps on `work_ready`. Whoever brings work takes one sleeper off `idle` and adds a *wake*,
//!   unless one is on its way already; the sleeper that takes the wake comes for the work, and wakes the
//!   next if it leaves any. So nobody is woken for nothing, and a submitter wakes one at most.
//! - What is on a worker's tray, others come for when they have nothing to do. Who puts something there looks
//!   whether somebody sleeps, and who is about to sleep looks at the trays; see `tray`.
//! - Submitters sleep on `room`; whoever takes work from a queue that somebody waits for wakes one.
//! - Those who shut down sleep on `quiet`; it is rung when a thread leaves and when a worker that
//!   was abandoned ends a piece of work.
//!
//! A worker that finds no work gives up its seat under the same lock, so work that is queued later
//! finds the seat free. No user code runs under the lock.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use anypool_core::{ExecutorId, Work, process_id};

use crate::config::Config;
use crate::deadlines::Deadlines;
use crate::state::{Phase, State};
use crate::stats::ThreadPoolStats;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{deadline_after, lock, wait_until};
use crate::sys::hatch::Hatch;
use crate::trace::Spans;
use crate::tray::Balance;

/// What a pool's threads share.
pub(crate) struct Hub {
    pub(crate) id: ExecutorId,
    pub(crate) owner_pid: u32,
    pub(crate) config: Config,
    pub(crate) deadlines: Deadlines,
    pub(crate) spans: Spans,
    state: Mutex<State>,
    pub(crate) hatch: Hatch<Work>,
    pub(crate) work_ready: Condvar,
    pub(crate) room: Condvar,
    pub(crate) balance: Arc<Balance>,
    is_open: AtomicBool,
    quiet: Condvar,
}

impl Hub {
    pub(crate) fn new(config: Config) -> Self {
        let state = State::new(config.queue);
        let balance = Arc::clone(&state.balance);
        balance.set_reserve(state.reserve(config.workers));
        Self {
            id: ExecutorId::unique(),
            owner_pid: process_id(),
            config,
            deadlines: Deadlines::default(),
            spans: Spans::current(),
            state: Mutex::new(state),
            hatch: Hatch::new(),
            balance,
            is_open: AtomicBool::new(true),
            work_ready: Condvar::new(),
            room: Condvar::new(),
            quiet: Condvar::new(),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Says how many workers could come. To be called whenever that has changed, under the lock.
    pub(crate) fn note_reserve(&self, state: &State) {
        self.balance.set_reserve(state.reserve(self.config.workers));
    }

    /// Whether the pool accepts work.
    pub(crate) fn is_open(&self) -> bool {
        // Relaxed: it is asked by a job of the pool, and who waits for the pool's end waits for that job.
        self.is_open.load(Ordering::Relaxed)
    }

    /// Wakes the sleeper that a wake was added for.
    pub(crate) fn wake_one(&self) {
        self.work_ready.notify_one();
    }

    /// Tells all submitters that the queue has room.
    pub(crate) fn ring_room(&self) {
        self.room.notify_all();
    }

    /// Waits for room in the queue, at most until `deadline`; false when it has passed.
    pub(crate) fn wait_room<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        deadline: Option<Instant>,
    ) -> (MutexGuard<'a, State>, bool) {
        state.crowd += 1;
        let (mut state, in_time) = wait_until(&self.room, state, deadline);
        state.crowd -= 1;
        (state, in_time)
    }

    /// Waits for `pause`; false when a starting worker is not wanted any more.
    pub(crate) fn pause(&self, pause: Duration) -> bool {
        let until = deadline_after(pause);
        let mut state = self.lock();
        while state.wants_workers() {
            let (guard, in_time) = wait_until(&self.quiet, state, until);
            if !in_time {
                return true;
            }
            state = guard;
        }
        false
    }

    /// Waits until nothing runs and no thread is left that somebody counts on, at most until
    /// `deadline`.
    pub(crate) fn wait_quiet(&self, deadline: Option<Instant>) -> bool {
        let mut state = self.lock();
        while !state.is_quiet() {
            let (guard, in_time) = wait_until(&self.quiet, state, deadline);
            if !in_time {
                return false;
            }
            state = guard;
        }
        true
    }

    /// Turns to `phase` unless the pool has come further, and tells everybody who sleeps.
    pub(crate) fn turn_to(&self, state: &mut State, phase: Phase) {
        if phase.rank() > state.phase.rank() {
            state.phase = phase;
        }
        self.is_open
            .store(matches!(state.phase, Phase::Open), Ordering::Relaxed);
        self.hatch.call();
        self.work_ready.notify_all();
        self.room.notify_all();
        self.quiet.notify_all();
    }

    /// Tells those who shut down to look again; ends the watchdog when nothing will run any more.
    pub(crate) fn ring_quiet(&self, state: &State) {
        if !matches!(state.phase, Phase::Open) && state.is_quiet() {
            self.deadlines.close();
        }
        self.quiet.notify_all();
    }

    /// The pool at this moment.
    pub(crate) fn stats(&self) -> ThreadPoolStats {
        let state = self.lock();
        let asleep = state.idle + state.wakes;
        let asked = state.asked.ask();
        ThreadPoolStats {
            jobs: state.roster.running(asked),
            queued: state.queue.len() + state.roster.laid(),
            running: state.roster.seated().saturating_sub(asleep),
            idle: asleep,
            started: state.roster.started(),
            leaked: state.roster.abandoned(),
            retrying: state.pauses.len(),
        }
    }
}
