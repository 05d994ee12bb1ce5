//! The ways to stop a pool. All can be called at any time, from several threads, again and again.

use std::panic::AssertUnwindSafe;
use std::process;
use std::sync::Arc;
use std::time::Duration;

use anypool_core::{JobError, catch};

use crate::badge;
use crate::hub::{Hub, Phase};
use crate::report::StopReport;
use crate::sync::deadline_after;

/// Accepts no more, and waits for what was accepted; false when it took longer than `timeout`.
pub(crate) fn drain(hub: &Arc<Hub>, timeout: Option<Duration>) -> bool {
    if is_elsewhere(hub) {
        return true;
    }
    let deadline = timeout.and_then(deadline_after);
    let mut state = hub.lock();
    hub.turn_to(&mut state, Phase::Draining);
    hub.ring_quiet(&state);
    // A worker cannot wait for its own end.
    if badge::is_worn(hub.id) {
        return true;
    }
    drop(state);
    let quiet = hub.wait_quiet(deadline);
    if quiet {
        join_ended(hub);
    }
    quiet
}

/// Stops in bounded time.
pub(crate) fn stop(hub: &Arc<Hub>) -> StopReport {
    if is_elsewhere(hub) {
        return StopReport::default();
    }
    let cancelled = ask(hub);
    let is_worker = badge::is_worn(hub.id);
    let quiet = is_worker || hub.wait_quiet(deadline_after(hub.config.grace));
    if !quiet {
        leave_behind(hub);
    }
    if !is_worker {
        join_ended(hub);
    }
    StopReport {
        cancelled,
        left_behind: hub.lock().roster.left_behind(),
    }
}

/// Accepts no more, cancels what waits, and tells what runs to stop. Does not wait. Returns how many
/// were cancelled.
pub(crate) fn ask(hub: &Arc<Hub>) -> usize {
    let mut state = hub.lock();
    hub.turn_to(&mut state, Phase::Stopping);
    let mut waiting = state.queue.take_all();
    waiting.extend(state.roster.stop_all());
    hub.ring_quiet(&state);
    drop(state);
    let cancelled = waiting.len();
    for work in waiting {
        let _ = catch(AssertUnwindSafe(|| {
            work.fail_unstarted(&JobError::Cancelled);
        }));
    }
    cancelled
}

/// Whether this is a forked child of the pool's process: its threads are not here, and its lock may
/// be held by one of them for ever.
pub(crate) fn is_elsewhere(hub: &Hub) -> bool {
    hub.owner_pid != process::id()
}

/// Gives up every thread that has not ended.
pub(crate) fn leave_behind(hub: &Hub) {
    let mut state = hub.lock();
    let running = state.roster.abandon_all();
    let chores = std::mem::take(&mut state.chores);
    hub.ring_quiet(&state);
    drop(state);
    for work in running {
        let _ = catch(AssertUnwindSafe(|| work.fail(&JobError::Killed)));
    }
    for callbacks in chores {
        let _ = catch(AssertUnwindSafe(|| callbacks.run()));
    }
}

/// Waits for the threads that have nothing left to do but end.
fn join_ended(hub: &Hub) {
    let mut state = hub.lock();
    let mut ended = state.roster.take_ended();
    ended.extend(state.watchdog.take());
    drop(state);
    for thread in ended {
        // It cannot have panicked: user code is caught.
        let _ = thread.join();
    }
}
