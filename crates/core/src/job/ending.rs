//! The end of a job with one item: its callbacks, and whoever waits for it.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, MutexGuard};
use std::time::Instant;

use crate::job::audience::{Callback, call_each};
use crate::job::cell::{JobCell, Phase, State};
use crate::job::contract::Callbacks;
use crate::job::stored::Stored;
use crate::job::workload::Workload;
use crate::panics;
use crate::sync::wait_until;

impl<W: Workload> JobCell<W> {
    /// Ends the job with `stored`, unless it has ended.
    pub(super) fn end(self: &Arc<Self>, stored: Stored<W::Output>) -> Option<Callbacks> {
        let state = self.lock();
        if matches!(state.phase, Phase::Ending | Phase::Settled | Phase::Taken) {
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
        let callbacks = match &mut state.audience {
            Some(audience) => std::mem::take(&mut audience.callbacks),
            None => Vec::new(),
        };
        state.failed = stored.is_failed();
        state.cancelled = stored.is_cancelled();
        if callbacks.is_empty() {
            self.finish(state, stored);
            panics::discard(input);
            return None;
        }
        state.phase = Phase::Ending;
        drop(state);
        panics::discard(input);
        let cell = Arc::clone(self);
        Some(Callbacks::new(move |run| {
            cell.call_back(stored, callbacks, run);
        }))
    }

    fn call_back(&self, stored: Stored<W::Output>, callbacks: Vec<Callback<W::Output>>, run: bool) {
        let mut pending = callbacks;
        let outcome = stored.into_outcome(W::decode_output);
        loop {
            if run {
                call_each(&outcome, pending);
            } else {
                panics::discard(pending);
            }
            let mut state = self.lock();
            // Others may have been added meanwhile.
            pending = match &mut state.audience {
                Some(audience) => std::mem::take(&mut audience.callbacks),
                None => Vec::new(),
            };
            if pending.is_empty() {
                return self.finish(state, Stored::from(outcome));
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

    /// Waits until the job has ended, at most until `deadline`; who `helps` waits only until it can
    /// be run. False when the time is up.
    pub(super) fn wait_finished(&self, deadline: Option<Instant>, helps: bool) -> bool {
        let mut state = self.lock();
        loop {
            if matches!(state.phase, Phase::Settled | Phase::Taken)
                || (helps && matches!(state.phase, Phase::Queued))
            {
                return true;
            }
            let (guard, in_time) = wait_until(&self.finished, state, deadline);
            if !in_time {
                return false;
            }
            state = guard;
        }
    }
}
