//! The end of a job with one item: its callbacks, and whoever waits for it.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, MutexGuard};
use std::task::Waker;
use std::time::Instant;

use crate::awake::watch_as_caller;
use crate::job::audience::{Audience, Callback, call_each};
use crate::job::cell::{JobCell, Phase, State};
use crate::job::contract::{Callbacks, Errand};
use crate::job::stored::Stored;
use crate::job::underway::{self, Part};
use crate::job::workload::Workload;
use crate::panics;

/// What a thread does for a job while it waits for it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Help {
    /// Runs it when it can be run, as a worker of its pool.
    pub(crate) runs: bool,
    /// Calls its callbacks when they wait to be called: the thread that is to call them may be this one,
    /// or wait for it.
    pub(crate) calls_back: bool,
}

impl<W: Workload> JobCell<W> {
    /// Ends the job with `stored`, unless it has ended.
    pub(super) fn end(self: &Arc<Self>, stored: Stored<W::Output>) -> Option<Callbacks> {
        let state = self.lock();
        if state.phase.is_over() {
            drop(state);
            return None;
        }
        self.end_locked(state, stored)
    }

    /// Ends a job that has not ended.
    pub(super) fn end_locked(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State<W>>,
        stored: Stored<W::Output>,
    ) -> Option<Callbacks> {
        // Dropped after the lock: destructors of inputs are user code.
        let input = state.take_input();
        state.note(&stored);
        let Some(audience) = state.called_back() else {
            self.finish(state, stored);
            panics::discard(input);
            return None;
        };
        for (bell, index) in &audience.bells {
            bell.announce(*index);
        }
        let waker = audience.waker.take();
        state.phase = Phase::Ending;
        state.put_stored(stored);
        // Who waits inside a callback calls these as well.
        self.latch.nudge(state);
        wake(waker);
        panics::discard(input);
        let cell = Arc::clone(self);
        Some(Callbacks::new(move |errand| cell.run_errand(errand)))
    }

    /// Ends the job with `stored`, unless it has ended, and calls its callbacks here. No other thread
    /// takes them over: this one, which has run the job, might have to wait for that one, and could not
    /// run meanwhile what that one waits for.
    pub(super) fn end_here(&self, stored: Stored<W::Output>) {
        let mut state = self.lock();
        if state.phase.is_over() {
            drop(state);
            return;
        }
        state.note(&stored);
        match state.called_back() {
            Some(_) => self.call(state, stored, Errand::Run),
            None => self.finish(state, stored),
        }
    }

    /// Returns false when another thread calls the callbacks at this moment.
    fn run_errand(&self, errand: Errand) -> bool {
        if self.conclude(errand) || underway::is_here(self.id) {
            return true;
        }
        if errand == Errand::RunToEnd {
            return self.wait_finished(None, Help::default());
        }
        !matches!(self.lock().phase, Phase::Calling)
    }

    /// Calls the callbacks (or drops them), and releases those who wait. Returns false when another
    /// thread does so or has done so.
    pub(super) fn conclude(&self, errand: Errand) -> bool {
        let mut state = self.lock();
        if !matches!(state.phase, Phase::Ending) {
            return false;
        }
        let Some(stored) = state.take_stored() else {
            return false;
        };
        self.call(state, stored, errand);
        true
    }

    fn call(&self, mut state: MutexGuard<'_, State<W>>, stored: Stored<W::Output>, errand: Errand) {
        state.phase = Phase::Calling;
        let part = match errand {
            Errand::TakeOver => Part::CallbacksOf(self.executor),
            _ => Part::Callbacks,
        };
        let _underway = underway::enter(self.id, part);
        let mut pending = take_callbacks(&mut state);
        drop(state);
        let outcome = stored.into_outcome(W::decode_output);
        loop {
            match errand {
                Errand::Drop => panics::discard(pending),
                _ => call_each(&outcome, pending),
            }
            let mut state = self.lock();
            // Others may have been added meanwhile.
            pending = take_callbacks(&mut state);
            if pending.is_empty() {
                return self.finish(state, Stored::from(outcome));
            }
        }
    }

