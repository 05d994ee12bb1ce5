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

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anypool_core::{Callbacks, ExecutorId, JobError, Work};

use crate::config::Config;
use crate::deadlines::Deadlines;
use crate::ledger::Ledger;
use crate::queue::Injector;
use crate::roster::Roster;
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

/// What is behind the lock.
pub(crate) struct State {
    pub(crate) phase: Phase,
    pub(crate) queue: Injector,
    /// What the watchdog settled; its callbacks are user code, so workers run them.
    pub(crate) chores: VecDeque<Callbacks>,
    pub(crate) roster: Roster,
    /// Workers asleep that no work was brought for.
    pub(crate) idle: usize,
    /// Work brought for sleepers that have not got up yet.
    pub(crate) wakes: usize,
    /// Submitters that wait for room.
    pub(crate) crowd: usize,
    pub(crate) watchdog: Option<JoinHandle<()>>,
    /// Whether the watchdog has given up jobs and not yet settled them.
    pub(crate) settling: bool,
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

impl Hub {
    pub(crate) fn new(config: Config) -> Self {
        let state = State {
            phase: Phase::Open,
            queue: Injector::new(config.queue),
            chores: VecDeque::new(),
            roster: Roster::default(),
            idle: 0,
            wakes: 0,
            crowd: 0,
            watchdog: None,
            settling: false,
            suspended: None,
        };
        Self {
            id: ExecutorId::unique(),
            owner_pid: std::process::id(),
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
        }
    }
}

impl State {
    /// Puts back what a worker had begun to take apart; returns what nobody will run, and why.
    pub(crate) fn put_back(&mut self, rests: Vec<Work>) -> Option<(Vec<Work>, JobError)> {
        match &self.phase {
            Phase::Open | Phase::Draining => {
                self.queue.put_back(rests);
                None
            }
            Phase::Stopping => Some((rests, JobError::Cancelled)),
            Phase::Failed(error) => Some((rests, error.clone())),
        }
    }

    /// Whether something waits that no sleeper was woken for.
    pub(crate) fn has_unclaimed(&self) -> bool {
        self.queue.len() + self.chores.len() > self.wakes
    }

    /// Whether a worker that has not begun is of any use.
    fn wants_workers(&self) -> bool {
        match self.phase {
            Phase::Open => true,
            Phase::Draining => self.queue.len() + self.chores.len() > 0,
            Phase::Stopping | Phase::Failed(_) => false,
        }
    }

    fn is_quiet(&self) -> bool {
        let waiting = self.queue.len() + self.chores.len();
        waiting == 0 && !self.settling && self.roster.is_quiet()
    }
}

impl Phase {
    /// A phase is left only for one of a higher rank.
    fn rank(&self) -> u8 {
        match self {
            Self::Open => 0,
            Self::Failed(_) => 1,
            Self::Draining => 2,
            Self::Stopping => 3,
        }
    }
}
