//! Which worker gets what, when. No input or output: tested without a process.
//!
//! Work conserving means: no job waits behind another while a worker is idle. An idle worker is served
//! first; only when there is none are jobs sent ahead to busy workers (how many, [`crate::pace`] says); and
//! when a worker runs dry while others have jobs that they have not started, it gets of those.

use std::collections::{BTreeMap, VecDeque};

use crate::inbox::WorkerKey;
use crate::parcel::Parcel;
use crate::seat::Seat;
use crate::supervisor::desk::outgoing::Outbox;

/// The queue and the workers' seats.
#[derive(Debug)]
pub(crate) struct Desk {
    /// Whether busy workers are given jobs.
    sends_ahead: bool,
    queue: VecDeque<Parcel>,
    seats: BTreeMap<WorkerKey, Place>,
    /// The workers for which something lies in their outboxes, each once.
    outgoing: VecDeque<WorkerKey>,
}

#[derive(Debug)]
struct Place {
    seat: Seat,
    /// Whether the worker may be given jobs.
    open: bool,
    /// Whether bytes for it are stuck on their way.
    congested: bool,
    outbox: Outbox,
}

/// Jobs and bytes in the queue, or a change of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) jobs: i64,
    pub(crate) bytes: i64,
}

impl Desk {
    pub(crate) fn new(sends_ahead: bool) -> Self {
        Self {
            sends_ahead,
            queue: VecDeque::new(),
            seats: BTreeMap::new(),
            outgoing: VecDeque::new(),
        }
    }

    /// Adds a parcel at the end of the queue.
    pub(crate) fn accept(&mut self, parcel: Parcel) {
        self.queue.push_back(parcel);
    }

    /// Puts parcels that came back in front of the queue, in their order. Returns what waits again.
    pub(crate) fn put_back(&mut self, parcels: Vec<Parcel>) -> Waiting {
        let mut back = Waiting::default();
        for parcel in parcels.into_iter().rev() {
            back.add(&parcel);
            self.queue.push_front(parcel);
        }
        back
    }

    /// Takes everything out of the queue.
    pub(crate) fn take_queue(&mut self) -> VecDeque<Parcel> {
        std::mem::take(&mut self.queue)
    }

    /// Gives a new worker a seat; it gets jobs at once.
    pub(crate) fn open(&mut self, worker: WorkerKey, seat: Seat) {
        let place = Place {
            seat,
            open: true,
            congested: false,
            outbox: Outbox::default(),
        };
        self.seats.insert(worker, place);
    }

    /// Gives a worker nothing more.
    pub(crate) fn close(&mut self, worker: WorkerKey) {
        if let Some(place) = self.seats.get_mut(&worker) {
            place.open = false;
        }
    }

    /// Notes whether bytes for a worker are stuck.
    pub(crate) fn set_congested(&mut self, worker: WorkerKey, congested: bool) {
        if let Some(place) = self.seats.get_mut(&worker) {
            place.congested = congested;
        }
    }

    pub(crate) fn seat(&mut self, worker: WorkerKey) -> Option<&mut Seat> {
        Some(&mut self.seats.get_mut(&worker)?.seat)
    }

    pub(crate) fn remove(&mut self, worker: WorkerKey) -> Option<Seat> {
        Some(self.seats.remove(&worker)?.seat)
    }

    /// Whether a worker has nothing to do.
    pub(crate) fn is_idle(&self, worker: WorkerKey) -> bool {
        let place = self.seats.get(&worker);
        place.is_some_and(|place| place.seat.is_idle())
    }

    /// How many parcels wait.
    pub(crate) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Removes parcels from the queue that have nothing left to do. Returns what waits less.
    pub(crate) fn sweep(&mut self) -> Waiting {
        let mut left = Waiting::default();
        self.queue.retain(|parcel| {
            let settled = parcel.is_settled();
            if settled {
                left.subtract(parcel);
            }
            !settled
        });
        left
    }

    /// How many more workers would find something to do: for what waits, and what lies behind what runs.
    pub(crate) fn surplus(&self) -> usize {
        let behind: usize = self.seats.values().map(|place| place.seat.behind()).sum();
        let idle = |place: &&Place| place.open && place.seat.is_idle();
        let idle = self.seats.values().filter(idle).count();
        (self.queue.len() + behind).saturating_sub(idle)
    }

    /// Whether nothing waits and nothing is under way.
    pub(crate) fn is_clear(&self) -> bool {
        self.queue.is_empty() && self.seats.values().all(|place| place.seat.is_idle())
    }

