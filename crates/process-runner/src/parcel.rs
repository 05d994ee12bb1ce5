//! Work in encoded form: what waits in a process pool's queue.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use anypool_core::{Answers, CodecError, JobError, RanBy, Records, Settlement, TaskEntry, Work};
use smallvec::SmallVec;

use crate::owed::Owed;
use crate::parcel::causes::Causes;
use crate::parcel::packet::Packet;
use crate::terms::Terms;
use crate::trace::JobSpan;
use crate::transport::stock::Stock;

/// Some items of a job with their encoded inputs.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    /// One that has an entry.
    pub(crate) job: Owed,
    /// The items, by their number in the job.
    pub(crate) items: Range<u32>,
    pub(crate) terms: Arc<Terms>,
    /// How earlier attempts have failed.
    pub(crate) causes: Causes,
    /// Its job's span.
    pub(crate) span: JobSpan,
    /// Its inputs.
    packet: Packet,
}

const _: () = assert!(
    size_of::<Parcel>() <= 64 + size_of::<JobSpan>(),
    "a million of them may wait"
);

/// Some parcels on their way to the queue; one of them without memory of its own.
pub(crate) type Parcels = SmallVec<[Parcel; 1]>;

/// What became of packing some work.
#[derive(Debug)]
pub(crate) struct Packed {
    /// The parcels; several only where an item could not be encoded.
    pub(crate) parcels: Parcels,
    /// The items that could not be encoded.
    pub(crate) failed: Vec<(u32, CodecError)>,
}

impl Parcel {
    /// Encodes the inputs of `work`, a large one where it is likely to be needed. They stay in the job, too,
    /// until they are forgotten.
    pub(crate) fn pack(work: &Work, defaults: &Arc<Terms>, stock: &Stock) -> Packed {
        let mut packed = Packed {
            parcels: Parcels::new(),
            failed: Vec::new(),
        };
        if work.job.entry().is_none() {
            let refuse = |item| (item, CodecError::NoEncodedForm);
            packed.failed.extend(work.items.clone().map(refuse));
            return packed;
        }
        let packet = match work.items.len() {
            1 => placing::encode_one(work, stock, &mut packed.failed),
            _ => {
                let mut records = Vec::new();
                packed.failed = work.job.encode_inputs(work.items.clone(), &mut records);
                Packet::of_many(records)
            }
        };
        let mut rest = Self {
            job: Owed::new(Arc::clone(&work.job)),
            items: work.items.clone(),
            terms: Terms::of(&*work.job, defaults),
            causes: Causes::default(),
            span: JobSpan::default(),
            packet,
        };
        for &(item, _) in &packed.failed {
            // It has no record: what is behind it begins where what is before it ends.
            let before = rest.cut(item - rest.items.start);
            rest.items.start = item + 1;
            packed.parcels.extend(before.filter(|part| part.len() > 0));
        }
        if rest.len() > 0 {
            packed.parcels.push(rest);
        }
        packed
    }

