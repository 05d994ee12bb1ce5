//! The thread that runs callbacks when no worker is free for them: a job that has waited too long ends
//! on time although every worker is busy, and so do those who wait for it. It starts when it is
//! needed and ends when there is nothing left to call. It holds no seat and runs no jobs.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::thread::Builder;

use anypool_core::{Callbacks, catch, set_quiet};

use crate::badge;
use crate::hub::Hub;
use crate::ledger::Ledger;
use crate::state::State;

/// Starts the courier unless it is at work. If the system refuses the thread, callbacks wait for a
/// worker.
pub(crate) fn ensure(hub: &Arc<Hub>, state: &mut State) {
    if state.calling {
        return;
    }
    let name = hub.config.courier_name();
    let ledger = Arc::new(Ledger::default());
    let (hub, own) = (Arc::clone(hub), Arc::clone(&ledger));
    let builder = Builder::new().name(name.clone());
    if let Ok(thread) = builder.spawn(move || live(&hub, &own)) {
        state.calling = true;
        state.roster.take_in(name, ledger, thread);
    }
}

fn live(hub: &Hub, ledger: &Arc<Ledger>) {
    badge::wear(hub.id);
    set_quiet(hub.config.quiet_panics);
    while let Some(callbacks) = next(hub, ledger) {
        let _ = catch(AssertUnwindSafe(|| callbacks.run()));
    }
}

/// The next callbacks; without any, the courier leaves under the same lock, so that whoever has some
/// later finds it gone.
fn next(hub: &Hub, ledger: &Arc<Ledger>) -> Option<Callbacks> {
    let mut state = hub.lock();
    let callbacks = state.chores.pop_front();
    if callbacks.is_none() {
        state.calling = false;
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
