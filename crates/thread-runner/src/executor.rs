//! The pool as an executor: accepting work, and waiting for room.

use std::sync::{Arc, MutexGuard};

use anypool_core::{
    ExecutorId, Patience, RawExecutor, Refused, SubmitError, Work, current_executor, process_id,
};

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

/// Queues `work` and sees to it that a worker comes for it.
pub(crate) fn accept(hub: &Arc<Hub>, work: Work, patience: Patience) -> Result<(), Refused> {
    let (mut state, summoned) = match admit(hub, &work, patience) {
        Ok(admitted) => admitted,
        Err(reason) => return Err(Refused { reason, work }),
    };
    let limit = work.job.queue_timeout(hub.config.queue_timeout);
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

/// Waits until `work` can be queued, and finds it a worker; the caller queues it under the lock.
fn admit<'h>(
    hub: &'h Arc<Hub>,
    work: &Work,
    patience: Patience,
) -> Result<(MutexGuard<'h, State>, Summoned), SubmitError> {
    let (owner, here) = (hub.owner_pid, process_id());
    if owner != here {
        return Err(SubmitError::WrongProcess { owner, here });
    }
    let options = work.job.options();
    if let Some(what) = options.what_needs_isolation() {
        return Err(SubmitError::Unsupported { what });
    }
    let waits = work.job.queue_timeout(hub.config.queue_timeout).is_some();
    let runs = options.timeout.or(hub.config.timeout).is_some();
    if waits || runs || options.retries.count > 0 {
        watchdog::ensure(hub).map_err(|error| no_thread(&error))?;
    }
    let mut state = wait_for_room(hub, patience)?;
    let summoned = summon(hub, &mut state).map_err(|error| no_thread(&error))?;
    Ok((state, summoned))
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