    /// The task; none is only of a job that nothing packs.
    pub(crate) fn entry(&self) -> Option<&'static TaskEntry> {
        self.job.entry()
    }

    /// How many items there are.
    pub(crate) fn len(&self) -> u32 {
        self.items.end - self.items.start
    }

    /// The size of all inputs, also of items that have been split off.
    pub(crate) fn total_bytes(&self) -> usize {
        self.packet.kept_bytes()
    }

    /// Its inputs, in records; none when they lie elsewhere.
    fn inputs(&self) -> &[u8] {
        self.packet.bytes()
    }

    /// The size of its first input.
    pub(crate) fn first_bytes(&self) -> usize {
        if let Some(lease) = self.lease() {
            return lease.len();
        }
        let first = Records::new(self.inputs()).next();
        first.map_or(0, |record| record.bytes.len())
    }

    /// How many of its items fit into `most_bytes`; at least one.
    pub(crate) fn fitting(&self, most_bytes: usize) -> u32 {
        let inputs = self.inputs();
        if inputs.len() <= most_bytes {
            return self.len();
        }
        let mut records = Records::new(inputs);
        let mut fitting = 0;
        while records.next().is_some() && inputs.len() - records.rest().len() <= most_bytes {
            fitting += 1;
        }
        fitting.max(1)
    }

    /// Cuts off everything from the `at`-th item on; `None` when nothing is left for one side.
    pub(crate) fn split_off(&mut self, at: u32) -> Option<Self> {
        if at == 0 || at >= self.len() {
            return None;
        }
        let front = self.cut(at)?;
        Some(std::mem::replace(self, front))
    }

    /// The items in `within`, counted from the first.
    pub(crate) fn part(&self, within: Range<u32>) -> Option<Self> {
        let mut part = self.clone();
        part.cut(within.start)?;
        let part = part.cut(within.end.checked_sub(within.start)?)?;
        (part.len() > 0).then_some(part)
    }

    /// Cuts off the first `count` items; `None` when it has fewer.
    fn cut(&mut self, count: u32) -> Option<Self> {
        if count > self.len() {
            return None;
        }
        let mut records = Records::new(self.inputs());
        for _ in 0..count {
            if self.lease().is_none() {
                records.next()?;
            }
        }
        let front_bytes = self.inputs().len() - records.rest().len();
        let mut front = self.clone();
        front.packet = self.packet.cut(front_bytes);
        front.items.end = front.items.start + count;
        self.items.start = front.items.end;
        Some(front)
    }

    /// Whether there is nothing left to do.
    pub(crate) fn is_settled(&self) -> bool {
        self.items.clone().all(|item| self.job.is_settled(item))
    }

    /// The end of every item that has not ended.
    pub(crate) fn fail_all(self, error: &JobError) -> Vec<Settled> {
        let fail = |item| Settled {
            job: self.job.clone(),
            item,
            how: Settlement::Failed(error.clone()),
            busy: Duration::ZERO,
            attempt: None,
            span: self.span.clone(),
        };
        self.items.clone().map(fail).collect()
    }
}

/// An item's end, on its way to the job.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) job: Owed,
    pub(crate) item: u32,
    pub(crate) how: Settlement,
    pub(crate) busy: Duration,
    /// What to try again, where that may be.
    pub(crate) attempt: Option<Box<Attempt>>,
    /// Its job's span.
    pub(crate) span: JobSpan,
}

impl Settled {
    /// Has a failure name the process that ran the item, whatever that has said of itself.
    pub(crate) fn name_worker(&mut self, pid: Option<u32>) {
        if let (Settlement::Failed(error), Some(pid)) = (&mut self.how, pid) {
            error.name_worker(RanBy::Process { pid });
        }
    }

    /// The item's number, where a job has several.
    pub(crate) fn chunk_item(&self) -> Option<u32> {
        (self.job.items() > 1).then_some(self.item)
    }
}

/// The ends of several items, on their way to the job.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) job: Owed,
    /// The first of them.
    pub(crate) first: u32,
    pub(crate) answers: Answers,
    /// What they took together.
    pub(crate) busy: Duration,
    /// Their job's span.
    pub(crate) span: JobSpan,
}

impl Answered {
    /// Each by itself, with an even share of the time.
    pub(crate) fn into_settled(self) -> Vec<Settled> {
        let busy = self.busy / self.answers.len().max(1);
        let each = |(item, how)| Settled {
            job: self.job.clone(),
            item,
            how,
            busy,
            attempt: None,
            span: self.span.clone(),
        };
        let settlements = self.answers.clone().into_settlements();
        (self.first..).zip(settlements).map(each).collect()
    }
}

/// An attempt at an item of a job that may be tried again.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// The item alone.
    pub(crate) parcel: Parcel,
    /// Under which ticket its worker held it.
    pub(crate) ticket: u64,
}

mod causes;
mod packet;
mod placing;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod keeper;

#[cfg(test)]
pub(crate) mod tests;
