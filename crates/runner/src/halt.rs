//! Stopping a run before its end, in bounded time.
//!
//! The first cause to come (a signal, a closed output) wins. A thread of its own then has the running workers stopped,
//! and leaves the process by force if the run has not wound up by itself soon after the grace: a thread cannot be made
//! to end, and a stopped runner must not wait for one.

use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

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
    /// Ends the process at once.
    leave: fn(Exit),
}

#[derive(Default)]
struct State {
    cause: Option<Cause>,
    target: Option<Arc<dyn Target>>,
    finished: bool,
    account: Option<Account>,
}

/// What tells of what runs.
type Account = Arc<dyn Fn() -> String + Send + Sync>;

/// How long a run has for winding up after the grace.
const MARGIN: Duration = Duration::from_secs(1);

impl Halt {
    pub(crate) fn new(leave: fn(Exit)) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            changed: Condvar::new(),
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
        drop(state);
        if let Some(target) = target {
            target.kill();
        }
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

    /// Says who tells of what runs, from now on.
    pub(crate) fn set_account(&self, account: impl Fn() -> String + Send + Sync + 'static) {
        self.lock().account = Some(Arc::new(account));
    }

    /// What runs, and why the rest waits; `None` where nobody knows.
    pub(crate) fn describe(&self) -> Option<String> {
        let state = self.lock();
        let (target, account) = (state.target.clone(), state.account.clone());
        drop(state);
        let mut text = account?();
        for (count, reason) in target.iter().flat_map(|target| target.waiting()) {
            text.push_str(&format!("  {count} waiting for {reason}\n"));
        }
        Some(text)
    }

    /// Suspends what runs for as long as `pause` takes.
    pub(crate) fn suspend_while(&self, pause: impl FnOnce()) {
        let target = self.lock().target.clone();
        if let Some(target) = &target {
            target.suspend();
        }
        pause();
        if let Some(target) = &target {
            target.resume();
        }
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

impl fmt::Debug for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Halt")
            .field("cause", &self.cause())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    struct Probe(Mutex<mpsc::Sender<&'static str>>);

    impl Target for Probe {
        fn stop_now(&self) {
            self.0.lock().unwrap().send("stop").unwrap();
        }

        fn suspend(&self) {
            self.0.lock().unwrap().send("suspend").unwrap();
        }

        fn resume(&self) {
            self.0.lock().unwrap().send("resume").unwrap();
        }
    }

    fn stays(_: Exit) {
        panic!("the process must not be left");
    }

    #[test]
    fn the_first_cause_wins_and_stops_what_runs() {
        let halt = Halt::new(stays);
        let (sender, stopped) = mpsc::channel();
        halt.set_target(Arc::new(Probe(Mutex::new(sender))));
        halt.guard(Duration::from_secs(60)).unwrap();
        assert!(halt.request(Cause::ReaderGone, || ()));
        assert!(!halt.request(Cause::Interrupted, || panic!("it was told already")));
        let done = stopped.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(done, "stop");
        assert_eq!(halt.cause(), Some(Cause::ReaderGone));
        halt.finish();
    }

    #[test]
    fn what_runs_is_suspended_before_a_pause_and_goes_on_after_it() {
        let halt = Halt::new(stays);
        halt.suspend_while(|| ());
        let (sender, done) = mpsc::channel();
        halt.set_target(Arc::new(Probe(Mutex::new(sender.clone()))));
        halt.suspend_while(|| sender.send("pause").unwrap());
        let done: Vec<_> = done.try_iter().collect();
        assert_eq!(done, ["suspend", "pause", "resume"]);
    }

    #[test]
    fn a_run_that_does_not_wind_up_is_left() {
        static LEFT: Mutex<Option<Exit>> = Mutex::new(None);
        static CHANGED: Condvar = Condvar::new();
        let halt = Halt::new(|exit| {
            *LEFT.lock().unwrap() = Some(exit);
            CHANGED.notify_all();
        });
        let (sender, _stopped) = mpsc::channel();
        halt.set_target(Arc::new(Probe(Mutex::new(sender))));
        halt.guard(Duration::ZERO).unwrap();
        halt.request(Cause::Terminated, || ());
        let left = LEFT.lock().unwrap();
        let patience = Duration::from_secs(60);
        let (left, _) = CHANGED
            .wait_timeout_while(left, patience, |left| left.is_none())
            .unwrap();
        assert_eq!(*left, Some(Exit::Terminated));
    }
}
