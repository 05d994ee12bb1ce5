//! What a worker is given ahead, and gives back.

use std::sync::Arc;

use crate::flight::Flight;
use crate::pace::{DEPTH, Pace};
use crate::parcel::Parcel;
use crate::seat::{MAX_REQUEST_BYTES, Seat};
use crate::transport::inputs::Inputs;

impl Seat {
    /// The same, with a place for large inputs.
    pub(crate) fn with_inputs(mut self, inputs: Option<Arc<Inputs>>) -> Self {
        self.inputs = inputs;
        self
    }

    /// Whether `parcel` may be sent although the worker is busy.
    pub(crate) fn takes_ahead(&self, parcel: &Parcel) -> bool {
        // Only single jobs are given far ahead. One item that is larger would not fit into the pipe beside
        // another request.
        let is_placed = self.has_placed(parcel);
        let depth = if parcel.len() == 1 && !is_placed {
            self.pace.depth()
        } else {
            DEPTH
        };
        self.flights.len() < depth && (is_placed || parcel.first_bytes() <= MAX_REQUEST_BYTES)
    }

    /// Whether the input of `parcel` lies where the worker can read it.
    pub(crate) fn has_placed(&self, parcel: &Parcel) -> bool {
        let lease = parcel.lease().zip(self.inputs.as_ref());
        lease.is_some_and(|(lease, inputs)| lease.lies_in(inputs))
    }

    /// Takes back what lies deep behind an item that takes longer than those before it: once, since the
    /// worker is given nothing there until it has answered again.
    pub(crate) fn relieve(&mut self, now_nanos: u64) -> Vec<Parcel> {
        if self.flights.len() <= DEPTH || !self.pace.is_known() {
            return Vec::new();
        }
        // A worker that had nothing to do is not silent for that.
        let silent_since = self.last_reply_nanos.max(self.flights[0].sent_nanos);
        if !Pace::is_stale(silent_since, now_nanos) {
            return Vec::new();
        }
        self.pace.forget();
        let deep = self.flights.iter().skip(DEPTH);
        deep.filter_map(|flight| flight.take_back(&self.grip))
            .collect()
    }

    /// Takes back everything that the worker has not started, oldest first.
    pub(crate) fn take_back_all(&mut self) -> Vec<Parcel> {
        let grip = &self.grip;
        self.flights
            .iter()
            .filter_map(|flight| flight.take_back(grip))
            .collect()
    }

    /// Whether something may lie behind what runs.
    pub(crate) fn may_share(&self) -> bool {
        let has_more = |flight: &Flight| flight.parcel.len() - flight.answered > 1;
        self.flights.len() > 1 || self.flights.front().is_some_and(has_more)
    }

    /// Takes back, for a worker that has run dry, half of the requests that lie behind the first, those
    /// that were given last; or what follows the running item of a chunk. What the worker is about to start
    /// stays: it is no better off elsewhere.
    pub(crate) fn share(&mut self) -> Vec<Parcel> {
        let grip = &self.grip;
        let most = self.flights.len().saturating_sub(1).div_ceil(2);
        let behind = self.flights.iter().skip(1).rev();
        let taken = behind.filter_map(|flight| flight.take_back(grip));
        let mut taken: Vec<Parcel> = taken.take(most).collect();
        taken.reverse();
        if taken.is_empty() {
            let rest = self.flights.front();
            taken.extend(rest.and_then(|flight| flight.take_back_rest(grip)));
        }
        taken
    }
}
