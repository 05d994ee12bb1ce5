//! How a worker that has nothing on its tray finds work, and waits for it.
//!
//! Whoever takes something looks whether anything is left: it wakes a sleeper for that, or starts a worker.

use std::collections::VecDeque;
use std::sync::{Arc, MutexGuard};

use anypool_core::{AwakeWorker, Work};

use crate::hub::Hub;
use crate::ledger::Ledger;
use crate::state::{Errand, Phase, State};
use crate::sync::{deadline_after, wait_until};

/// What a worker is to do next.
pub(crate) struct Found {
    pub(crate) errand: Errand,
    /// Whether the pool is short of workers with the rest; see [`Hub::is_short`].
    pub(crate) short: bool,
}

impl Hub {
    /// What the worker with this ledger is to do next, waiting for it; `None` when it has lost its
    /// seat.
    pub(crate) fn next(&self, ledger: &Arc<Ledger>, awake: &AwakeWorker) -> Option<Found> {
        let mut state = self.lock();
        let mut has_watched = false;
        loop {
            if let Some(errand) = self.find(&mut state, ledger) {
                let short = self.is_short(&state);
                return Some(Found { errand, short });
            }
            let is_open = matches!(state.phase, Phase::Open);
            if let Some(opened) = (is_open && !has_watched)
                .then(|| self.hatch.open())
                .flatten()
            {
                drop(state);
                awake.watch(|| opened.is_touched());
                if let Some(work) = opened.close() {
                    let (errand, short) = (Errand::Work(work), false);
                    return Some(Found { errand, short });
                }
                has_watched = true;
                state = self.lock();
                continue;
            }
            let slept;
            (state, slept) = self.sleep(state, awake);
            if !slept {
                state.roster.unseat(ledger);
                self.note_reserve(&state);
                return None;
            }
            has_watched = false;
        }
    }

    /// Something to do that is there. What is left when it has been taken is not left lying: a sleeper is
    /// woken for it, or, where there is none, the worker takes its share of a long queue along.
    fn find(&self, state: &mut State, ledger: &Ledger) -> Option<Errand> {
        if let Some(callbacks) = state.chores.pop_front() {
            self.pass_on(state);
            return Some(Errand::Chore(callbacks));
        }
        if let Some(work) = state.queue.pop() {
            if state.crowd > 0 {
                self.room.notify_one();
            }
            if state.idle > 0 {
                self.pass_on(state);
            } else if !self.is_short(state) {
                let share = self.config.share(state.queue.len());
                self.lay(state, ledger, |state| {
                    state.queue.take_some(share).collect()
                });
            }
            return Some(Errand::Work(work));
        }
        if !state.balance.has_laden() {
            return None;
        }
        let mut taken = state.roster.take_half_of_a_tray();
        let work = taken.pop_front()?;
        self.lay(state, ledger, |_| taken);
        self.pass_on(state);
        Some(Errand::Work(work))
    }

    /// Whether something is left that nobody comes for, though another worker could be started. Whoever has
    /// queued it saw a sleeper or one who was on the way; but there were not enough of them for all of it.
    pub(crate) fn is_short(&self, state: &State) -> bool {
        let coming = state.idle + state.wakes + state.starting;
        coming == 0 && state.roster.seated() < self.config.workers && state.has_waiting()
    }

    /// Puts one job from the queue behind what is on the tray, so that jobs that submit jobs without end
    /// leave room for others.
    pub(crate) fn top_up(&self, ledger: &Ledger) {
        let mut state = self.lock();
        self.lay(&mut state, ledger, |state| {
            state.queue.pop().into_iter().collect()
        });
        if state.crowd > 0 {
            self.room.notify_one();
        }
    }

    fn lay(
        &self,
        state: &mut State,
        ledger: &Ledger,
        take: impl FnOnce(&mut State) -> VecDeque<Work>,
    ) {
        let works = take(state);
        if !works.is_empty()
            && let Err(works) = ledger.lay(works)
        {
            // Its worker has lost its place just now.
            state.queue.put_back(works.into());
        }
    }

    /// Wakes a sleeper if something is left to do that nobody was woken for.
    fn pass_on(&self, state: &mut State) {
        if state.idle > 0 && state.wakes == 0 && state.has_waiting() {
            state.idle -= 1;
            state.wakes += 1;
            self.note_reserve(state);
            self.wake_one();
        }
    }

    /// Sleeps until there is work; false when none will come, or none came for `keep_alive`.
    fn sleep<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        awake: &AwakeWorker,
    ) -> (MutexGuard<'a, State>, bool) {
        let until = self.config.keep_alive.and_then(deadline_after);
        state.idle += 1;
        self.note_reserve(&state);
        // After that: who has put something on a tray just before may have seen nobody who could come.
        if state.balance.has_laden() {
            state.idle -= 1;
            self.note_reserve(&state);
            return (state, true);
        }
        loop {
            if state.wakes > 0 {
                // Whoever added the wake has taken a sleeper off `idle`.
                state.wakes -= 1;
                return (state, true);
            }
            let (guard, in_time) = match state.phase {
                Phase::Open => awake.sleep(|| wait_until(&self.work_ready, state, until)),
                _ => (state, false),
            };
            state = guard;
            if !in_time && state.wakes == 0 {
                state.idle -= 1;
                self.note_reserve(&state);
                return (state, false);
            }
        }
    }
}
