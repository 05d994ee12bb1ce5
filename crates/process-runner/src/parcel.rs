//! Work in encoded form: what waits in a process pool's queue.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use anypool_core::{CodecError, JobError, RanBy, Settlement, TaskEntry, Work};

use crate::owed::Owed;
use crate::terms::Terms;
use crate::trace::JobSpan;
use crate::wire::request::Inputs;
use crate::wire::status::MAX_ITEMS;

/// Some items of a job with their encoded inputs.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub(crate) job: Owed,
    pub(crate) entry: &'static TaskEntry,
    /// The items, by their number in the job.
    pub(crate) items: Range<u32>,
    pub(crate) terms: Arc<Terms>,
    /// How earlier attempts have failed.
    pub(crate) causes: Vec<JobError>,
    /// Its job's span.
    pub(crate) span: JobSpan,
    inputs: Arc<Inputs>,
    /// The number of the item whose input is the first in `inputs`.
    base: u32,
}

/// What became of packing some work.
#[derive(Debug)]
pub(crate) struct Packed {
    /// The parcels; several only where an item could not be encoded, or for very many items.
    pub(crate) parcels: Vec<Parcel>,
    /// The items that could not be encoded.
    pub(crate) failed: Vec<(u32, CodecError)>,
}

impl Parcel {
    /// Encodes the inputs of `work`. They stay in the job, too, until they are forgotten.
    pub(crate) fn pack(work: &Work, defaults: &Arc<Terms>) -> Packed {
        let mut packed = Packed {
            parcels: Vec::new(),
            failed: Vec::new(),
        };
        let Some(entry) = work.job.entry() else {
            let refuse = |item| (item, CodecError::NoEncodedForm);
            packed.failed.extend(work.items.clone().map(refuse));
            return packed;
        };
        let terms = Terms::of(&work.job.options(), defaults);
        let mut inputs = Inputs::default();
        let mut base = work.items.start;
        let mut close = |inputs: &mut Inputs, items: Range<u32>| {
            let inputs = Arc::new(std::mem::take(inputs));
            if !items.is_empty() {
                packed.parcels.push(Self {
                    job: Owed::new(Arc::clone(&work.job)),
                    entry,
                    base: items.start,
                    items,
                    terms: Arc::clone(&terms),
                    causes: Vec::new(),
                    span: JobSpan::default(),
                    inputs,
                });
            }
        };
        for item in work.items.clone() {
            if inputs.len() == MAX_ITEMS {
                close(&mut inputs, base..item);
                base = item;
            }
            if let Err(error) = inputs.push(|out| work.job.encode_input(item, out)) {
                close(&mut inputs, base..item);
                base = item + 1;
                packed.failed.push((item, error));
            }
        }
        close(&mut inputs, base..work.items.end);
        packed
    }

    /// How many items there are.
    pub(crate) fn len(&self) -> u32 {
        self.items.end - self.items.start
    }

    /// The size of all inputs, also of items that have been split off.
    pub(crate) fn total_bytes(&self) -> usize {
        self.inputs.total_bytes()
    }

    /// The inputs, and which of them are this parcel's.
    pub(crate) fn inputs(&self) -> (&Inputs, Range<usize>) {
        let index = |item: u32| (item - self.base) as usize;
        (&self.inputs, index(self.items.start)..index(self.items.end))
    }

    /// Cuts off everything from the `at`-th item on; `None` when nothing is left for one side.
    pub(crate) fn split_off(&mut self, at: u32) -> Option<Self> {
        if at == 0 || at >= self.len() {
            return None;
        }
        let middle = self.items.start + at;
        let mut rest = self.clone();
        rest.items.start = middle;
        self.items.end = middle;
        Some(rest)
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

/// An attempt at an item of a job that may be tried again.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// The item alone.
    pub(crate) parcel: Parcel,
    /// Under which ticket its worker held it.
    pub(crate) ticket: u64,
}

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod keeper;

#[cfg(test)]
pub(crate) mod tests;
