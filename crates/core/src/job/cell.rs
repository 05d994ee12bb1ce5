//! A job with one item: the place that its executor and its handle share.
//!
//! ```text
//!   Queued ──run──▶ Running ──settle──▶ Ending ──▶ Calling ──called──▶ Settled ──take──▶ Taken
//!     │  ▲                                 ▲                              ▲
//!   hold take_back                         │ (with callbacks)             │ (without)
//!     ▼  │                                 │                              │
//!    Held ───────────────settle────────────┴──────────────────────────────┘
//!
//!   Running ──attempt failed──▶ Paused ──resume──▶ Queued
//! ```
//!
//! (`take_back` for what has not started there, `release` for what failed there and is tried again. A
//! paused job waits for its next attempt; it can be cancelled as if it were queued, but nobody runs it.)
//!
//! Every change of phase happens under the lock; user code (the task, callbacks, destructors of
//! inputs) runs outside. Whoever leaves `Queued`, `Held` or `Running` by settling wins, and whoever
//! leaves `Ending` calls the callbacks: the thread that the executor has for them, or one that waits for
//! the job and may keep that thread from coming (see `ending`).

use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use crate::codec::CodecError;
use crate::host::JobId;
use crate::job::audience::Audience;
use crate::job::contract::{ExecutorId, Holder, next_job_id};
use crate::job::input::Input;
use crate::job::options::JobOptions;
use crate::job::stored::Stored;
use crate::job::workload::Workload;
use crate::sync::lock;
use crate::task::entry::TaskEntry;

/// A job with one item.
pub(crate) struct JobCell<W: Workload> {
    pub(super) id: JobId,
    pub(super) executor: ExecutorId,
    pub(crate) owner_pid: u32,
    /// `None` for the default, which most jobs have: a million of them may wait.
    pub(super) options: Option<Box<JobOptions>>,
    pub(super) entry: Option<&'static TaskEntry>,
    pub(super) state: Mutex<State<W>>,
    pub(super) finished: Condvar,
}

pub(super) struct State<W: Workload> {
    pub(super) phase: Phase,
    pub(super) input: Option<Input<W>>,
    pub(super) stored: Option<Stored<W::Output>>,
    pub(super) failed: bool,
    pub(super) cancelled: bool,
    /// Whether somebody has asked for the end of the job while it ran.
    pub(super) doomed: bool,
    /// Whether an attempt has been made, and failed.
    pub(super) tried: bool,
    pub(super) audience: Option<Box<Audience<W::Output>>>,
}

pub(super) enum Phase {
    Queued,
    Held(Arc<dyn Holder>, u64),
    Running,
    Paused,
    /// Its callbacks wait to be called.
    Ending,
    /// They are being called.
    Calling,
    Settled,
    Taken,
}

impl Phase {
    /// Whether the outcome is known, though there may be callbacks that have not seen it.
    pub(super) fn is_over(&self) -> bool {
        matches!(
            self,
            Self::Ending | Self::Calling | Self::Settled | Self::Taken
        )
    }
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
            options: (options != JobOptions::default()).then(|| Box::new(options)),
            entry,
            state: Mutex::new(State {
                phase: Phase::Queued,
                input: Some(Input::Whole(workload)),
                stored: None,
                failed: false,
                cancelled: false,
                doomed: false,
                tried: false,
                audience: None,
            }),
            finished: Condvar::new(),
        })
    }

    /// Keeps the input in encoded form if the job may be tried again, before it is submitted.
    pub(crate) fn keep_input(&self) -> Result<(), CodecError> {
        let tries_again = |options: &JobOptions| options.retries.count > 0;
        if !self.options.as_deref().is_some_and(tries_again) {
            return Ok(());
        }
        // Taken out meanwhile: the user's `Serialize` must not run under the lock.
        let Some(workload) = self.reclaim() else {
            return Ok(());
        };
        let (input, kept) = match Input::kept(workload) {
            Ok(input) => (input, Ok(())),
            Err((error, workload)) => (Input::Whole(workload), Err(error)),
        };
        self.lock().input = Some(input);
        kept
    }

    /// The workload of a job that was refused.
    pub(crate) fn reclaim(&self) -> Option<W> {
        let input = self.lock().input.take();
        input?.into_workload()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State<W>> {
        lock(&self.state)
    }
}
