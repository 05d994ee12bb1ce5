//! The end of a job with one item: its callbacks, and whoever waits for it.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, MutexGuard};
use std::time::Instant;

use crate::job::audience::{Callback, call_each};
use crate::job::cell::{JobCell, Phase, State};
use crate::job::contract::{Callbacks, Errand};
use crate::job::stored::Stored;
use crate::job::underway::{self, Part};
use crate::job::workload::Workload;
use crate::panics;
use crate::sync::wait_until;

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
        if matches!(
            state.phase,
            Phase::Ending | Phase::Calling | Phase::Settled | Phase::Taken
        ) {
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
        let input = state.input.take();
        state.failed = stored.is_failed();
        state.cancelled = stored.is_cancelled();
        let audience = state.audience.as_deref();
        let Some(audience) = audience.filter(|audience| !audience.callbacks.is_empty()) else {
            self.finish(state, stored);
            panics::discard(input);
            return None;
        };
        for (bell, index) in &audience.bells {
            bell.announce(*index);
        }
        state.phase = Phase::Ending;
        state.stored = Some(stored);
        drop(state);
        // Who waits inside a callback calls these as well.
        self.finished.notify_all();
        panics::discard(input);
        let cell = Arc::clone(self);
        Some(Callbacks::new(move |errand| cell.run_errand(errand)))
    }

    fn run_errand(&self, errand: Errand) {
        let concluded = self.conclude(errand);
        if !concluded && errand == Errand::RunToEnd && !underway::is_here(self.id) {
            self.wait_finished(None, Help::default());
        }
    }

    /// Calls the callbacks (or drops them), and releases those who wait. Returns false when another
    /// thread does so or has done so.
    pub(super) fn conclude(&self, errand: Errand) -> bool {
        let mut state = self.lock();
        if !matches!(state.phase, Phase::Ending) {
            return false;
        }
        let Some(stored) = state.stored.take() else {
            return false;
        };
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
                self.finish(state, Stored::from(outcome));
                return true;
            }
        }
    }

    fn finish(&self, mut state: MutexGuard<'_, State<W>>, stored: Stored<W::Output>) {
        state.phase = Phase::Settled;
        state.stored = Some(stored);
        let audience = state.audience.take();
        drop(state);
        self.finished.notify_all();
        if let Some(audience) = audience {
            for (bell, index) in audience.bells {
                bell.ring(index);
            }
            if let Some(waker) = audience.waker {
                // User code; its panic is not the job's.
                let _ = panics::catch(AssertUnwindSafe(|| waker.wake()));
            }
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
        drop(state);
        self.finished.notify_all();
        for (bell, index) in bells {
            bell.ring(index);
        }
        if let Some(waker) = waker {
            // User code; its panic is not the job's.
            let _ = panics::catch(AssertUnwindSafe(|| waker.wake()));
        }
    }

    /// Waits until the job has ended, at most until `deadline`; who helps by running it waits only until
    /// it can be run. False when the time is up.
    pub(super) fn wait_finished(&self, deadline: Option<Instant>, help: Help) -> bool {
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
            let (guard, in_time) = wait_until(&self.finished, state, deadline);
            if !in_time {
                return false;
            }
            state = guard;
        }
    }
}

fn take_callbacks<W: Workload>(state: &mut State<W>) -> Vec<Callback<W::Output>> {
    let audience = state.audience.as_deref_mut();
    audience.map_or_else(Vec::new, |audience| std::mem::take(&mut audience.callbacks))
}
