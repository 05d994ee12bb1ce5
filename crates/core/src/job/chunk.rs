//! Several items of a `map` that travel together; each runs, ends and is lost alone.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::bell::Bell;
use crate::codec::{self, CodecError};
use crate::context::Context;
use crate::host::JobId;
use crate::job::contract::{Callbacks, Holder, Job, Settlement, next_job_id};
use crate::job::options::JobOptions;
use crate::job::stored::Stored;
use crate::job::workload::{TaskCall, Workload as _};
use crate::job_error::{JobError, Outcome};
use crate::panics;
use crate::sync::lock;
use crate::task::contract::Task;
use crate::task::entry::TaskEntry;

/// A chunk of a map.
pub(crate) struct ChunkCell<T: Task> {
    id: JobId,
    task: T,
    entry: &'static TaskEntry,
    options: JobOptions,
    items: u32,
    place: Place,
    state: Mutex<State<T>>,
}

/// Where a chunk belongs in its map.
pub(crate) struct Place {
    /// Rung with `number` when the last item has ended.
    pub(crate) bell: Arc<Bell>,
    /// The chunk's position among the chunks.
    pub(crate) number: usize,
    /// The position of its first item in the source.
    pub(crate) first: usize,
}

struct State<T: Task> {
    items: Vec<Item<T>>,
    unsettled: u32,
    busy: Duration,
    cancelled: bool,
    /// Several when a chunk was split because a worker had run dry.
    holders: Vec<(Arc<dyn Holder>, u64)>,
}

enum Item<T: Task> {
    Waiting(T::Input),
    /// Running here, or sent in encoded form.
    Away,
    Done(Stored<T::Output>),
}

/// What a finished chunk gives.
pub(crate) struct ChunkYield<T> {
    /// The position of the first item in the source.
    pub(crate) first: usize,
    pub(crate) outcomes: Vec<Outcome<T>>,
    /// The workers' time that went into it.
    pub(crate) busy: Duration,
}

impl<T: Task> ChunkCell<T> {
    pub(crate) fn new(
        task: T,
        inputs: Vec<T::Input>,
        options: JobOptions,
        place: Place,
    ) -> Arc<Self> {
        let items: Vec<_> = inputs.into_iter().map(Item::Waiting).collect();
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        Arc::new(Self {
            id: next_job_id(),
            task,
            entry: TaskEntry::of(task),
            options,
            items: count,
            place,
            state: Mutex::new(State {
                items,
                unsettled: count,
                busy: Duration::ZERO,
                cancelled: false,
                holders: Vec::new(),
            }),
        })
    }

    /// The outcomes, once all items have ended.
    pub(crate) fn take(&self) -> ChunkYield<T::Output> {
        let mut state = lock(&self.state);
        let items = std::mem::take(&mut state.items);
        let busy = state.busy;
        drop(state);
        let outcome = |item| match item {
            Item::Done(stored) => Stored::into_outcome(stored, TaskCall::<T>::decode_output),
            Item::Waiting(_) | Item::Away => Err(JobError::Cancelled),
        };
        ChunkYield {
            first: self.place.first,
            outcomes: items.into_iter().map(outcome).collect(),
            busy,
        }
    }

    /// Keeps items that have not started from starting. Nobody waits for their outcomes any more.
    pub(crate) fn cancel(&self) {
        let mut state = lock(&self.state);
        state.cancelled = true;
        let holders = std::mem::take(&mut state.holders);
        let forget = |item: &mut Item<T>| match item {
            Item::Waiting(_) => Some(std::mem::replace(item, Item::Away)),
            _ => None,
        };
        let inputs: Vec<_> = state.items.iter_mut().filter_map(forget).collect();
        drop(state);
        inputs.into_iter().for_each(panics::discard);
        for (holder, ticket) in holders {
            holder.take_back(ticket);
        }
    }

    fn take_input(&self, item: u32) -> Option<T::Input> {
        let mut state = lock(&self.state);
        let slot = state.items.get_mut(item as usize)?;
        match std::mem::replace(slot, Item::Away) {
            Item::Waiting(input) => Some(input),
            other => {
                *slot = other;
                None
            }
        }
    }

