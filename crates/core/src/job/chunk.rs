//! Several items of a `map` that travel together; each runs, ends and is lost alone.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::bell::Bell;
use crate::host::JobId;
use crate::job::contract::{Holder, next_job_id};
use crate::job::input::Input;
use crate::job::kept::Kept;
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
    pub(super) id: JobId,
    pub(super) entry: &'static TaskEntry,
    pub(super) options: JobOptions,
    pub(super) items: u32,
    pub(super) place: Place,
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
    pub(super) items: Vec<Item<T>>,
    unsettled: u32,
    busy: Duration,
    pub(super) cancelled: bool,
    /// Several when a chunk was split because a worker had run dry.
    pub(super) holders: Vec<(Arc<dyn Holder>, u64)>,
}

pub(super) enum Item<T: Task> {
    Waiting(Input<TaskCall<T>>),
    /// Between two attempts: nobody runs it.
    Paused(Input<TaskCall<T>>),
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
        let tries_again = options.retries.count > 0;
        let item = |input| Item::new(TaskCall { task, input }, tries_again);
        let items: Vec<_> = inputs.into_iter().map(item).collect();
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let ended = items
            .iter()
            .filter(|item| matches!(item, Item::Done(_)))
            .count();
        let unsettled = count - u32::try_from(ended).unwrap_or(count);
        if unsettled == 0 {
            place.bell.ring(place.number);
        }
        Arc::new(Self {
            id: next_job_id(),
            entry: TaskEntry::of(task),
            options,
            items: count,
            place,
            state: Mutex::new(State {
                items,
                unsettled,
                busy: Duration::ZERO,
                cancelled: false,
                holders: Vec::new(),
            }),
        })
    }

    /// Whether all items have ended.
    pub(crate) fn is_finished(&self) -> bool {
        lock(&self.state).unsettled == 0
    }

    /// The outcomes, once all items have ended.
    pub(crate) fn take(&self) -> ChunkYield<T::Output> {
        let mut state = lock(&self.state);
        let items = std::mem::take(&mut state.items);
        let busy = state.busy;
        drop(state);
        let outcome = |item| match item {
            Item::Done(stored) => Stored::into_outcome(stored, TaskCall::<T>::decode_output),
            Item::Waiting(_) | Item::Paused(_) | Item::Away => Err(JobError::Cancelled),
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
        let mut holders = std::mem::take(&mut state.holders);
        let forget = |item: &mut Item<T>| item.take_if(|_| true);
        let mut inputs: Vec<_> = state.items.iter_mut().filter_map(forget).collect();
        drop(state);
        let kept = inputs.iter_mut().filter_map(Input::kept_mut);
        holders.extend(kept.filter_map(Kept::let_go));
        inputs.into_iter().for_each(panics::discard);
        for (holder, ticket) in holders {
            holder.take_back(ticket);
        }
    }

    /// The input of an item that may be run.
    pub(super) fn take_input(&self, item: u32) -> Option<Input<TaskCall<T>>> {
        let mut state = lock(&self.state);
        let slot = state.items.get_mut(item as usize)?;
        slot.take_if(|slot| matches!(slot, Item::Waiting(_)))
    }

    /// The input of an item that does not run, and may be between two attempts.
    pub(super) fn take_unstarted(&self, item: u32) -> Option<Input<TaskCall<T>>> {
        let mut state = lock(&self.state);
        let slot = state.items.get_mut(item as usize)?;
        slot.take_if(|slot| matches!(slot, Item::Waiting(_) | Item::Paused(_)))
    }

    /// An attempt at `item` has failed: it waits for the next. False when it has ended.
    pub(super) fn put_off(&self, item: u32, input: Input<TaskCall<T>>, busy: Duration) -> bool {
        let mut state = lock(&self.state);
        let cancelled = state.cancelled;
        let slot = state.items.get_mut(item as usize);
        let Some(slot @ Item::Away) = slot.filter(|_| !cancelled) else {
            return false;
        };
        *slot = Item::Paused(input);
        state.busy = state.busy.saturating_add(busy);
        true
    }

    /// Ends `item`, unless it has ended.
    pub(super) fn end(&self, item: u32, stored: Stored<T::Output>, busy: Duration) {
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

impl<T: Task> Item<T> {
    fn new(call: TaskCall<T>, tries_again: bool) -> Self {
        if !tries_again {
            return Self::Waiting(Input::Whole(call));
        }
        match Input::kept(call) {
            Ok(input) => Self::Waiting(input),
            Err((error, _)) => Self::Done(Stored::failed(JobError::Codec(error))),
        }
    }

    /// Takes the input out of an item that has one and fits; then the item is away.
    fn take_if(&mut self, fits: impl FnOnce(&Self) -> bool) -> Option<Input<TaskCall<T>>> {
        if !fits(self) {
            return None;
        }
        match std::mem::replace(self, Self::Away) {
            Self::Waiting(input) | Self::Paused(input) => Some(input),
            other => {
                *self = other;
                None
            }
        }
    }
}
