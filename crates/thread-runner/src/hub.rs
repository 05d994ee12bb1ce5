//! What a pool's threads share: one lock over queue, seats and phase, and who sleeps on what.
//!
//! - Workers sleep on `work_ready`. Whoever brings work takes one of them off `idle` and adds a
//!   *wake*; the sleeper that takes the wake comes for the work. So two submissions never count on
//!   the same sleeper, and nobody is woken for nothing.
//! - Submitters sleep on `room`; whoever takes work from a queue that somebody waits for wakes one.
//! - Those who shut down sleep on `quiet`; it is rung when a thread leaves and when a worker that
//!   was abandoned ends a piece of work.
//!
//! A worker that finds no work gives up its seat under the same lock, so work that is queued later
//! finds the seat free. No user code runs under the lock.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use anypool_core::{ExecutorId, process_id};

use crate::config::Config;
use crate::deadlines::Deadlines;
use crate::ledger::Ledger;
use crate::state::{Errand, Phase, State};
use crate::stats::ThreadPoolStats;
use crate::sync::{deadline_after, lock, wait_until};

/// What a pool's threads share.
pub(crate) struct Hub {
    pub(crate) id: ExecutorId,
    pub(crate) owner_pid: u32,
    pub(crate) config: Config,
    pub(crate) deadlines: Deadlines,
    state: Mutex<State>,
    work_ready: Condvar,
    room: Condvar,
    quiet: Condvar,
}

impl Hub {
    pub(crate) fn new(config: Config) -> Self {
        let state = State::new(config.queue);
        Self {
            id: ExecutorId::unique(),
            owner_pid: process_id(),
            config,
            deadlines: Deadlines::default(),
            state: Mutex::new(state),
            work_ready: Condvar::new(),
            room: Condvar::new(),
            quiet: Condvar::new(),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// What the worker with this ledger is to do next, waiting for it; `None` when it has lost its
    /// seat.
    pub(crate) fn next(&self, ledger: &Arc<Ledger>) -> Option<Errand> {
        let mut state = self.lock();
        loop {
            if let Some(callbacks) = state.chores.pop_front() {
                return Some(Errand::Chore(callbacks));
            }
            if let Some(work) = state.queue.pop() {
                if state.crowd > 0 {
                    self.room.notify_one();
                }
                return Some(Errand::Work(work));
            }
            let slept;
            (state, slept) = self.sleep(state);
            if !slept {
                state.roster.unseat(ledger);
                return None;
            }
        }
    }

    /// Sleeps until there is work; false when none will come, or none came for `keep_alive`.
    fn sleep<'a>(&self, mut state: MutexGuard<'a, State>) -> (MutexGuard<'a, State>, bool) {
        let until = self.config.keep_alive.and_then(deadline_after);
        state.idle += 1;
        loop {
            if state.wakes > 0 {
                // Whoever added the wake has taken a sleeper off `idle`.
                state.wakes -= 1;
                return (state, true);
            }
            let (guard, in_time) = match state.phase {
                Phase::Open => wait_until(&self.work_ready, state, until),
                _ => (state, false),
            };
            state = guard;
            if !in_time && state.wakes == 0 {
                state.idle -= 1;
                return (state, false);
            }
        }
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
        ThreadPoolStats {
            queued: state.queue.len(),
            running: state.roster.seated().saturating_sub(asleep),
            idle: asleep,
            started: state.roster.started(),
            leaked: state.roster.abandoned(),
            retrying: state.pauses.len(),
        }
    }
}
