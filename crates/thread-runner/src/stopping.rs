//! The ways to stop a pool. All can be called at any time, from several threads, again and again.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anypool_core::{Callbacks, Job, JobError, Settlement, Work, calls_back_for, catch, process_id};

use crate::aside::{self, Aside};
use crate::badge;
use crate::hub::Hub;
use crate::report::{LeftBehind, StopReport};
use crate::state::Phase;
use crate::sync::deadline_after;
use crate::trace;

/// Accepts no more, and waits for what was accepted; false when it took longer than `timeout`.
pub(crate) fn drain(hub: &Arc<Hub>, timeout: Option<Duration>) -> bool {
    if is_elsewhere(hub) {
        return true;
    }
    let deadline = timeout.and_then(deadline_after);
    let mut state = hub.lock();
    hub.turn_to(&mut state, Phase::Draining);
    hub.ring_quiet(&state);
    if is_inside(hub) {
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
    let Asked { cancelled, calls } = ask(hub);
    if is_inside(hub) {
        call_here(calls);
        return report(hub, cancelled, true);
    }
    let calls = Aside::start(hub.id, calls);
    let mut late_calls = Vec::new();
    if !hub.wait_quiet(deadline_after(hub.config.grace)) {
        late_calls = leave_behind(hub);
    }
    join_ended(hub);
    let late_calls = Aside::start(hub.id, late_calls);
    let deadline = deadline_after(hub.config.grace.max(LEAST_PATIENCE));
    let asides = [calls, late_calls].into_iter().flatten();
    let waits = asides.map(|aside| aside.wait(deadline));
    let stuck = waits.filter(|called| !called).count();
    report(hub, cancelled, stuck == 0)
}

/// How long callbacks have at least to come back.
const LEAST_PATIENCE: Duration = Duration::from_secs(1);

fn report(hub: &Hub, cancelled: usize, called: bool) -> StopReport {
    let mut left_behind = hub.lock().roster.left_behind();
    if !called {
        let thread = aside::NAME.to_owned();
        let jobs = Vec::new();
        left_behind.push(LeftBehind { thread, jobs });
    }
    StopReport {
        cancelled,
        left_behind,
    }
}

/// What asking everything to stop has brought about.
pub(crate) struct Asked {
    /// How many pieces of work were cancelled.
    cancelled: usize,
    /// The callbacks of their jobs.
    pub(crate) calls: Vec<Callbacks>,
}

/// Accepts no more, cancels what waits, and tells what runs to stop. Does not wait, and calls nobody.
pub(crate) fn ask(hub: &Arc<Hub>) -> Asked {
    let mut state = hub.lock();
    hub.turn_to(&mut state, Phase::Stopping);
    let mut waiting = state.take_waiting();
    waiting.extend(state.roster.stop_all());
    hub.ring_quiet(&state);
    drop(state);
    let cancelled = waiting.len();
    let end = |job: Arc<dyn Job>, item| job.settle_unstarted(item, JobError::Cancelled);
    let calls = end_each(waiting, end);
    Asked { cancelled, calls }
}

/// Calls callbacks on this thread.
pub(crate) fn call_here(calls: Vec<Callbacks>) {
    for callbacks in calls {
        let _ = catch(AssertUnwindSafe(|| callbacks.run()));
    }
}

/// Ends all items of `works`; returns the callbacks of those that have some, and what is to be done for
/// their spans.
fn end_each(
    works: Vec<Work>,
    end: impl Fn(Arc<dyn Job>, u32) -> Option<Callbacks>,
) -> Vec<Callbacks> {
    let mut calls = Vec::new();
    let ((), closings) = trace::deferring(|| {
        for Work { job, items } in works {
            for item in items {
                let job = Arc::clone(&job);
                // Wakers and the destructors of inputs are user code.
                let ended = catch(AssertUnwindSafe(|| end(job, item)));
                calls.extend(ended.ok().flatten());
            }
        }
    });
    calls.extend(closings);
    calls
}

/// Whether the pool's end waits for this thread, which cannot wait for that: it is a worker, or calls a
/// callback in the place of one.
fn is_inside(hub: &Hub) -> bool {
    badge::is_worn(hub.id) || calls_back_for(hub.id)
}

/// Whether this is a forked child of the pool's process: its threads are not here, and its lock may
/// be held by one of them for ever.
pub(crate) fn is_elsewhere(hub: &Hub) -> bool {
    hub.owner_pid != process_id()
}

/// Gives up every thread that has not ended. Returns the callbacks that nobody calls any more.
pub(crate) fn leave_behind(hub: &Hub) -> Vec<Callbacks> {
    let mut state = hub.lock();
    let running = state.roster.abandon_all();
    let chores = std::mem::take(&mut state.chores);
    hub.ring_quiet(&state);
    drop(state);
    let end = |job: Arc<dyn Job>, item| {
        let how = Settlement::Failed(JobError::Killed);
        job.settle(item, how, Duration::ZERO)
    };
    let mut calls = end_each(running, end);
    calls.extend(chores);
    calls
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
