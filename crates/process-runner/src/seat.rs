//! What one worker has been given, and what of it has come back. No input or output: the supervisor
//! tells the seat what happened, the seat tells the supervisor what follows.
//!
//! - [`sharing`] is what it is given ahead and gives back,
//! - [`watching`] is the item that runs now, and for how long.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use anypool_core::{Holder, Lent, Settlement};

use crate::flight::Flight;
use crate::grip::Grip;
use crate::pace::Pace;
use crate::parcel::{Answered, Parcel, Settled};
use crate::pauses::Pauses;
use crate::sys::entry::address_of;
use crate::transport::inputs::Inputs;
use crate::wire::frame;
use crate::wire::reply::{Header, Reply};
use crate::wire::request;
use crate::wire::status::MAX_ITEMS;

/// A request is cut at this size (one item may be larger): two of them fit into a pipe, and a large chunk
/// must not sit in one worker's where nobody can take it back cheaply.
const MAX_REQUEST_BYTES: usize = 30 * 1024;

/// A worker's answer that no honest worker gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the worker broke the protocol: {0}")]
pub(crate) struct Breach(&'static str);

/// The requests in flight to one worker, oldest first; it answers in this order.
#[derive(Debug)]
pub(crate) struct Seat {
    grip: Arc<Grip>,
    /// Where large inputs lie for the worker, if they need not travel.
    inputs: Option<Arc<Inputs>>,
    flights: VecDeque<Flight>,
    next_sequence: u64,
    last_reply_nanos: u64,
    pace: Pace,
    /// How many items the worker may run in its life.
    most: Option<u64>,
    /// How many it has answered.
    answered: u64,
    /// The item that was seen running last, and when it was first seen to have started: whatever the
    /// worker says later, it does not start anew.
    seen: Option<((u64, u32), u64)>,
    /// Whether something it was given had to be looked at before it was answered: few pools have such jobs.
    is_ever_watched: bool,
    pauses: Pauses,
}

/// What a dead worker leaves.
#[derive(Debug, Default)]
pub(crate) struct Remains {
    /// Items that had started, or had ended without an answer; they are not run again.
    pub(crate) lost: Vec<Settled>,
    /// Items that had not started, in order.
    pub(crate) returned: Vec<Parcel>,
}

impl Seat {
    /// A seat for a worker that may run `most` items.
    pub(crate) fn new(grip: Arc<Grip>, most: Option<u64>) -> Self {
        Self {
            most,
            answered: 0,
            seen: None,
            is_ever_watched: false,
            grip,
            inputs: None,
            flights: VecDeque::new(),
            next_sequence: 0,
            last_reply_nanos: 0,
            pace: Pace::default(),
            pauses: Pauses::default(),
        }
    }

    /// Whether the worker has nothing to do.
    pub(crate) fn is_idle(&self) -> bool {
        self.flights.is_empty()
    }

    /// Whether the next answer ends all that the worker has.
    pub(crate) fn is_at_last(&self) -> bool {
        let only = self.flights.front().filter(|_| self.flights.len() == 1);
        only.is_some_and(|flight| flight.answered + 1 >= flight.kept(&self.grip))
    }

    /// How many items lie behind the one that runs.
    pub(crate) fn behind(&self) -> usize {
        let left = |flight: &Flight| (flight.kept(&self.grip) - flight.answered) as usize;
        let left: usize = self.flights.iter().map(left).sum();
        left.saturating_sub(1)
    }

    /// Whether request `sequence`, by the number that a ticket tells, is still to end here. One that was
    /// settled otherwise is not, though the worker has not passed over it yet.
    pub(crate) fn is_to_end(&self, sequence: u64) -> bool {
        let is_it = |flight: &&Flight| flight.sequence & u64::from(u32::MAX) == sequence;
        let flight = self.flights.iter().find(is_it);
        flight.is_some_and(|flight| !flight.parcel.is_settled())
    }

    /// How many requests are in flight.
    pub(crate) fn load(&self) -> usize {
        self.flights.len()
    }

    /// How many more items the worker may be given.
    pub(crate) fn room(&self) -> u32 {
        let Some(most) = self.most else {
            return u32::MAX;
        };
        let under_way = |flight: &Flight| u64::from(flight.kept(&self.grip) - flight.answered);
        let given = self.answered + self.flights.iter().map(under_way).sum::<u64>();
        u32::try_from(most.saturating_sub(given)).unwrap_or(u32::MAX)
    }

    /// Whether the worker has run all that it may.
    pub(crate) fn is_spent(&self) -> bool {
        self.most.is_some_and(|most| self.answered >= most)
    }

    /// Gives the worker as much of `parcel` as one request holds; the frame to send is appended to `outbox`,
    /// unless the job has been settled meanwhile. Returns what was left over.
    pub(crate) fn give(
        &mut self,
        mut parcel: Parcel,
        now_nanos: u64,
        outbox: &mut Vec<u8>,
    ) -> Option<Parcel> {
        let fitting = parcel.fitting(MAX_REQUEST_BYTES).min(MAX_ITEMS);
        let rest = parcel.split_off(fitting.min(self.room()));
        let sequence = self.next_sequence;
        // Offered before it is held: a cancellation that comes at once finds it on the page.
        self.grip.offer(sequence, parcel.len());
        let holder: Arc<dyn Holder> = Arc::<Grip>::clone(&self.grip);
        if !parcel.job.hold(holder, self.grip.ticket(sequence)) {
            return rest;
        }
        self.next_sequence += 1;
        let limit = parcel.terms.timeout.unwrap_or_default();
        let header = request::Header {
            sequence,
            entry: parcel.entry().map_or(0, address_of),
            job: parcel.job.id().0,
            attempt: u32::try_from(parcel.causes.len() + 1).unwrap_or(u32::MAX),
            limit_nanos: u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX),
            gathers: parcel.len() > 1 && parcel.terms.may_gather(),
        };
        let inputs = parcel.put_among(self.inputs.as_ref());
        frame::append(outbox, |out| request::append(out, &header, inputs));
        self.is_ever_watched |= parcel.terms.are_limited();
        self.flights.push_back(Flight {
            sequence,
            parcel,
            answered: 0,
            sent_nanos: now_nanos,
            to_kill: false,
        });
        rest
    }

    /// Takes a reply in. Returns the items that it settles, or what must be run elsewhere.
    pub(crate) fn reply(&mut self, reply: Reply<'_>, now_nanos: u64) -> Result<Replied, Breach> {
        match reply {
            Reply::Skipped { sequence } => self.skipped(sequence),
            Reply::Done(header, value) => {
                let how = Settlement::Encoded(value.into());
                self.settle_one(header, how, now_nanos)
            }
            Reply::Failed(header, error) => {
                self.settle_one(header, Settlement::Failed(error), now_nanos)
            }
            Reply::Lent(..) => Err(Breach("it lent a result where none can lie")),
            Reply::Gathered(header, answers) => {
                let flight = self.advance(header, answers.len(), now_nanos)?;
                if !flight.parcel.terms.may_gather() {
                    return Err(Breach("it gathered answers that are wanted one by one"));
                }
                let answered = flight.answered(header.item, answers, header.busy);
                self.pass_on();
                Ok(Replied::Answered(answered))
            }
        }
    }

    /// Takes in that an item has ended, whose value is lent.
    pub(crate) fn reply_lent(
        &mut self,
        header: Header,
        lent: Box<dyn Lent>,
        now_nanos: u64,
    ) -> Result<Replied, Breach> {
        self.settle_one(header, Settlement::Lent(lent), now_nanos)
    }

    fn settle_one(
        &mut self,
        header: Header,
        how: Settlement,
        now_nanos: u64,
    ) -> Result<Replied, Breach> {
        let ticket = self.grip.ticket(header.sequence);
        let flight = self.advance(header, 1, now_nanos)?;
        let settled = match flight.is_over() {
            false => flight.settled(ticket, header.item, how, header.busy),
            true => match self.flights.pop_front() {
                Some(flight) => flight.into_settled(ticket, header.item, how, header.busy),
                None => return Err(Breach("it answered without a request")),
            },
        };
        Ok(Replied::Settled(settled))
    }

    /// Takes in that the worker has answered for `count` items; `header` names the first.
    fn advance(
        &mut self,
        header: Header,
        count: u32,
        now_nanos: u64,
    ) -> Result<&mut Flight, Breach> {
        let unasked = Breach("it answered without a request");
        let flight = self.flights.front_mut().ok_or(unasked)?;
        if (header.sequence, header.item) != (flight.sequence, flight.answered) {
            return Err(Breach("it answered out of order"));
        }
        if count == 0 {
            return Err(Breach("it answered for nothing"));
        }
        if count > flight.kept(&self.grip).saturating_sub(header.item) {
            return Err(Breach("it answered for what had been taken back"));
        }
        flight.answered += count;
        self.answered += u64::from(count);
        self.last_reply_nanos = now_nanos;
        self.pace.note(header.busy / count);
        Ok(flight)
    }

    /// Forgets the oldest request if all of it has been answered.
    fn pass_on(&mut self) {
        if self.flights.front().is_some_and(Flight::is_over) {
            self.flights.pop_front();
        }
    }

    fn skipped(&mut self, sequence: u64) -> Result<Replied, Breach> {
        let unasked = Breach("it skipped what had not been taken back");
        let flight = self.flights.front().ok_or(unasked)?;
        if flight.sequence != sequence || self.grip.taken_back(sequence).is_none() {
            return Err(unasked);
        }
        if flight.answered < flight.kept(&self.grip) {
            return Err(Breach("it skipped items that it had claimed"));
        }
        self.flights.pop_front();
        Ok(Replied::Skipped)
    }

    /// The worker is dead: what it had, sorted. All of its answers must have been taken in before.
    pub(crate) fn end(&mut self, error: &anypool_core::JobError) -> Remains {
        let mut remains = Remains::default();
        for flight in std::mem::take(&mut self.flights) {
            remains.returned.extend(flight.take_back(&self.grip));
            for item in flight.answered..flight.kept(&self.grip) {
                let how = Settlement::Failed(error.clone());
                let ticket = self.grip.ticket(flight.sequence);
                let lost = flight.settled(ticket, item, how, Duration::ZERO);
                remains.lost.push(lost);
            }
        }
        remains
    }
}

/// What a reply means.
#[derive(Debug)]
pub(crate) enum Replied {
    /// An item has ended.
    Settled(Settled),
    /// Several have.
    Answered(Answered),
    /// The worker passed over what had been taken back.
    Skipped,
}

mod sharing;
pub(crate) mod watching;
mod portrait;

#[cfg(test)]
mod tests;
