//! How a signal reaches workers that another thread owns.
//!
//! Whoever joins the workers of a run is the only one who has them. So the listener for signals says what it wants
//! here, and the owner, who looks every few milliseconds, does it and says so.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::backend::Spawned;
use crate::halt::Target;

/// How long the owner may take. Starting a worker keeps it for some milliseconds, a full output for as long as nobody
/// reads: then the program is suspended without its workers.
const PATIENCE: Duration = Duration::from_secs(2);

/// The workers of a run, as something that can be suspended.
#[derive(Default)]
pub(super) struct Leash {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Whether the workers are to be held.
    wanted: bool,
    /// Whether they are.
    held: bool,
    /// Whether nobody follows any more.
    ended: bool,
}

impl Leash {
    /// Does to `members`, all that there are, what is wanted.
    pub(super) fn follow(&self, members: &[Box<dyn Spawned>]) {
        let state = self.lock();
        let (wanted, held) = (state.wanted, state.held);
        drop(state);
        if wanted == held {
            return;
        }
        for member in members {
            if wanted {
                member.suspend();
            } else {
                member.resume();
            }
        }
        self.lock().held = wanted;
        self.changed.notify_all();
    }

    /// Lets `members` go on, for good: they are to be stopped.
    pub(super) fn let_go(&self, members: &[Box<dyn Spawned>]) {
        self.lock().wanted = false;
        self.follow(members);
        self.lock().ended = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Target for Leash {
    /// Whoever joins the workers sees by itself that the run is to stop.
    fn stop_now(&self) {}

    fn suspend(&self) {
        let mut state = self.lock();
        state.wanted = true;
        let unanswered = |state: &mut State| !state.held && !state.ended;
        drop(self.changed.wait_timeout_while(state, PATIENCE, unanswered));
    }

    fn resume(&self) {
        self.lock().wanted = false;
    }
}
