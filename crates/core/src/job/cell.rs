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
//! Every change of phase happens under the lock; that the outcome can be taken is said once more in a flag
//! beside it, so that who waits awake, or asks again and again, does not keep the lock from others. User code
//! (the task, callbacks, destructors of inputs) runs outside. Whoever leaves `Queued`, `Held` or `Running` by settling wins, and whoever
//! leaves `Ending` calls the callbacks: the thread that the executor has for them, or one that waits for
//! the job and may keep that thread from coming (see `ending`).

use std::mem;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::codec::CodecError;
use crate::host::JobId;
use crate::job::audience::Audience;
use crate::job::contract::{ExecutorId, Holder, next_job_id};
use crate::job::input::Input;
use crate::job::kept::Kept;
use crate::job::latch::{Latch, Watched};
use crate::job::options::JobOptions;
use crate::job::stored::Stored;
use crate::job::workload::Workload;
use crate::process_id::process_id;
use crate::sync::lock;
use crate::task::entry::TaskEntry;

/// A job with one item. A million of them may wait, so it is kept small.
pub(crate) struct JobCell<W: Workload> {
    pub(super) id: JobId,
    pub(super) executor: ExecutorId,
    pub(crate) owner_pid: u32,
    /// `None` for the default, which most jobs have.
    pub(super) terms: Option<Box<Terms>>,
    pub(super) entry: Option<&'static TaskEntry>,
    pub(super) state: Mutex<State<W>>,
    /// Open when the phase is `Settled`, or has been.
    pub(super) latch: Latch,
}

/// What a job asks for, and what has come of that.
pub(super) struct Terms {
    pub(super) options: JobOptions,
    /// How many attempts have failed here and were not the last. Changed under the lock.
    pub(super) failures: AtomicU32,
}

pub(super) struct State<W: Workload> {
    pub(super) phase: Phase,
    content: Content<W>,
    /// How many threads sleep until the job has ended, or can be run.
    sleepers: u32,
    pub(super) failed: bool,
    pub(super) cancelled: bool,
    /// Whether somebody has asked for the end of the job while it ran.
    pub(super) doomed: bool,
    /// Whether an attempt has been made, and failed.
    pub(super) tried: bool,
    pub(super) audience: Option<Box<Audience<W::Output>>>,
}

/// What a job has: what it needs to run, or what has become of it.
enum Content<W: Workload> {
    /// It is where somebody works with it.
    Away,
    Input(Input<W>),
    Stored(Stored<W::Output>),
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
            owner_pid: process_id(),
            terms: Terms::unless_default(options),
            entry,
            state: Mutex::new(State {
                phase: Phase::Queued,
                content: Content::Input(Input::Whole(workload)),
                sleepers: 0,
                failed: false,
                cancelled: false,
                doomed: false,
                tried: false,
                audience: None,
            }),
            latch: Latch::new(),
        })
    }

    /// Keeps the input in encoded form if the job may be tried again, before it is submitted.
    pub(crate) fn keep_input(&self) -> Result<(), CodecError> {
        let tries_again = |options: &JobOptions| options.retries.count > 0;
        if !self.own_options().is_some_and(tries_again) {
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
        self.lock().put_input(input);
        kept
    }

    /// The workload of a job that was refused.
    pub(crate) fn reclaim(&self) -> Option<W> {
        let input = self.lock().take_input();
        input?.into_workload()
    }

    /// What the job asks for, unless that is nothing.
    pub(super) fn own_options(&self) -> Option<&JobOptions> {
        self.terms.as_deref().map(|terms| &terms.options)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State<W>> {
        lock(&self.state)
    }
}

impl<W: Workload> Watched for State<W> {
    fn sleepers(&mut self) -> &mut u32 {
        &mut self.sleepers
    }
}

impl Terms {
    fn unless_default(options: JobOptions) -> Option<Box<Self>> {
        let terms = || Self {
            options,
            failures: AtomicU32::new(0),
        };
        (options != JobOptions::default()).then(|| Box::new(terms()))
    }
}

impl<W: Workload> State<W> {
    pub(super) fn take_input(&mut self) -> Option<Input<W>> {
        match mem::replace(&mut self.content, Content::Away) {
            Content::Input(input) => Some(input),
            other => {
                self.content = other;
                None
            }
        }
    }

    /// Puts an input back; one whose job has ended meanwhile comes back.
    pub(super) fn put_input(&mut self, input: Input<W>) -> Option<Input<W>> {
        if self.phase.is_over() {
            return Some(input);
        }
        self.content = Content::Input(input);
        None
    }

    /// What outlives the attempts, if there may be several.
    pub(super) fn kept_mut(&mut self) -> Option<&mut Kept> {
        match &mut self.content {
            Content::Input(input) => input.kept_mut(),
            _ => None,
        }
    }

    pub(super) fn stored(&self) -> Option<&Stored<W::Output>> {
        match &self.content {
            Content::Stored(stored) => Some(stored),
            _ => None,
        }
    }

    pub(super) fn take_stored(&mut self) -> Option<Stored<W::Output>> {
        match mem::replace(&mut self.content, Content::Away) {
            Content::Stored(stored) => Some(stored),
            other => {
                self.content = other;
                None
            }
        }
    }

    /// Keeps what has become of the job, which has no input any more.
    pub(super) fn put_stored(&mut self, stored: Stored<W::Output>) {
        self.content = Content::Stored(stored);
    }
}