    fn end(&self, item: u32, stored: Stored<T::Output>, busy: Duration) {
        let mut state = lock(&self.state);
        let Some(slot) = state.items.get_mut(item as usize) else {
            return;
        };
        if matches!(slot, Item::Done(_)) {
            // Dropped after the lock: destructors of values are user code.
            drop(state);
            drop(stored);
            return;
        }
        let input = std::mem::replace(slot, Item::Done(stored));
        // Another process may claim any time.
        state.busy = state.busy.saturating_add(busy);
        state.unsettled -= 1;
        let whole = state.unsettled == 0;
        drop(state);
        panics::discard(input);
        if whole {
            self.place.bell.ring(self.place.number);
        }
    }
}

impl<T: Task> Job for ChunkCell<T> {
    fn id(&self) -> JobId {
        self.id
    }

    fn options(&self) -> JobOptions {
        self.options
    }

    fn entry(&self) -> Option<&'static TaskEntry> {
        Some(self.entry)
    }

    fn items(&self) -> u32 {
        self.items
    }

    fn is_settled(&self, item: u32) -> bool {
        let state = lock(&self.state);
        state.cancelled
            || !matches!(
                state.items.get(item as usize),
                Some(Item::Waiting(_) | Item::Away)
            )
    }

    fn encode_input(&self, item: u32, buf: &mut Vec<u8>) -> Result<(), CodecError> {
        let input = self.take_input(item).ok_or(CodecError::NoEncodedForm)?;
        let encoded = codec::encode_append(&input, buf);
        if let Some(slot) = lock(&self.state).items.get_mut(item as usize) {
            *slot = Item::Waiting(input);
        }
        encoded
    }

    fn forget_input(&self) {
        // One by one: when two destructors panic at once, the program aborts.
        for item in 0..self.items {
            panics::discard(self.take_input(item));
        }
    }

    fn run(self: Arc<Self>, item: u32, ctx: &Context) {
        let Some(input) = self.take_input(item) else {
            return;
        };
        let started = Instant::now();
        let deadline = ctx.deadline_of(self.options.timeout);
        let previous = ctx.enter(self.id, 1, deadline);
        let call = TaskCall {
            task: self.task,
            input,
        };
        let ran = panics::catch(AssertUnwindSafe(|| call.run(ctx)));
        ctx.leave(&previous);
        let stored = match ran {
            Ok(Ok(value)) => Stored::Value(value),
            Ok(Err(error)) => Stored::Failed(JobError::Codec(error)),
            Err(unwound) => Stored::Failed(unwound.into()),
        };
        self.end(item, stored, started.elapsed());
    }

    fn settle(self: Arc<Self>, item: u32, how: Settlement, busy: Duration) -> Option<Callbacks> {
        self.end(item, how.into(), busy);
        None
    }

    fn settle_unstarted(self: Arc<Self>, item: u32, error: JobError) -> Option<Callbacks> {
        // Without its input nobody can start it any more.
        panics::discard(self.take_input(item)?);
        self.end(item, Stored::Failed(error), Duration::ZERO);
        None
    }

    fn hold(&self, holder: Arc<dyn Holder>, ticket: u64) -> bool {
        let mut state = lock(&self.state);
        if state.cancelled {
            return false;
        }
        // A chunk is held by the workers that have parts of it; parts that came back have left.
        state.holders.push((holder, ticket));
        true
    }

    fn take_back(&self, ticket: u64) -> bool {
        let mut state = lock(&self.state);
        let Some(at) = state.holders.iter().position(|&(_, held)| held == ticket) else {
            return false;
        };
        let (holder, _) = state.holders.swap_remove(at);
        drop(state);
        holder.take_back(ticket)
    }
    fn release(&self, _: u64) -> bool {
        // Its holder stays: other items of the chunk may be there.
        !lock(&self.state).cancelled
    }
    fn was_tried(&self) -> bool {
        false
    }
}
