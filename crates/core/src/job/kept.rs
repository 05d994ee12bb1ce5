//! The input of an item that may be tried again: in encoded form, so that each attempt gets a copy of
//! its own, with what became of the attempts so far.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use crate::job::contract::Holder;
use crate::job::retries::Retries;
use crate::job_error::JobError;

/// What outlives the attempts at an item.
pub(crate) struct Kept {
    pub(crate) input: Vec<u8>,
    /// How the attempts have failed, in order.
    causes: Vec<JobError>,
    /// Who waits until the item may be tried again.
    holder: Option<(Arc<dyn Holder>, u64)>,
}

impl Kept {
    pub(crate) fn new(input: Vec<u8>) -> Self {
        Self {
            input,
            causes: Vec::new(),
            holder: None,
        }
    }

    /// The number of the next attempt, from 1.
    pub(crate) fn attempt(&self) -> u32 {
        u32::try_from(self.causes.len() + 1).unwrap_or(u32::MAX)
    }

    /// Notes how an attempt failed: gives the pause before the next one, or what the item ends as.
    pub(crate) fn failed(
        &mut self,
        cause: JobError,
        retries: &Retries,
    ) -> Result<Duration, JobError> {
        let retry = self.attempt();
        let mut causes = std::mem::take(&mut self.causes);
        causes.push(cause);
        self.causes = retries.decide(causes)?;
        // Every state of this kind has keys of its own, which is random enough for jitter.
        Ok(retries.pause(retry, RandomState::new().hash_one(retry)))
    }

    /// Notes who waits until the item may be tried again.
    pub(crate) fn hold(&mut self, holder: Arc<dyn Holder>, ticket: u64) {
        self.holder = Some((holder, ticket));
    }

    /// Nobody waits for the item's next attempt any more.
    pub(crate) fn let_go(&mut self) -> Option<(Arc<dyn Holder>, u64)> {
        self.holder.take()
    }
}
