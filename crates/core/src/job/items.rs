//! A chunk as its executor sees it.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::annex::Draft;
use crate::codec::CodecError;
use crate::codec::records::Records;
use crate::context::Context;
use crate::host::JobId;
use crate::job::answers::{Answers, Settlement};
use crate::job::chunk::ChunkCell;
use crate::job::contract::{Callbacks, Holder, Job};
use crate::job::input::{Input, Ran};
use crate::job::kept::Kept;
use crate::job::lane::Lane;
use crate::job::options::JobOptions;
use crate::job::row::Stage;
use crate::job::stored::Stored;
use crate::job::witness::Witness;
use crate::job::workload::TaskCall;
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
        Some(TaskEntry::of(self.task))
    }

    fn items(&self) -> u32 {
        self.items
    }

    fn attempt(&self, item: u32) -> u32 {
        let state = lock(&self.state);
        let failures = state.failures.get(item as usize);
        failures.copied().unwrap_or(0).saturating_add(1)
    }

    fn set_witness(&self, witness: Arc<dyn Witness>) {
        let before = lock(&self.state).witness.replace(witness);
        drop(before);
    }

    fn is_settled(&self, item: u32) -> bool {
        self.is_cancelled()
            || !matches!(
                lock(&self.state).row.stage(item),
                Some(Stage::Waiting | Stage::Away)
            )
    }

    fn encode_input(&self, item: u32, buf: &mut Vec<u8>) -> Result<(), CodecError> {
        self.draft_input(item, &mut Draft::new(buf))
    }

    fn draft_input(&self, item: u32, draft: &mut Draft<'_>) -> Result<(), CodecError> {
        let mut record = Vec::new();
        let failed = self.encode_inputs(item..item + 1, &mut record).pop();
        if let Some((_, error)) = failed {
            return Err(error);
        }
        let input = Records::new(&record).next();
        draft.write(input.ok_or(CodecError::NoEncodedForm)?.bytes);
        Ok(())
    }

    fn encode_inputs(&self, items: Range<u32>, out: &mut Vec<u8>) -> Vec<(u32, CodecError)> {
        // Lent meanwhile: the user's `Serialize` must not run under the lock.
        let inputs = lock(&self.state).row.lend_inputs();
        let before = out.len();
        let mut failed = Vec::new();
        inputs.encode_each(items, out, |item, error| failed.push((item, error)));
        lock(&self.state)
            .row
            .return_inputs(inputs, out.len() - before);
        failed
    }

    fn forget_input(&self) {
        let inputs = lock(&self.state).row.forget_inputs();
        inputs.discard();
    }

    fn run(&self, item: u32, ctx: &Context) -> Option<Duration> {
        let input = self.take_waiting(item)?;
        let started = Instant::now();
        let ran = input.run(self.id, Some(&self.options), ctx);
        let busy = started.elapsed();
        match ran {
            Ran::Over(stored) => self.end_item(item, stored, busy),
            Ran::Again(input, pause) => return self.put_off(item, input, busy).then_some(pause),
        }
        None
    }

    fn run_block(&self, items: Range<u32>, ctx: &Context) {
        self.run_waiting(items, ctx);
    }

    fn hold_paused(&self, item: u32, holder: Arc<dyn Holder>, ticket: u64) -> bool {
        let mut state = lock(&self.state);
        let paused = state.row.paused(item);
        paused.map(|kept| kept.hold(holder, ticket)).is_some()
    }

    fn resume(&self, item: u32) -> bool {
        let mut state = lock(&self.state);
        let Some(kept) = state.row.paused(item) else {
            return false;
        };
        let holder = kept.let_go();
        state.row.resume(item);
        drop(state);
        // Dropped after the lock: it may be the last one.
        drop(holder);
        // The map may be waiting on a worker of its own pool, which must run the item.
        self.place.bell.ring(self.place.number);
        true
    }

    fn settle(self: Arc<Self>, item: u32, how: Settlement, busy: Duration) -> Option<Callbacks> {
        self.end_item(item, how.into(), busy);
        None
    }

    fn settle_answers(
        self: Arc<Self>,
        first: u32,
        answers: Answers,
        busy: Duration,
    ) -> Vec<Callbacks> {
        self.end(Lane::answered(first, answers), busy);
        Vec::new()
    }

    fn settle_unstarted(self: Arc<Self>, item: u32, error: JobError) -> Option<Callbacks> {
        let mut input = self.take_unstarted(item)?;
        if let Some((holder, ticket)) = input.kept_mut().and_then(Kept::let_go) {
            holder.take_back(ticket);
        }
        // Without its input nobody can start it any more.
        panics::discard(input);
        self.end_item(item, Stored::failed(error), Duration::ZERO);
        None
    }

    fn hold(&self, holder: Arc<dyn Holder>, ticket: u64) -> bool {
        let mut state = lock(&self.state);
        if self.is_cancelled() {
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
        !self.is_cancelled()
    }
}

impl<T: Task> ChunkCell<T> {
    /// The input of an item that may be run.
    fn take_waiting(&self, item: u32) -> Option<Input<TaskCall<T>>> {
        let waits = |stage| stage == Stage::Waiting;
        lock(&self.state).row.take_input(item, waits)
    }

    /// The input of an item that does not run, and may be between two attempts.
    fn take_unstarted(&self, item: u32) -> Option<Input<TaskCall<T>>> {
        let idles = |stage| matches!(stage, Stage::Waiting | Stage::Paused);
        lock(&self.state).row.take_input(item, idles)
    }

    /// An attempt at `item` has failed: it waits for the next. False when it has ended.
    fn put_off(&self, item: u32, input: Input<TaskCall<T>>, busy: Duration) -> bool {
        let mut state = lock(&self.state);
        if self.is_cancelled() || !state.row.pause(item, input) {
            return false;
        }
        state.busy = state.busy.saturating_add(busy);
        state.note_failure(item, self.items);
        true
    }
}
