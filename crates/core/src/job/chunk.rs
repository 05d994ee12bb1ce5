//! Several items of a `map` that travel together; each runs, ends and is lost alone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::bell::Bell;
use crate::host::JobId;
use crate::job::contract::{Holder, next_job_id};
use crate::job::inputs::{Inputs, discard_each};
use crate::job::lane::Lane;
use crate::job::options::JobOptions;
use crate::job::row::{ChunkOutcomes, Row};
use crate::job::stored::Stored;
use crate::job::witness::Witness;
use crate::job_error::JobError;
use crate::panics;
use crate::sync::lock;
use crate::task::contract::Task;

/// What it took to run a chunk.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measure {
    pub(crate) items: usize,
    /// The workers' time that went into it.
    pub(crate) busy: Duration,
    /// What its inputs and outputs have in encoded form; 0 where nothing is encoded.
    pub(crate) bytes: usize,
}

/// A chunk of a map.
pub(crate) struct ChunkCell<T: Task> {
    pub(super) id: JobId,
    pub(super) task: T,
    pub(super) options: JobOptions,
    pub(super) items: u32,
    pub(super) place: Place,
    /// Whether nobody waits for it any more; changed under the lock, and read without it before each
    /// item that starts.
    cancelled: AtomicBool,
    pub(super) state: Mutex<State<T>>,
}

/// Where a chunk belongs in its map.
pub(crate) struct Place {
    /// Rung with `number` when the last item has ended, and when one is queued again.
    pub(crate) bell: Arc<Bell>,
    /// The chunk's position among the chunks.
    pub(crate) number: usize,
    /// The position of its first item in the source.
    pub(crate) first: usize,
}

pub(super) struct State<T: Task> {
    pub(super) row: Row<T>,
    pub(super) busy: Duration,
    /// Several when a chunk was split because a worker had run dry.
    pub(super) holders: Vec<(Arc<dyn Holder>, u64)>,
    pub(super) witness: Option<Arc<dyn Witness>>,
    /// How many attempts have failed here and were not the last, by item; empty until one has.
    pub(super) failures: Vec<u32>,
}

/// What a finished chunk gives.
pub(crate) struct ChunkYield<T> {
    /// The position of the first item in the source.
    pub(crate) first: usize,
    pub(crate) outcomes: ChunkOutcomes<T>,
    pub(crate) measure: Measure,
    /// Whether an item was cancelled.
    pub(crate) was_cancelled: bool,
}

impl<T: Task> State<T> {
    /// An attempt at `item`, which is one of so many, was not the last.
    pub(super) fn note_failure(&mut self, item: u32, items: u32) {
        self.failures.resize(items as usize, 0);
        if let Some(failures) = self.failures.get_mut(item as usize) {
            *failures = failures.saturating_add(1);
        }
    }
}

impl<T: Task> ChunkCell<T> {
    /// A chunk of the next inputs of `source`: at most so many, which a `u32` counts.
    pub(crate) fn pull(
        task: T,
        source: &mut impl Iterator<Item = T::Input>,
        most: usize,
        options: JobOptions,
        place: Place,
    ) -> Arc<Self> {
        let row = if options.retries.count == 0 {
            let (inputs, pulled) = Inputs::pull(task, source, most);
            Row::new(inputs, pulled)
        } else {
            Self::pull_kept(task, source, most)
        };
        if row.is_finished() && row.len() > 0 {
            place.bell.ring(place.number);
        }
        Arc::new(Self {
            id: next_job_id(),
            task,
            options,
            items: row.len(),
            place,
            cancelled: AtomicBool::new(false),
            state: Mutex::new(State {
                row,
                busy: Duration::ZERO,
                holders: Vec::new(),
                witness: None,
                failures: Vec::new(),
            }),
        })
    }

    /// Keeps each input in the form in which it can be used more than once.
    fn pull_kept(task: T, source: &mut impl Iterator<Item = T::Input>, most: usize) -> Row<T> {
        let (inputs, pulled, failed) = Inputs::pull_kept(task, source, most);
        let mut row = Row::new(inputs, pulled);
        for (item, error) in failed {
            drop(row.end(Lane::single(item, Stored::failed(JobError::Codec(error)))));
        }
        row
    }

    /// How many items it has.
    pub(crate) fn len(&self) -> usize {
        self.items as usize
    }

    /// Whether all items have ended.
    pub(crate) fn is_finished(&self) -> bool {
        lock(&self.state).row.is_finished()
    }

    /// Whether nobody waits for it any more.
    #[inline]
    pub(super) fn is_cancelled(&self) -> bool {
        // Relaxed: it says nothing of anything else. An item that begins when this is false began before
        // the cancellation.
        self.cancelled.load(Ordering::Relaxed)
    }

    /// The outcomes, once all items have ended.
    pub(crate) fn take(&self) -> ChunkYield<T::Output> {
        let mut state = lock(&self.state);
        let lanes = state.row.take_outcomes();
        let was_cancelled = lanes.iter().any(Lane::has_cancelled);
        let measure = Measure {
            items: self.items as usize,
            busy: state.busy,
            bytes: state.row.bytes(),
        };
        drop(state);
        ChunkYield {
            first: self.place.first,
            outcomes: ChunkOutcomes::new(lanes),
            measure,
            was_cancelled,
        }
    }

    /// Keeps items that have not started from starting. Nobody waits for their outcomes any more.
    pub(crate) fn cancel(&self) {
        let mut state = lock(&self.state);
        self.cancelled.store(true, Ordering::Relaxed);
        let mut holders = std::mem::take(&mut state.holders);
        let witness = state.witness.take();
        let mut inputs = state.row.forget_inputs();
        drop(state);
        drop(witness);
        holders.extend(inputs.let_go());
        inputs.discard();
        for (holder, ticket) in holders {
            holder.take_back(ticket);
        }
    }

    /// Ends the items of `lane`, unless they have ended.
    pub(super) fn end(&self, lane: Lane<T::Output>, busy: Duration) {
        let mut state = lock(&self.state);
        let told = state.witness.is_some().then(|| lane.tally());
        let (inputs, late) = state.row.end(lane);
        if let (Some(witness), Some(told), None) = (&state.witness, told, &late) {
            witness.ended(told.items, told.failed, told.error.as_ref());
        }
        // Another process may claim any time.
        state.busy = match late {
            None => state.busy.saturating_add(busy),
            Some(_) => state.busy,
        };
        let whole = late.is_none() && state.row.is_finished();
        let witness = whole.then(|| state.witness.take());
        drop(state);
        drop(witness);
        // Dropped after the lock: destructors of values and inputs are user code.
        discard_each(inputs);
        panics::discard(late);
        if whole {
            self.place.bell.ring(self.place.number);
        }
    }

    /// Ends `item`, unless it has ended.
    pub(super) fn end_item(&self, item: u32, stored: Stored<T::Output>, busy: Duration) {
        self.end(Lane::single(item, stored), busy);
    }
}
