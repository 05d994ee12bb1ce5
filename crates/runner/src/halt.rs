//! Stopping a run before its end, in bounded time.
//!
//! The first cause to come (a signal, a closed output) wins. A thread of its own then has the running workers stopped,
//! and leaves the process by force if the run has not wound up by itself soon after the grace: a thread cannot be made
//! to end, and a stopped runner must not wait for one.

use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::exit::Exit;

/// Why a run stops before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// `SIGINT`.
    Interrupted,
    /// `SIGTERM`.
    Terminated,
    /// `SIGHUP`.
    HungUp,
    /// Nobody reads the standard output any more.
    ReaderGone,
    /// The standard output takes nothing more.
    OutputFailed,
}

impl Cause {
    pub(crate) fn exit(self) -> Exit {
        match self {
            Self::Interrupted => Exit::Interrupted,
            Self::Terminated => Exit::Terminated,
            Self::HungUp => Exit::HungUp,
            Self::ReaderGone => Exit::ReaderGone,
            Self::OutputFailed => Exit::Output,
        }
    }
}

/// What can be stopped and suspended.
pub(crate) trait Target: Send + Sync {
    /// Stops it; returns after the grace at the latest, if the workers let it.
    fn stop_now(&self);

    /// Holds the workers, as far as they can be held, and the time that their tasks are given. Returns when that is
    /// done.
    fn suspend(&self);

    /// Lets them go on.
    fn resume(&self);

    /// Kills at once what would not end with this process by itself.
    fn kill(&self) {}

    /// How many wait, and for what, as far as it is known.
    fn waiting(&self) -> Vec<(usize, String)> {
        Vec::new()
    }
}

/// The place where causes come in, and the run looks whether to go on.
pub(crate) struct Halt {
    state: Mutex<State>,
    changed: Condvar,
    pauses: Mutex<Pauses>,
    /// Ends the process at once.
    leave: fn(Exit),
}

/// The times in which what runs was suspended.
#[derive(Default)]
struct Pauses {
    /// When the one began that goes on.
    since: Option<Instant>,
    /// How long those before it were together.
    before: Duration,
}

#[derive(Default)]
struct State {
    cause: Option<Cause>,
    target: Option<Arc<dyn Target>>,
    finished: bool,
    account: Option<Account>,
    will: Option<Will>,
}

/// What tells of what runs.
type Account = Arc<dyn Fn(Duration) -> String + Send + Sync>;

/// What is to be done when the process ends before the run does.
type Will = Arc<dyn Fn() + Send + Sync>;

/// How long that may take: whoever ends the process does not want to wait.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How long a run has for winding up after the grace.
const MARGIN: Duration = Duration::from_secs(1);

impl Halt {
    pub(crate) fn new(leave: fn(Exit)) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            pauses: Mutex::default(),
            leave,
        })
    }

    /// Starts the thread that sees to stopping.
    ///
    /// # Errors
    ///
    /// The system refuses another thread.
    pub(crate) fn guard(self: &Arc<Self>, grace: Duration) -> io::Result<()> {
        let halt = Arc::clone(self);
        let name = "anypool-halt".to_owned();
        let guard = thread::Builder::new().name(name);
        guard.spawn(move || halt.stop_when_told(grace)).map(drop)
    }

    /// Asks for a stop. Returns false when one was asked for before; only the first caller's `tell` is called.
    pub(crate) fn request(&self, cause: Cause, tell: impl FnOnce()) -> bool {
        let mut state = self.lock();
        if state.cause.is_some() {
            return false;
        }
        // Under the lock: once the cause is known, the process may end any moment.
        tell();
        state.cause = Some(cause);
        drop(state);
        self.changed.notify_all();
        true
    }

    /// Ends the process at once, for the cause that was given before.
    pub(crate) fn leave(&self) {
        let state = self.lock();
        let (cause, target) = (state.cause, state.target.clone());
        let will = state.will.clone();
        drop(state);
        if let Some(target) = target {
            target.kill();
        }
        will.into_iter().for_each(carry_out);
        (self.leave)(cause.map_or(Exit::Internal, Cause::exit));
    }

    /// Why to stop, if that was asked for.
    pub(crate) fn cause(&self) -> Option<Cause> {
        self.lock().cause
    }

    /// Says what runs, from now on.
    pub(crate) fn set_target(&self, target: Arc<dyn Target>) {
        self.lock().target = Some(target);
    }

    /// Says who tells of what runs, from now on; he is told for how long it was suspended.
    pub(crate) fn set_account(&self, account: impl Fn(Duration) -> String + Send + Sync + 'static) {
        self.lock().account = Some(Arc::new(account));
    }

    /// Says what to do, from now on, when the process ends before the run does.
    pub(crate) fn set_will(&self, will: impl Fn() + Send + Sync + 'static) {
        self.lock().will = Some(Arc::new(will));
    }

    /// What runs, and why the rest waits; `None` where nobody knows.
    pub(crate) fn describe(&self) -> Option<String> {
        let state = self.lock();
        let (target, account) = (state.target.clone(), state.account.clone());
        drop(state);
        let mut text = account?(self.held());
        for (count, reason) in target.iter().flat_map(|target| target.waiting()) {
            text.push_str(&format!("  {count} waiting for {reason}\n"));
        }
        Some(text)
    }

    /// Suspends what runs for as long as `pause` takes.
    pub(crate) fn suspend_while(&self, pause: impl FnOnce()) {
        let target = self.lock().target.clone();
        let since = Instant::now();
        self.pauses().since = Some(since);
        if let Some(target) = &target {
            target.suspend();
        }
        pause();
        let mut pauses = self.pauses();
        pauses.since = None;
        pauses.before += since.elapsed();
        drop(pauses);
        if let Some(target) = &target {
            target.resume();
        }
    }

    /// For how long what runs was suspended until now.
    pub(crate) fn held(&self) -> Duration {
        let pauses = self.pauses();
        // Whoever goes on first after a pause may not know yet that it is over.
        pauses.before + pauses.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn pauses(&self) -> MutexGuard<'_, Pauses> {
        self.pauses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The run is over; no cause that comes later makes a difference.
    pub(crate) fn finish(&self) {
        self.lock().finished = true;
        self.changed.notify_all();
    }

    fn stop_when_told(&self, grace: Duration) {
        let told = self.changed.wait_while(self.lock(), |state| {
            state.cause.is_none() && !state.finished
        });
        let state = told.unwrap_or_else(PoisonError::into_inner);
        if state.finished {
            return;
        }
        let Some(target) = state.target.clone() else {
            drop(state);
            return self.leave();
        };
        drop(state);
        let stop = thread::Builder::new().name("anypool-stop".to_owned());
        if stop.spawn(move || target.stop_now()).is_err() {
            return self.leave();
        }
        let patience = grace.saturating_add(MARGIN);
        let unfinished = |state: &mut State| !state.finished;
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), patience, unfinished);
        let (state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        drop(state);
        if waited.timed_out() {
            self.leave();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock but what `request` calls, before it changes anything.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Carries out a will, on a thread that nobody waits for when it takes too long.
fn carry_out(will: Will) {
    let (done, ended) = mpsc::channel();
    let thread = thread::Builder::new().name("anypool-will".to_owned());
    let started = thread.spawn(move || {
        will();
        // Who has gone on does not want to know.
        let _ = done.send(());
    });
    if started.is_ok() {
        let _ = ended.recv_timeout(LAST_WORDS);
    }
}

impl fmt::Debug for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Halt")
            .field("cause", &self.cause())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
