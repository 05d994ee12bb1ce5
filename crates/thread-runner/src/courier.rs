//! Threads that see to callbacks where no worker can. They start when they are needed and end when there
//! is nothing left to do. They hold no seat and run no jobs.
//!
//! - One calls callbacks when no worker is free for them: a job that has waited too long ends on time
//!   although every worker is busy, and so do those who wait for it.
//! - Another waits for callbacks that a thread of somebody else's calls, one that waited for the job inside a
//!   callback. A worker that waited for them might have to run first what they wait for; but the pool's end
//!   has to come after them.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::thread::Builder;

use anypool_core::{Callbacks, catch, set_quiet};

use crate::badge;
use crate::hub::Hub;
use crate::ledger::Ledger;
use crate::state::State;

/// What a courier is for.
#[derive(Clone, Copy)]
enum Duty {
    /// Callbacks that nobody calls yet.
    Chores,
    /// Callbacks that another thread calls.
    Lent,
}

impl Duty {
    /// What there is to do, and whether a courier is at work on it.
    fn of(self, state: &mut State) -> (&mut VecDeque<Callbacks>, &mut bool) {
        match self {
            Self::Chores => (&mut state.chores, &mut state.calling),
            Self::Lent => (&mut state.lent, &mut state.awaiting),
        }
    }
}

/// Starts the courier for chores unless it is at work. If the system refuses the thread, they wait for a
/// worker.
pub(crate) fn ensure(hub: &Arc<Hub>, state: &mut State) {
    start(hub, state, Duty::Chores);
}

/// Calls callbacks on this thread, one of the pool's, unless another thread calls them.
pub(crate) fn call(hub: &Arc<Hub>, callbacks: Callbacks) {
    let called = catch(AssertUnwindSafe(|| callbacks.try_run()));
    let Ok(Err(callbacks)) = called else {
        return;
    };
    let mut state = hub.lock();
    state.lent.push_back(callbacks);
    if start(hub, &mut state, Duty::Lent) {
        return;
    }
    // No thread is to be had: better late than that the pool ends before them.
    let callbacks = state.lent.pop_back();
    drop(state);
    let _ = catch(AssertUnwindSafe(|| callbacks.map(Callbacks::run_to_end)));
}

/// Sees to it that a courier is at work; false when no thread could be started.
fn start(hub: &Arc<Hub>, state: &mut State, duty: Duty) -> bool {
    if *duty.of(state).1 {
        return true;
    }
    let name = hub.config.courier_name();
    let ledger = Arc::new(state.new_ledger(None));
    let (hub, own) = (Arc::clone(hub), Arc::clone(&ledger));
    let builder = Builder::new().name(name.clone());
    let Ok(thread) = builder.spawn(move || live(&hub, &own, duty)) else {
        return false;
    };
    *duty.of(state).1 = true;
    state.roster.take_in(name, ledger, thread);
    true
}

fn live(hub: &Arc<Hub>, ledger: &Arc<Ledger>, duty: Duty) {
    badge::wear(hub.id);
    set_quiet(hub.config.quiet_panics);
    let _subscriber = hub.spans.adopt();
    while let Some(callbacks) = next(hub, ledger, duty) {
        match duty {
            Duty::Chores => call(hub, callbacks),
            Duty::Lent => {
                let _ = catch(AssertUnwindSafe(|| callbacks.run_to_end()));
            }
        }
    }
}

/// The next callbacks; without any, the courier leaves under the same lock, so that whoever has some
/// later finds it gone.
fn next(hub: &Hub, ledger: &Arc<Ledger>, duty: Duty) -> Option<Callbacks> {
    let mut state = hub.lock();
    let (waiting, at_work) = duty.of(&mut state);
    let callbacks = waiting.pop_front();
    if callbacks.is_none() {
        *at_work = false;
        let ended = state.roster.leave(ledger);
        hub.ring_quiet(&state);
        drop(state);
        for thread in ended {
            // It let go of the lock as its last act, and it cannot have panicked: user code is caught.
            let _ = thread.join();
        }
    }
    callbacks
}
