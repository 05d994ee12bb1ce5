//! The items of a chunk: where each is, the inputs of those that have not started, the outcomes of those
//! that have ended. Plain data; its owner locks it.

use std::ops::Range;
use std::vec::IntoIter;

use serde::de::DeserializeOwned;

use crate::job::input::Input;
use crate::job::inputs::Inputs;
use crate::job::kept::Kept;
use crate::job::lane::{Lane, Outcomes};
use crate::job::stored::Stored;
use crate::job::workload::TaskCall;
use crate::job_error::{JobError, Outcome};
use crate::task::contract::Task;

/// Where an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Waiting,
    /// Between two attempts: nobody runs it.
    Paused,
    /// Running here, or sent in encoded form.
    Away,
    Done,
}

/// All items of a chunk.
pub(super) struct Row<T: Task> {
    stages: Vec<Stage>,
    /// None at all once they have been forgotten.
    inputs: Inputs<T>,
    done: Vec<Lane<T::Output>>,
    unsettled: usize,
    /// What inputs and outputs have in encoded form.
    bytes: usize,
}

/// How many pieces of outcomes are looked through for one that another piece can join: those of items
/// that several workers have end in turns.
const RECENT: usize = 4;

impl<T: Task> Row<T> {
    pub(super) fn new(inputs: Inputs<T>, items: usize) -> Self {
        Self {
            stages: vec![Stage::Waiting; items],
            unsettled: items,
            inputs,
            done: Vec::new(),
            bytes: 0,
        }
    }

