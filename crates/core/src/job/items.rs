//! A chunk as its executor sees it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::codec::CodecError;
use crate::context::Context;
use crate::host::JobId;
use crate::job::chunk::{ChunkCell, Item};
use crate::job::contract::{Callbacks, Holder, Job, Settlement};
use crate::job::input::Ran;
use crate::job::kept::Kept;
use crate::job::options::JobOptions;
use crate::job::stored::Stored;
use crate::job_error::JobError;
use crate::panics;
use crate::sync::lock;
use crate::task::contract::Task;
use crate::task::entry::TaskEntry;

impl<T: Task> Job for ChunkCell<T> {
    fn id(&self) -> JobId {
        self.id
    }

    fn options(&self) -> JobOptions {
        self.options
    }

    fn is_plain(&self) -> bool {
        self.options == JobOptions::default()
    }

    fn queue_timeout(&self, _: Option<Duration>) -> Option<Duration> {
        None
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
        let encoded = input.encode(buf);
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

    fn run(&self, item: u32, ctx: &Context) -> Option<Duration> {
        let input = self.take_input(item)?;
        let started = Instant::now();
        let ran = input.run(self.id, Some(&self.options), ctx);
        let busy = started.elapsed();
        match ran {
            Ran::Over(stored) => self.end(item, stored, busy),
            Ran::Again(input, pause) => return self.put_off(item, input, busy).then_some(pause),
        }
        None
    }

    fn hold_paused(&self, item: u32, holder: Arc<dyn Holder>, ticket: u64) -> bool {
        let mut state = lock(&self.state);
        let Some(Item::Paused(input)) = state.items.get_mut(item as usize) else {
            return false;
        };
        if let Some(kept) = input.kept_mut() {
            kept.hold(holder, ticket);
        }
        true
    }

    fn resume(&self, item: u32) -> bool {
        let mut state = lock(&self.state);
        let Some(slot) = state.items.get_mut(item as usize) else {
            return false;
        };
        let holder = match std::mem::replace(slot, Item::Away) {
            Item::Paused(mut input) => {
                let holder = input.kept_mut().and_then(Kept::let_go);
                *slot = Item::Waiting(input);
                holder
            }
            other => {
                *slot = other;
                return false;
            }
        };
        drop(state);
        // Dropped after the lock: it may be the last one.
        drop(holder);
        // The map may be waiting on a worker of its own pool, which must run the item.
        self.place.bell.ring(self.place.number);
        true
    }

    fn settle(self: Arc<Self>, item: u32, how: Settlement, busy: Duration) -> Option<Callbacks> {
        self.end(item, how.into(), busy);
        None
    }

    fn settle_unstarted(self: Arc<Self>, item: u32, error: JobError) -> Option<Callbacks> {
        let mut input = self.take_unstarted(item)?;
        if let Some((holder, ticket)) = input.kept_mut().and_then(Kept::let_go) {
            holder.take_back(ticket);
        }
        // Without its input nobody can start it any more.
        panics::discard(input);
        self.end(item, Stored::failed(error), Duration::ZERO);
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
}
