//! Workers that do not start what they were sent, as when somebody else has stopped them.
//!
//! No limit counts for an item that has not started. So a worker that leaves one lying is replaced, and
//! the item is run by another: nothing is lost by that.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::clock::monotonic_nanos;
use crate::inbox::WorkerKey;
use crate::seat::Seat;
use crate::supervisor::glances::{LOOK, Lying};
use crate::supervisor::state::Supervisor;

impl Supervisor {
    /// Replaces workers that leave lying what they were sent.
    pub(super) fn check_starts(&mut self) {
        let due = self.glances.next().is_some_and(|at| at <= Instant::now());
        if !due || self.is_suspended() {
            return;
        }
        let serving = self.workers.iter().filter(|(_, live)| live.is_serving());
        let mut lying = BTreeMap::new();
        for (&key, live) in serving {
            let request = self
                .desk
                .seat(key)
                .and_then(|seat| seat.lying(monotonic_nanos()));
            if let Some(request) = request {
                let unsent_bytes = live.end.unsent_bytes();
                let lies = Lying {
                    request,
                    unsent_bytes,
                };
                lying.insert(key, lies);
            }
        }
        for stuck in self.glances.look(lying) {
            self.replace_stuck(stuck);
        }
    }

    fn replace_stuck(&mut self, worker: WorkerKey) {
        // What has been taken back cannot start any more. Only if nothing has started before that is
        // there nothing to lose.
        let parcels = self.desk.seat(worker).map(Seat::take_back_all);
        self.put_back(parcels.unwrap_or_default());
        let started = self
            .desk
            .seat(worker)
            .is_some_and(|seat| seat.running(monotonic_nanos()).is_some());
        if !started {
            let reason = format!("it did not start what it was sent for {LOOK:?}");
            self.condemn(worker, reason);
        }
    }
}