    /// How many workers have something to do.
    pub(crate) fn busy(&self) -> usize {
        self.seats
            .values()
            .filter(|place| !place.seat.is_idle())
            .count()
    }

    /// Puts into outboxes what can be sent. Returns how many more jobs and bytes have left the queue than have
    /// come back into it.
    pub(crate) fn dispatch(&mut self, now_nanos: u64) -> Waiting {
        let mut left = Waiting::default();
        self.relieve(now_nanos, &mut left);
        loop {
            let Some(parcel) = self.queue.front() else {
                if self.rebalance(&mut left) {
                    continue;
                }
                return left;
            };
            if parcel.is_settled() {
                left.add(parcel);
                self.queue.pop_front();
                continue;
            }
            let Some(worker) = self.pick(parcel) else {
                return left;
            };
            self.give(worker, now_nanos, &mut left);
        }
    }

    /// The worker that gets the next parcel: an idle one, or the least loaded that takes it ahead.
    fn pick(&self, parcel: &Parcel) -> Option<WorkerKey> {
        let free = |place: &Place| {
            let seat = &place.seat;
            let ahead = self.sends_ahead && !place.congested && seat.takes_ahead(parcel);
            place.open && seat.room() > 0 && (seat.is_idle() || ahead)
        };
        let free = self.seats.iter().filter(|(_, place)| free(place));
        // Of several, the one that has the input already.
        let least = free.min_by_key(|(_, place)| {
            let seat = &place.seat;
            (seat.load(), !seat.has_placed(parcel))
        })?;
        Some(*least.0)
    }

    fn give(&mut self, worker: WorkerKey, now_nanos: u64, left: &mut Waiting) {
        let (Some(parcel), Some(place)) = (self.queue.pop_front(), self.seats.get_mut(&worker))
        else {
            return;
        };
        left.add(&parcel);
        let outbox = &mut place.outbox;
        let before = outbox.frames.len();
        let rest = place.seat.give(parcel, now_nanos, &mut outbox.frames);
        if let Some(rest) = rest {
            left.subtract(&rest);
            self.queue.push_front(rest);
        }
        if outbox.frames.len() > before {
            outbox.elsewhere += place.seat.newest_lease_bytes();
            if before == 0 {
                self.outgoing.push_back(worker);
            }
        }
    }

    /// With an empty queue and an idle worker: gets back what a busy worker has not started. Returns
    /// whether there is something in the queue now.
    fn rebalance(&mut self, left: &mut Waiting) -> bool {
        let idle = |place: &&mut Place| place.open && place.seat.is_idle() && place.seat.room() > 0;
        let hands = self.seats.values_mut().filter(idle).count();
        let may_share = |place: &Place| place.seat.may_share();
        if hands == 0 || !self.seats.values().any(may_share) {
            return false;
        }
        let mut busy: Vec<_> = self
            .seats
            .values_mut()
            .filter(|place| !place.seat.is_idle())
            .collect();
        busy.sort_by_key(|place| std::cmp::Reverse(place.seat.load()));
        let mut shared = busy.into_iter().map(|place| place.seat.share());
        let Some(parcels) = shared.find(|parcels| !parcels.is_empty()) else {
            return false;
        };
        // A piece for every idle worker and one for the worker it came from, which is dry soon.
        let pieces = u32::try_from(hands + 1).unwrap_or(u32::MAX);
        for mut parcel in parcels {
            let size = parcel.len().div_ceil(pieces);
            while let Some(rest) = parcel.split_off(size) {
                left.subtract(&parcel);
                self.queue.push_back(std::mem::replace(&mut parcel, rest));
            }
            left.subtract(&parcel);
            self.queue.push_back(parcel);
        }
        true
    }

    /// Gets back what lies deep behind an item that takes longer than those before it: what is given out
    /// now would overtake it.
    fn relieve(&mut self, now_nanos: u64, left: &mut Waiting) {
        let mut parcels = Vec::new();
        for place in self.seats.values_mut() {
            parcels.append(&mut place.seat.relieve(now_nanos));
        }
        if parcels.is_empty() {
            return;
        }
        parcels.iter().for_each(|parcel| left.subtract(parcel));
        self.put_back(parcels);
    }
}

impl Waiting {
    fn add(&mut self, parcel: &Parcel) {
        self.jobs += i64::from(parcel.len());
        self.bytes += signed(parcel.total_bytes());
    }

    fn subtract(&mut self, parcel: &Parcel) {
        self.jobs -= i64::from(parcel.len());
        self.bytes -= signed(parcel.total_bytes());
    }
}

fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

mod outgoing;

#[cfg(test)]
mod tests;
