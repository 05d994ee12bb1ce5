//! A job as its handle sees it: with the type of its value, without that of its input.

use std::sync::Arc;
use std::task::Waker;
use std::time::Instant;

use crate::bell::Bell;
use crate::host::JobId;
use crate::job::audience::{Callback, call_each};
use crate::job::cell::{JobCell, Phase};
use crate::job::contract::{Errand, ExecutorId, Job};
use crate::job::ending::Help;
use crate::job::stored::Stored;
use crate::job::workload::Workload;
use crate::job_error::Outcome;

/// The handle's side of a [`JobCell`].
pub(crate) trait Outlet<T>: Send + Sync {
    fn id(&self) -> JobId;
    fn executor(&self) -> ExecutorId;
    fn owner_pid(&self) -> u32;
    /// The phase, as a word for people.
    fn phase(&self) -> &'static str;
    fn is_finished(&self) -> bool;
    /// Whether that can be seen at a glance; it may have ended without.
    fn is_seen_finished(&self) -> bool;
    /// Whether the outcome has been taken.
    fn is_taken(&self) -> bool;
    /// Whether there is no value, which may first have to be decoded.
    fn is_failed(&self) -> bool;
    /// Waits until the job has ended, at most until `deadline`; who helps by running it waits only until
    /// it can be run. False when the time is up.
    fn wait(&self, deadline: Option<Instant>, help: Help) -> bool;
    /// Calls the callbacks of a job that waits for that.
    fn call_back(&self);
    /// The outcome of a finished job, once.
    fn take(&self) -> Option<Outcome<T>>;
    /// The same as it is: a value may be encoded.
    fn take_stored(&self) -> Option<Stored<T>>;
    /// Wakes `waker` at the end; false when the end has come.
    fn register(&self, waker: &Waker) -> bool;
    fn watch(&self, bell: &Arc<Bell>, index: usize);
    fn unwatch(&self, bell: &Arc<Bell>);
    fn on_done(&self, callback: Callback<T>);
    fn cancel(self: Arc<Self>) -> bool;
    fn kill(self: Arc<Self>) -> bool;
    fn into_job(self: Arc<Self>) -> Arc<dyn Job>;
}

impl<W: Workload> Outlet<W::Output> for JobCell<W> {
    fn id(&self) -> JobId {
        self.id
    }

    fn executor(&self) -> ExecutorId {
        self.executor
    }

    fn owner_pid(&self) -> u32 {
        self.owner_pid
    }

    fn phase(&self) -> &'static str {
        let state = self.lock();
        match (&state.phase, state.stored()) {
            (Phase::Queued, _) => "queued",
            (Phase::Held(..), _) => "sent",
            (Phase::Running, _) => "running",
            (Phase::Paused, _) => "paused",
            (Phase::Ending | Phase::Calling, _) => "ending",
            (Phase::Taken, _) => "taken",
            (Phase::Settled, Some(stored)) if stored.is_cancelled() => "cancelled",
            (Phase::Settled, _) if state.failed => "failed",
            (Phase::Settled, _) => "done",
        }
    }

    fn is_finished(&self) -> bool {
        self.latch.is_open() || matches!(self.lock().phase, Phase::Settled | Phase::Taken)
    }

    fn is_seen_finished(&self) -> bool {
        self.latch.is_open()
    }

    fn is_taken(&self) -> bool {
        matches!(self.lock().phase, Phase::Taken)
    }

    fn is_failed(&self) -> bool {
        let mut state = self.lock();
        // Another thread is decoding the value; nobody takes it while handles are lent to both.
        while matches!(state.phase, Phase::Settled) && state.stored().is_none() {
            (state, _) = self.sleep(state, None);
        }
        if !matches!(state.phase, Phase::Settled) || !state.stored().is_some_and(Stored::is_encoded)
        {
            return state.failed;
        }
        let Some(stored) = state.take_stored() else {
            return state.failed;
        };
        drop(state);
        let stored = Stored::from(stored.into_outcome(W::decode_output));
        let failed = stored.is_failed();
        let mut state = self.lock();
        state.put_stored(stored);
        state.failed = failed;
        self.latch.nudge(state);
        failed
    }

    fn wait(&self, deadline: Option<Instant>, help: Help) -> bool {
        self.wait_finished(deadline, help)
    }

    fn call_back(&self) {
        self.conclude(Errand::TakeOver);
    }

    fn take(&self) -> Option<Outcome<W::Output>> {
        let stored = self.take_stored();
        stored.map(|stored| stored.into_outcome(W::decode_output))
    }

    fn take_stored(&self) -> Option<Stored<W::Output>> {
        let mut state = self.lock();
        if !matches!(state.phase, Phase::Settled) {
            return None;
        }
        state.phase = Phase::Taken;
        state.take_stored()
    }

    fn register(&self, waker: &Waker) -> bool {
        // Cloned before the lock, and the old one dropped after it: both are user code.
        let waker = waker.clone();
        let mut state = self.lock();
        if matches!(state.phase, Phase::Settled | Phase::Taken) {
            return false;
        }
        let old = state.audience.get_or_insert_default().waker.replace(waker);
        drop(state);
        drop(old);
        true
    }

    fn watch(&self, bell: &Arc<Bell>, index: usize) {
        let mut state = self.lock();
        if matches!(state.phase, Phase::Settled | Phase::Taken) {
            drop(state);
            bell.ring(index);
            return;
        }
        if matches!(state.phase, Phase::Ending) {
            bell.announce(index);
        }
        let audience = state.audience.get_or_insert_default();
        audience.bells.push((Arc::clone(bell), index));
    }

    fn unwatch(&self, bell: &Arc<Bell>) {
        if let Some(audience) = &mut self.lock().audience {
            audience
                .bells
                .retain(|(other, _)| !Arc::ptr_eq(other, bell));
        }
    }

    fn on_done(&self, callback: Callback<W::Output>) {
        let mut state = self.lock();
        if !matches!(state.phase, Phase::Settled) {
            let audience = state.audience.get_or_insert_default();
            audience.callbacks.push(callback);
            return;
        }
        // The caller has the only handle and lends it to this call, so nobody misses the outcome
        // while the callback looks at it.
        let stored = state.take_stored();
        drop(state);
        let Some(stored) = stored else { return };
        let outcome = stored.into_outcome(W::decode_output);
        call_each(&outcome, vec![callback]);
        self.lock().put_stored(Stored::from(outcome));
    }

    fn cancel(self: Arc<Self>) -> bool {
        self.try_cancel()
    }

    fn kill(self: Arc<Self>) -> bool {
        self.try_kill()
    }

    fn into_job(self: Arc<Self>) -> Arc<dyn Job> {
        self
    }
}
