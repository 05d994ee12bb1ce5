//! Giving memory back that large payloads have needed, when none has come for a while.
//!
//! A pool that has nothing to do is woken once for that, and not again.

use std::time::{Duration, Instant};

use crate::inbox::WorkerKey;
use crate::supervisor::state::Supervisor;

/// How long memory is kept for the next large payload: to find it anew costs more than to copy it.
const REST: Duration = Duration::from_secs(5);

impl Supervisor {
    /// Gives back what has not been needed for long.
    pub(super) fn trim_regions(&mut self) {
        if self.stock.budget().is_untouched() {
            return;
        }
        let now = Instant::now();
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        for (&key, live) in &self.workers {
            if let Some(inputs) = live.regions.inputs.as_ref()
                && is_due(inputs.rests_at(REST))
            {
                inputs.trim();
            }
            if let Some(results) = live.regions.results.as_ref()
                && is_due(results.rests_at(REST))
                && self.desk.is_idle(key)
            {
                results.trim();
            }
        }
    }

    /// When there is something to give back.
    pub(super) fn next_trimming(&self) -> Option<Instant> {
        if self.stock.budget().is_untouched() {
            return None;
        }
        let rests = |(&key, live): (&WorkerKey, _)| self.rests_at(key, live);
        self.workers.iter().filter_map(rests).min()
    }

    fn rests_at(
        &self,
        key: WorkerKey,
        live: &crate::supervisor::worker::Worker,
    ) -> Option<Instant> {
        let inputs = live.regions.inputs.as_ref();
        let inputs = inputs.and_then(|inputs| inputs.rests_at(REST));
        // Of a worker that has something to do, its next answer tells.
        let results = live
            .regions
            .results
            .as_ref()
            .filter(|_| self.desk.is_idle(key));
        let results = results.and_then(|results| results.rests_at(REST));
        inputs.into_iter().chain(results).min()
    }
}
