//! The thread that settles jobs at their deadline. It starts with the first job that has a limit,
//! sleeps until the next deadline, and ends with the pool.
//!
//! It never runs user code: callbacks of what it settles are chores for the workers, so that none
//! can keep it from the next deadline.

use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::MutexGuard;
use std::thread::Builder;
use std::time::Instant;

use anypool_core::{JobError, Settlement, StoppedBy, catch};

use crate::badge;
use crate::hub::{Hub, Phase, State};
use crate::ledger::Overrun;
use crate::worker::{Summoned, summon};

/// Makes sure that somebody watches the limits.
///
/// # Errors
///
/// The watchdog's thread could not be started.
pub(crate) fn ensure(hub: &Arc<Hub>) -> io::Result<()> {
    let mut state = hub.lock();
    if state.watchdog.is_some() || !matches!(state.phase, Phase::Open) {
        return Ok(());
    }
    let own = Arc::clone(hub);
    let builder = Builder::new().name(hub.config.watchdog_name());
    state.watchdog = Some(builder.spawn(move || watch(&own))?);
    Ok(())
}

fn watch(hub: &Arc<Hub>) {
    badge::wear(hub.id);
    loop {
        hub.deadlines.begin();
        let next = look(hub);
        if !hub.deadlines.sleep(next) {
            return;
        }
    }
}

/// Gives up what has overrun; returns the next deadline.
fn look(hub: &Arc<Hub>) -> Option<Instant> {
    let mut state = hub.lock();
    if state.suspended.is_some() {
        // Whoever ends the suspension notes the next deadline.
        return None;
    }
    let found = state.roster.expire(Instant::now());
    if found.overruns.is_empty() {
        return found.next;
    }
    let refused = state.put_back(found.rests);
    state.settling = true;
    drop(state);
    if let Some((works, error)) = refused {
        for work in works {
            let _ = catch(AssertUnwindSafe(|| work.fail_unstarted(&error)));
        }
    }
    for overrun in &found.overruns {
        settle(hub, overrun);
    }
    for overrun in &found.overruns {
        overrun.ledger.tell_given_up();
    }
    replace_workers(hub);
    found.next
}

fn settle(hub: &Hub, overrun: &Overrun) {
    let (limit, job) = (overrun.limit, Arc::clone(&overrun.job));
    let stopped_by = StoppedBy::Abandoned;
    let how = Settlement::Failed(JobError::TimedOut { limit, stopped_by });
    // Settling drops the input of a job that was given up before it began: user data.
    let settled = catch(AssertUnwindSafe(move || {
        job.settle(overrun.item, how, limit)
    }));
    if let Ok(Some(callbacks)) = settled {
        hub.lock().chores.push_back(callbacks);
    }
}

/// Finds workers for what waits, now that seats are free.
fn replace_workers(hub: &Arc<Hub>) {
    let mut state = hub.lock();
    state.settling = false;
    let mut woken = 0;
    while state.has_unclaimed() {
        let before = state.roster.seated();
        match summon(hub, &mut state) {
            Ok(Summoned::Sleeper) => woken += 1,
            Ok(Summoned::Nobody) if state.roster.seated() > before => {}
            Ok(Summoned::Nobody) => break,
            Err(error) => return give_up(hub, state, &error),
        }
    }
    hub.ring_quiet(&state);
    drop(state);
    for _ in 0..woken {
        hub.wake_one();
    }
}

/// No worker is left, and none can be started: ends what waits, callbacks included.
fn give_up(hub: &Hub, mut state: MutexGuard<'_, State>, error: &io::Error) {
    let waiting = state.queue.take_all();
    let chores = std::mem::take(&mut state.chores);
    hub.ring_room();
    hub.ring_quiet(&state);
    drop(state);
    let reason = format!("no thread could be started: {error}");
    let error = JobError::PoolFailed { reason };
    for work in waiting {
        let _ = catch(AssertUnwindSafe(|| work.fail_unstarted(&error)));
    }
    for callbacks in chores {
        let _ = catch(AssertUnwindSafe(|| callbacks.run()));
    }
}