    /// How many items there are.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.stages.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn stage(&self, item: u32) -> Option<Stage> {
        self.stages.get(item as usize).copied()
    }

    pub(super) fn is_finished(&self) -> bool {
        self.unsettled == 0
    }

    /// The input of `item`, which is away then, if its stage `fits`.
    pub(super) fn take_input(
        &mut self,
        item: u32,
        fits: fn(Stage) -> bool,
    ) -> Option<Input<TaskCall<T>>> {
        let stage = self.stages.get_mut(item as usize)?;
        if !fits(*stage) {
            return None;
        }
        let input = self.inputs.take_one(item)?;
        *stage = Stage::Away;
        Some(input)
    }

    /// The inputs of the first items of `items` that wait one after the other, as many as can be moved at
    /// once, which are away then; and the first of them.
    pub(super) fn take_block(&mut self, items: Range<u32>) -> (u32, Vec<T::Input>) {
        let within = items.start as usize..(items.end as usize).min(self.stages.len());
        let Some(run) = self.waiting_run(within) else {
            return (items.end, Vec::new());
        };
        let inputs = self.inputs.take_block(run.clone());
        let first = run.start as usize;
        self.stages[first..first + inputs.len()].fill(Stage::Away);
        (run.start, inputs)
    }

    /// The first items of `within` that wait one after the other.
    fn waiting_run(&self, within: Range<usize>) -> Option<Range<u32>> {
        let stages = self.stages.get(within.clone())?;
        let waits = |stage: &Stage| *stage == Stage::Waiting;
        let number = |at: usize| u32::try_from(within.start + at).unwrap_or(u32::MAX);
        // Mostly all of them do, which is seen faster without looking for the first that does not.
        if stages.iter().fold(true, |all, stage| all & waits(stage)) {
            return Some(number(0)..number(stages.len())).filter(|run| !run.is_empty());
        }
        let start = stages.iter().position(waits)?;
        let run = stages.iter().skip(start).take_while(|stage| waits(stage));
        Some(number(start)..number(start + run.count()))
    }

    /// Keeps the input of an item that is away for another attempt. False when it has ended.
    pub(super) fn pause(&mut self, item: u32, input: Input<TaskCall<T>>) -> bool {
        let Some(stage @ Stage::Away) = self.stages.get_mut(item as usize) else {
            return false;
        };
        *stage = Stage::Paused;
        self.inputs.put_back(item, input);
        true
    }

    /// What is kept of an item between two attempts, if it is between two attempts.
    pub(super) fn paused(&mut self, item: u32) -> Option<&mut Kept> {
        let is_paused = self.stage(item) == Some(Stage::Paused);
        is_paused.then(|| self.inputs.kept_mut(item))?
    }

    /// An item that was paused waits again.
    pub(super) fn resume(&mut self, item: u32) {
        if let Some(stage @ Stage::Paused) = self.stages.get_mut(item as usize) {
            *stage = Stage::Waiting;
        }
    }

    /// All inputs, to be encoded and given back.
    pub(super) fn lend_inputs(&mut self) -> Inputs<T> {
        self.inputs.lend()
    }

    pub(super) fn return_inputs(&mut self, inputs: Inputs<T>, encoded_bytes: usize) {
        self.inputs = inputs;
        self.bytes += encoded_bytes;
    }

    /// All inputs, of items that never start here. Those that wait are away then.
    pub(super) fn forget_inputs(&mut self) -> Inputs<T> {
        for stage in &mut self.stages {
            if matches!(*stage, Stage::Waiting | Stage::Paused) {
                *stage = Stage::Away;
            }
        }
        self.inputs.lend()
    }

    /// Ends the items of `lane`, as far as they are not done. Returns what must be dropped when the lock
    /// is released: user data.
    pub(super) fn end(&mut self, lane: Lane<T::Output>) -> Leftover<T> {
        let range = lane.first() as usize..(lane.end() as usize).min(self.stages.len());
        let Some(stages) = self.stages.get_mut(range.clone()) else {
            return (Vec::new(), Some(lane));
        };
        let is_done = |stage: &Stage| *stage == Stage::Done;
        if stages.is_empty() || stages.iter().fold(false, |any, stage| any | is_done(stage)) {
            return (Vec::new(), Some(lane));
        }
        stages.fill(Stage::Done);
        self.unsettled -= range.len();
        self.bytes += lane.bytes();
        let inputs = self.inputs.leave(lane.first()..lane.end());
        self.file(lane);
        (inputs, None)
    }

    fn file(&mut self, mut lane: Lane<T::Output>) {
        for earlier in self.done.iter_mut().rev().take(RECENT) {
            match earlier.join(lane) {
                Ok(()) => return,
                Err(back) => lane = back,
            }
        }
        self.done.push(lane);
    }

    /// What inputs and outputs have in encoded form.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How all items ended, once; for one that has not, that it was cancelled.
    pub(super) fn take_outcomes(&mut self) -> Vec<Lane<T::Output>> {
        let mut lanes = std::mem::take(&mut self.done);
        let count = self.len();
        if !self.is_finished() {
            let open = (0..count).filter(|&item| self.stage(item) != Some(Stage::Done));
            let cancelled = |item| Lane::single(item, Stored::failed(JobError::Cancelled));
            lanes.extend(open.map(cancelled));
        }
        lanes.sort_unstable_by_key(Lane::first);
        lanes
    }
}

/// User data that is left over when items end: inputs of items that had not started, and outcomes that
/// came too late.
pub(super) type Leftover<T> = (Vec<<T as Task>::Input>, Option<Lane<<T as Task>::Output>>);

/// The outcomes of a chunk, in order. Values that are encoded are decoded as their turn comes.
#[derive(Debug)]
pub(crate) struct ChunkOutcomes<T> {
    now: Outcomes<T>,
    later: IntoIter<Lane<T>>,
}

impl<T> ChunkOutcomes<T> {
    pub(crate) fn new(lanes: Vec<Lane<T>>) -> Self {
        Self {
            now: Outcomes::none(),
            later: lanes.into_iter(),
        }
    }

    /// The outcomes of no chunk.
    pub(crate) fn none() -> Self {
        Self::new(Vec::new())
    }

    /// The next outcome if it is a value at hand.
    #[inline]
    pub(crate) fn next_value(&mut self) -> Option<T> {
        self.now.next_value()
    }

    /// Moves the values that come before the next failure; how many.
    pub(crate) fn take_run(&mut self, into: &mut Vec<T>) -> usize {
        let before = into.len();
        self.now.take_run(into);
        into.len() - before
    }
}

impl<T: DeserializeOwned> Iterator for ChunkOutcomes<T> {
    type Item = Outcome<T>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(outcome) = self.now.next() {
                return Some(outcome);
            }
            self.now = self.later.next()?.into_outcomes();
        }
    }
}