    fn finish(&self, mut state: MutexGuard<'_, State<W>>, stored: Stored<W::Output>) {
        state.phase = Phase::Settled;
        state.put_stored(stored);
        let audience = state.audience.take();
        self.latch.open(state);
        if let Some(audience) = audience {
            for (bell, index) in audience.bells {
                bell.ring(index);
            }
            wake(audience.waker);
        }
    }

    /// A job that was put off is queued again: tells those who wait for it. One of them may be a
    /// worker of its own pool, which must run it rather than hold a place in the pool.
    pub(super) fn call_helpers(&self) {
        let mut state = self.lock();
        let (bells, waker) = match &mut state.audience {
            Some(audience) => (audience.bells.clone(), audience.waker.take()),
            None => (Vec::new(), None),
        };
        self.latch.nudge(state);
        for (bell, index) in bells {
            bell.ring(index);
        }
        wake(waker);
    }

    /// Waits until the job has ended, at most until `deadline`; who helps by running it waits only until
    /// it can be run. False when the time is up.
    pub(super) fn wait_finished(&self, deadline: Option<Instant>, help: Help) -> bool {
        self.attend(deadline);
        if watch_as_caller(|| self.latch.is_open()) {
            return true;
        }
        let mut state = self.lock();
        loop {
            match state.phase {
                Phase::Settled | Phase::Taken => return true,
                Phase::Queued if help.runs => return true,
                Phase::Ending if help.calls_back => {
                    drop(state);
                    self.conclude(Errand::TakeOver);
                    state = self.lock();
                    continue;
                }
                _ => {}
            }
            let (guard, in_time) = self.sleep(state, deadline);
            if !in_time {
                return false;
            }
            state = guard;
        }
    }

    /// Does what this thread can do for whoever holds the job, as long as that is anything.
    fn attend(&self, deadline: Option<Instant>) {
        let mut attended = None;
        while !self.latch.is_open() {
            let state = self.lock();
            let Phase::Held(holder, ticket) = &state.phase else {
                return;
            };
            let (holder, ticket) = (Arc::clone(holder), *ticket);
            drop(state);
            // The same again would be in vain: the end has come, and is on its way by another thread.
            if attended.replace(ticket) == Some(ticket) {
                return;
            }
            if !holder.attend(ticket, &|| self.latch.is_open(), deadline) {
                return;
            }
        }
    }

    /// Sleeps until the job has ended, or something else has changed; false when the time is up.
    pub(super) fn sleep<'a>(
        &self,
        state: MutexGuard<'a, State<W>>,
        deadline: Option<Instant>,
    ) -> (MutexGuard<'a, State<W>>, bool) {
        self.latch.sleep(state, deadline)
    }
}

impl<W: Workload> State<W> {
    fn note(&mut self, stored: &Stored<W::Output>) {
        self.failed = stored.is_failed();
        self.cancelled = stored.is_cancelled();
        let audience = self.audience.as_deref();
        if let Some(witness) = audience.and_then(|audience| audience.witness.as_ref()) {
            witness.ended(1, u32::from(self.failed), stored.error());
        }
    }

    /// The audience, if there are callbacks among it.
    fn called_back(&mut self) -> Option<&mut Audience<W::Output>> {
        let audience = self.audience.as_deref_mut();
        audience.filter(|audience| !audience.callbacks.is_empty())
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        // User code; its panic is not the job's.
        let _ = panics::catch(AssertUnwindSafe(|| waker.wake()));
    }
}

fn take_callbacks<W: Workload>(state: &mut State<W>) -> Vec<Callback<W::Output>> {
    let audience = state.audience.as_deref_mut();
    audience.map_or_else(Vec::new, |audience| std::mem::take(&mut audience.callbacks))
}
