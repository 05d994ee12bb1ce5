//! Some items of a job: what executors queue and workers are given.

use std::ops::Range;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::context::Context;
use crate::job::answers::Settlement;
use crate::job::contract::Job;
use crate::job_error::JobError;

/// Some items of a job: what executors queue and workers are given.
#[derive(Clone, Debug)]
pub struct Work {
    /// The job.
    pub job: Arc<dyn Job>,
    /// The items, by number.
    pub items: Range<u32>,
}

impl Work {
    /// All items of `job`.
    #[must_use]
    pub fn all(job: Arc<dyn Job>) -> Self {
        let items = 0..job.items();
        Self { job, items }
    }

    /// Runs all items on this thread, those that are to be tried again as well: it sleeps through
    /// their pauses. For executors that have nothing better to do meanwhile.
    pub fn run(self, ctx: &Context) {
        for item in self.items {
            while let Some(pause) = self.job.run(item, ctx) {
                thread::sleep(pause);
                if !self.job.resume(item) {
                    break;
                }
            }
        }
    }

    /// Ends all items that have not ended, with the same error.
    pub fn fail(&self, error: &JobError) {
        for item in self.items.clone() {
            let how = Settlement::Failed(error.clone());
            if let Some(callbacks) = Arc::clone(&self.job).settle(item, how, Duration::ZERO) {
                callbacks.run();
            }
        }
    }

    /// Ends all items that have not started, with the same error.
    ///
    /// A worker that waits for a job of its own pool runs it while it is still queued, so what an
    /// executor finds in its queue may have started.
    pub fn fail_unstarted(&self, error: &JobError) {
        for item in self.items.clone() {
            let ended = Arc::clone(&self.job).settle_unstarted(item, error.clone());
            if let Some(callbacks) = ended {
                callbacks.run();
            }
        }
    }
}
