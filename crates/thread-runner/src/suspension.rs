//! Limits that stand still for a while, as when the whole program is stopped by Ctrl-Z.

use std::sync::Arc;
use std::time::Instant;

use crate::hub::Hub;
use crate::stopping::is_elsewhere;
use crate::sync::earlier;

/// From now on no job is given up for its limit.
pub(crate) fn suspend(hub: &Arc<Hub>) {
    if !is_elsewhere(hub) {
        hub.lock().suspended.get_or_insert_with(Instant::now);
    }
}

/// Limits count again, without the time since [`suspend`].
pub(crate) fn resume(hub: &Arc<Hub>) {
    if is_elsewhere(hub) {
        return;
    }
    let mut state = hub.lock();
    let Some(since) = state.suspended.take() else {
        return;
    };
    let now = Instant::now();
    let running = state.roster.postpone(since, now);
    // What has come to wait since then is put off for longer than it need be, never for less.
    let lost = now.saturating_duration_since(since);
    state.queue.postpone(lost);
    state.pauses.postpone(lost);
    let waiting = earlier(state.queue.next_expiry(), state.pauses.next());
    let next = earlier(running, waiting);
    drop(state);
    if let Some(next) = next {
        hub.deadlines.note(next);
    }
}
