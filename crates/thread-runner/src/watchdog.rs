//! The thread that watches the clock: it settles jobs at their deadline, running or queued, and queues
//! those again whose pause between two attempts is over. It starts with the first job that has a limit
//! or may be tried again, sleeps until the next deadline, and ends with the pool.
//!
//! It never runs user code: callbacks of what it settles, and closing its spans, are chores for the workers, or for the
//! courier when none is free, so that none can keep it from the next deadline.

use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::MutexGuard;
use std::thread::Builder;
use std::time::Instant;

use anypool_core::{JobError, RanBy, Settlement, StoppedBy, Work, catch};

use crate::badge;
use crate::courier;
use crate::hub::Hub;
use crate::ledger::Overrun;
use crate::state::{Phase, State};
use crate::sync::earlier;
use crate::trace;
use crate::worker::{Summoned, summon};

/// How many jobs that have waited too long are ended at a time, so that neither the lock is held for
/// long nor other deadlines are missed when very many have.
const BATCH: usize = 1_024;

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

/// Gives up what has overrun or waited too long, queues again what is to be tried again; returns the
/// next deadline.
fn look(hub: &Arc<Hub>) -> Option<Instant> {
    let now = Instant::now();
    let mut state = hub.lock();
    if state.suspended.is_some() {
        // Whoever ends the suspension notes the next deadline.
        return None;
    }
    let found = state.roster.expire(now);
    let late = state.queue.expire(now, BATCH);
    let paused = state.pauses.take_due(now);
    let waiting = earlier(state.queue.next_expiry(), state.pauses.next());
    let next = earlier(found.next, waiting);
    if found.overruns.is_empty() && late.is_empty() && paused.is_empty() {
        return next;
    }
    if !late.is_empty() {
        hub.ring_room();
    }
    let refused = state.put_back(found.rests);
    state.settling = true;
    drop(state);
    let ((), closings) = trace::deferring(|| {
        fail(refused);
        for overrun in &found.overruns {
            settle(hub, overrun);
        }
        for overrun in &found.overruns {
            overrun.ledger.tell_given_up();
        }
        for work in late {
            settle_late(hub, work);
        }
        resume(hub, paused);
    });
    hub.lock().chores.extend(closings);
    replace_workers(hub);
    next
}

/// Ends what nobody will run.
fn fail(refused: Option<(Vec<Work>, JobError)>) {
    let Some((works, error)) = refused else {
        return;
    };
    for work in works {
        let _ = catch(AssertUnwindSafe(|| work.fail_unstarted(&error)));
    }
}

/// Ends a job that has waited too long, unless it runs inside a job that waits for it.
fn settle_late(hub: &Hub, work: Work) {
    let limit = work.job.queue_timeout(hub.config.queue_timeout);
    let error = JobError::QueueTimedOut {
        limit: limit.unwrap_or_default(),
    };
    // Settling drops the input, and the last owner of a job its handlers: user data.
    let settled = catch(AssertUnwindSafe(move || {
        work.job.settle_unstarted(work.items.start, error)
    }));
    if let Ok(Some(callbacks)) = settled {
        hub.lock().chores.push_back(callbacks);
    }
}

/// Queues again what has paused long enough, before what was accepted later.
fn resume(hub: &Hub, paused: Vec<Work>) {
    let mut resumed = Vec::new();
    for work in paused {
        // What was cancelled meanwhile is dropped here, and with it perhaps a map's values: user data.
        let resume = || work.job.resume(work.items.start).then_some(work);
        resumed.extend(catch(AssertUnwindSafe(resume)).ok().flatten());
    }
    let refused = hub.lock().put_back(resumed);
    fail(refused);
}

fn settle(hub: &Hub, overrun: &Overrun) {
    let (limit, job) = (overrun.limit, Arc::clone(&overrun.job));
    let how = Settlement::Failed(JobError::TimedOut {
        limit,
        stopped_by: StoppedBy::Abandoned,
        worker: overrun.ledger.worker.map(RanBy::Thread),
    });
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
    hub.note_reserve(&state);
    let called = hub.hatch.call();
    let (mut woken, mut hired) = (0, 0);
    while state.has_waiting() {
        let before = state.roster.seated();
        match summon(hub, &mut state) {
            Ok(Summoned::Sleeper) => woken += 1,
            Ok(Summoned::Nobody) if state.roster.seated() > before => hired += 1,
            Ok(Summoned::Nobody) => break,
            Err(error) => return give_up(hub, state, &error),
        }
    }
    if woken + hired == 0 && !called && !state.chores.is_empty() {
        courier::ensure(hub, &mut state);
    }
    hub.ring_quiet(&state);
    drop(state);
    for _ in 0..woken {
        hub.wake_one();
    }
}

/// No worker is left, and none can be started: ends what waits, callbacks included.
fn give_up(hub: &Arc<Hub>, mut state: MutexGuard<'_, State>, error: &io::Error) {
    let waiting = state.take_waiting();
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
        courier::call(hub, callbacks);
    }
}
