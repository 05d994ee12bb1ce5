//! Keeping a job with one item from starting, or asking for its end.

use std::sync::Arc;

use crate::job::cell::{JobCell, Phase};
use crate::job::contract::Callbacks;
use crate::job::stored::Stored;
use crate::job::workload::Workload;
use crate::job_error::JobError;

impl<W: Workload> JobCell<W> {
    /// Ends the job with `error` if it has not started.
    pub(super) fn end_unstarted(
        self: &Arc<Self>,
        error: JobError,
    ) -> Result<Option<Callbacks>, Started> {
        let mut state = self.lock();
        // A job that is to be tried again has started, so its time in the queue is over for good.
        let started = state.tried && matches!(error, JobError::QueueTimedOut { .. });
        let free = match &state.phase {
            Phase::Queued => !started,
            Phase::Held(holder, ticket) => !started && holder.take_back(*ticket),
            Phase::Paused => !started,
            Phase::Running => false,
            Phase::Ending | Phase::Calling | Phase::Settled | Phase::Taken => {
                let cancelled = state.cancelled;
                return Err(Started::Ended { cancelled });
            }
        };
        if !free {
            return Err(Started::Runs);
        }
        if let Some(kept) = state.kept_mut()
            && let Some((holder, ticket)) = kept.let_go()
        {
            // Whatever it answers: nobody runs a job that has ended.
            holder.take_back(ticket);
        }
        Ok(self.end_locked(state, Stored::failed(error)))
    }

    /// Cancels the job if it has not started.
    pub(super) fn try_cancel(self: &Arc<Self>) -> bool {
        match self.end_unstarted(JobError::Cancelled) {
            Ok(callbacks) => {
                run(callbacks);
                true
            }
            Err(Started::Runs) => false,
            Err(Started::Ended { cancelled }) => cancelled,
        }
    }

    /// Cancels the job if it has not started; asks whoever runs it to end it if it has.
    pub(super) fn try_kill(self: &Arc<Self>) -> bool {
        loop {
            match self.end_unstarted(JobError::Cancelled) {
                Ok(callbacks) => {
                    run(callbacks);
                    return true;
                }
                Err(Started::Ended { .. }) => return false,
                Err(Started::Runs) => {}
            }
            let mut state = self.lock();
            match &state.phase {
                Phase::Held(holder, ticket) => {
                    let asked = holder.kill(*ticket);
                    state.doomed |= asked;
                    return asked;
                }
                // It has failed meanwhile and is to be tried again.
                Phase::Queued | Phase::Paused => {}
                _ => return false,
            }
        }
    }
}

/// Why a job could not be kept from starting.
pub(super) enum Started {
    Runs,
    Ended { cancelled: bool },
}

fn run(callbacks: Option<Callbacks>) {
    if let Some(callbacks) = callbacks {
        callbacks.run();
    }
}
