//! A job with one item: the place that its executor and its handle share.
//!
//! ```text
//!   Queued ──run──▶ Running ──settle──▶ Ending ──callbacks ran──▶ Settled ──take──▶ Taken
//!     │  ▲                                 ▲                         ▲
//!   hold take_back                         │ (with callbacks)        │ (without)
//!     ▼  │                                 │                         │
//!    Held ───────────────settle────────────┴─────────────────────────┘
//! ```
//!
//! Every change of phase happens under the lock; user code (the task, callbacks, destructors of
//! inputs) runs outside. Whoever leaves `Queued`, `Held` or `Running` by settling wins.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::codec::CodecError;
use crate::context::Context;
use crate::host::JobId;
use crate::job::audience::{Audience, Callback, call_each};
use crate::job::contract::{
    Callbacks, ExecutorId, Holder, Job, JobOptions, Settlement, next_job_id,
};
use crate::job::stored::Stored;
use crate::job::workload::Workload;
use crate::job_error::JobError;
use crate::panics;
use crate::sync::{lock, wait_until};
use crate::task::entry::TaskEntry;

/// A job with one item.
pub(crate) struct JobCell<W: Workload> {
    pub(super) id: JobId,
    pub(super) executor: ExecutorId,
    pub(crate) owner_pid: u32,
    options: JobOptions,
    entry: Option<&'static TaskEntry>,
    pub(super) state: Mutex<State<W>>,
    pub(super) finished: Condvar,
}

pub(super) struct State<W: Workload> {
    pub(super) phase: Phase,
    workload: Option<W>,
    pub(super) stored: Option<Stored<W::Output>>,
    pub(super) failed: bool,
    cancelled: bool,
    pub(super) audience: Option<Box<Audience<W::Output>>>,
}

pub(super) enum Phase {
    Queued,
    Held(Arc<dyn Holder>, u64),
    Running,
    Ending,
    Settled,
    Taken,
}

impl<W: Workload> JobCell<W> {
    pub(crate) fn new(
        workload: W,
        entry: Option<&'static TaskEntry>,
        executor: ExecutorId,
        options: JobOptions,
    ) -> Arc<Self> {
        Arc::new(Self {
            id: next_job_id(),
            executor,
            owner_pid: std::process::id(),
            options,
            entry,
            state: Mutex::new(State {
                phase: Phase::Queued,
                workload: Some(workload),
                stored: None,
                failed: false,
                cancelled: false,
                audience: None,
            }),
            finished: Condvar::new(),
        })
    }

    /// The workload of a job that was refused.
    pub(crate) fn reclaim(&self) -> Option<W> {
        self.lock().workload.take()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State<W>> {
        lock(&self.state)
    }

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
    fn end_locked(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State<W>>,
        stored: Stored<W::Output>,
    ) -> Option<Callbacks> {
        // Dropped after the lock: destructors of inputs are user code.
        let workload = state.workload.take();
        let callbacks = match &mut state.audience {
            Some(audience) => std::mem::take(&mut audience.callbacks),
            None => Vec::new(),
        };
        state.failed = stored.is_failed();
        state.cancelled = stored.is_cancelled();
        if callbacks.is_empty() {
            self.finish(state, stored);
            panics::discard(workload);
            return None;
        }
        state.phase = Phase::Ending;
        drop(state);
        panics::discard(workload);
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

    /// Waits until the job has ended, at most until `deadline`.
    pub(super) fn wait_finished(&self, deadline: Option<Instant>) -> bool {
        let mut state = self.lock();
        loop {
            if matches!(state.phase, Phase::Settled | Phase::Taken) {
                return true;
            }
            let (guard, in_time) = wait_until(&self.finished, state, deadline);
            if !in_time {
                return false;
            }
            state = guard;
        }
    }

    /// Cancels the job if it has not started.
    pub(super) fn try_cancel(self: &Arc<Self>) -> bool {
        let state = self.lock();
        let free = match &state.phase {
            Phase::Queued => true,
            Phase::Held(holder, ticket) => holder.take_back(*ticket),
            Phase::Running => false,
            Phase::Ending | Phase::Settled | Phase::Taken => return state.cancelled,
        };
        if !free {
            return false;
        }
        if let Some(callbacks) = self.end_locked(state, Stored::Failed(JobError::Cancelled)) {
            callbacks.run();
        }
        true
    }
}

impl<W: Workload> Job for JobCell<W> {
    fn id(&self) -> JobId {
        self.id
    }

    fn options(&self) -> JobOptions {
        self.options
    }

    fn entry(&self) -> Option<&'static TaskEntry> {
        self.entry
    }

    fn items(&self) -> u32 {
        1
    }

    fn is_settled(&self, _: u32) -> bool {
        let phase = &self.lock().phase;
        matches!(phase, Phase::Ending | Phase::Settled | Phase::Taken)
    }

    fn encode_input(&self, _: u32, buf: &mut Vec<u8>) -> Result<(), CodecError> {
        // Taken out meanwhile: the user's `Serialize` must not run under the lock.
        let Some(workload) = self.reclaim() else {
            return Err(CodecError::NoEncodedForm);
        };
        let encoded = workload.encode_input(buf);
        self.lock().workload = Some(workload);
        encoded
    }

    fn forget_input(&self) {
        drop(self.reclaim());
    }

    fn run(self: Arc<Self>, _: u32, ctx: &Context) {
        let mut state = self.lock();
        if !matches!(state.phase, Phase::Queued) {
            return;
        }
        let Some(workload) = state.workload.take() else {
            return;
        };
        state.phase = Phase::Running;
        drop(state);
        let deadline = ctx.deadline_of(self.options.timeout);
        let previous = ctx.enter(self.id, 1, deadline);
        let ran = panics::catch(AssertUnwindSafe(|| workload.run(ctx)));
        ctx.leave(&previous);
        let stored = match ran {
            Ok(Ok(value)) => Stored::Value(value),
            Ok(Err(error)) => Stored::Failed(JobError::Codec(error)),
            Err(unwound) => Stored::Failed(unwound.into()),
        };
        if let Some(callbacks) = self.end(stored) {
            callbacks.run();
        }
    }

    fn settle(self: Arc<Self>, _: u32, how: Settlement, _: Duration) -> Option<Callbacks> {
        self.end(how.into())
    }

    fn settle_unstarted(self: Arc<Self>, _: u32, error: JobError) -> Option<Callbacks> {
        let state = self.lock();
        if !matches!(state.phase, Phase::Queued) {
            return None;
        }
        self.end_locked(state, Stored::Failed(error))
    }

    fn hold(&self, holder: Arc<dyn Holder>, ticket: u64) -> bool {
        let mut state = self.lock();
        let free = matches!(state.phase, Phase::Queued);
        if free {
            state.phase = Phase::Held(holder, ticket);
        }
        free
    }

    fn take_back(&self, ticket: u64) -> bool {
        let mut state = self.lock();
        let Phase::Held(holder, held) = &state.phase else {
            return false;
        };
        let free = *held == ticket && holder.take_back(ticket);
        if free {
            state.phase = Phase::Queued;
        }
        free
    }
}
