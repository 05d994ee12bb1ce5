//! The process groups of the programs that run now, by worker slot, as something that signals can be sent to.
//!
//! A group is listed from its program's start until just before the program is reaped: so its number is never that of
//! somebody else's group when a signal is sent.

use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// The groups that run.
#[derive(Debug, Default)]
pub(in crate::engine) struct Groups(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    leaders: Vec<Option<Pid>>,
    held: bool,
}

impl Groups {
    pub(in crate::engine) fn for_slots(slots: usize) -> Self {
        let leaders = vec![None; slots];
        Self(Mutex::new(State {
            leaders,
            held: false,
        }))
    }

    /// Lists the group of a program that has just started.
    pub(super) fn enter(&self, slot: usize, leader: Pid) {
        let mut state = self.lock();
        state.leaders[slot] = Some(leader);
        if state.held {
            send(leader, Signal::SIGSTOP);
        }
    }

    /// Takes a group from the list: its leader is about to be reaped.
    pub(super) fn leave(&self, slot: usize) {
        self.lock().leaders[slot] = None;
    }

    /// Asks the group of a slot to stop.
    pub(super) fn terminate(&self, slot: usize) {
        let state = self.lock();
        if let Some(leader) = state.leaders[slot] {
            send(leader, Signal::SIGTERM);
            if !state.held {
                // Who has stopped itself would not hear it.
                send(leader, Signal::SIGCONT);
            }
        }
    }

    /// Kills the group of a slot.
    pub(super) fn kill(&self, slot: usize) {
        if let Some(leader) = self.lock().leaders[slot] {
            send(leader, Signal::SIGKILL);
        }
    }

    /// Kills all of them.
    pub(in crate::engine) fn kill_all(&self) {
        self.send_all(&self.lock(), Signal::SIGKILL);
    }

    /// Holds all of them, and those that start from now on.
    pub(in crate::engine) fn suspend(&self) {
        let mut state = self.lock();
        state.held = true;
        self.send_all(&state, Signal::SIGSTOP);
    }

    /// Lets them go on.
    pub(in crate::engine) fn resume(&self) {
        let mut state = self.lock();
        state.held = false;
        self.send_all(&state, Signal::SIGCONT);
    }

    #[expect(clippy::unused_self, reason = "the state is this one's, and locked")]
    fn send_all(&self, state: &State, signal: Signal) {
        for leader in state.leaders.iter().flatten() {
            send(*leader, signal);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A group whose members have all ended is not there any more, which is as good.
fn send(leader: Pid, signal: Signal) {
    let _ = killpg(leader, signal);
}
