//! The pool as an executor: accepting work, and waiting for room.

use std::sync::{Arc, MutexGuard};

use anypool_core::{
    ExecutorId, Patience, RawExecutor, Refused, SubmitError, Work, current_executor, process_id,
};

use crate::badge;
use crate::hub::Hub;
use crate::pool::ThreadPool;
use crate::state::{Phase, State};
use crate::sync::deadline_after;
use crate::watchdog;
use crate::worker::{Summoned, summon};

impl RawExecutor for ThreadPool {
    fn id(&self) -> ExecutorId {
        self.hub.id
    }

    fn workers(&self) -> usize {
        self.hub.config.workers
    }

    fn submit_work(&self, work: Work, patience: Patience) -> Result<(), Refused> {
        accept(&self.hub, work, patience)
    }
}

/// Hands `work` to a worker, or queues it and sees to it that one comes for it.
pub(crate) fn accept(hub: &Arc<Hub>, work: Work, patience: Patience) -> Result<(), Refused> {
    if let Err(reason) = examine(hub, &work) {
        return Err(Refused { reason, work });
    }
    hub.spans.open(&*work.job);
    // Nobody overtakes what waits: where the hatch is open, nothing does.
    let work = match hub.hatch.offer(work) {
        Ok(()) => return Ok(()),
        Err(work) => work,
    };
    match lay(hub, work) {
        Ok(()) => Ok(()),
        Err(work) => queue(hub, work, patience),
    }
}

/// Refuses what cannot be done, and sees to it that limits are watched.
fn examine(hub: &Arc<Hub>, work: &Work) -> Result<(), SubmitError> {
    let (owner, here) = (hub.owner_pid, process_id());
    if owner != here {
        return Err(SubmitError::WrongProcess { owner, here });
    }
    let config = &hub.config;
    let mut is_watched = config.timeout.is_some() || config.queue_timeout.is_some();
    if !work.job.is_plain() {
        let options = work.job.options();
        if let Some(what) = options.what_needs_isolation() {
            return Err(SubmitError::Unsupported { what });
        }
        is_watched |= options.timeout.is_some() || options.queue_timeout.is_some();
        is_watched |= options.retries.count > 0;
    }
    if is_watched {
        watchdog::ensure(hub).map_err(|error| no_thread(&error))?;
    }
    Ok(())
}

/// Puts what a job submits on the tray of the worker that runs it, if all workers are awake.
fn lay(hub: &Arc<Hub>, work: Work) -> Result<(), Work> {
    let Some(ledger) = badge::ledger(hub.id) else {
        return Err(work);
    };
    let expires = work.job.queue_timeout(hub.config.queue_timeout).is_some();
    if expires || hub.balance.has_reserve() || !hub.is_open() {
        return Err(work);
    }
    if let Err(Some(work)) = ledger.lay(Some(work)) {
        return Err(work);
    }
    if hub.balance.has_reserve() {
        // Somebody who has found nothing to do just before.
        let mut state = hub.lock();
        if let Ok(Summoned::Sleeper) = summon(hub, &mut state) {
            drop(state);
            hub.wake_one();
        }
    }
    Ok(())
}

fn queue(hub: &Arc<Hub>, work: Work, patience: Patience) -> Result<(), Refused> {
    let limit = work.job.queue_timeout(hub.config.queue_timeout);
    let mut state = match wait_for_room(hub, patience) {
        Ok(state) => state,
        Err(reason) => return Err(Refused { reason, work }),
    };
    // A worker may have come back meanwhile.
    let work = match hub.hatch.offer(work) {
        Ok(()) => {
            // Whoever waits for room as well may have the place that this job did not need.
            if state.crowd > 0 {
                hub.room.notify_one();
            }
            return Ok(());
        }
        Err(work) => work,
    };
    let summoned = match summon(hub, &mut state) {
        Ok(summoned) => summoned,
        Err(error) => {
            let reason = no_thread(&error);
            return Err(Refused { reason, work });
        }
    };
    let expiry = limit.and_then(deadline_after);
    state.queue.push(work, expiry);
    drop(state);
    if let Some(expiry) = expiry {
        hub.deadlines.note(expiry);
    }
    if let Summoned::Sleeper = summoned {
        hub.wake_one();
    }
    Ok(())
}

fn wait_for_room(hub: &Hub, patience: Patience) -> Result<MutexGuard<'_, State>, SubmitError> {
    let mut state = hub.lock();
    let mut in_time = true;
    loop {
        match &state.phase {
            Phase::Open => {}
            Phase::Draining | Phase::Stopping => return Err(SubmitError::Shutdown),
            Phase::Failed(error) => {
                let reason = error.to_string();
                return Err(SubmitError::PoolFailed { reason });
            }
        }
        // A worker that waited here for its own pool could wait for itself.
        if state.queue.has_room() || current_executor() == Some(hub.id) {
            return Ok(state);
        }
        let deadline = match patience {
            Patience::Endless => None,
            Patience::Until(deadline) if in_time => Some(deadline),
            Patience::None | Patience::Until(_) => {
                let limit = hub.config.queue;
                return Err(SubmitError::QueueFull { limit });
            }
        };
        (state, in_time) = hub.wait_room(state, deadline);
    }
}

fn no_thread(error: &std::io::Error) -> SubmitError {
    SubmitError::PoolFailed {
        reason: format!("no thread could be started: {error}"),
    }
}
