//! Running several items of a chunk at a stretch: what is done for each of them is only what must be.
//!
//! The lock is taken twice a block: the inputs are moved out, and how the items ended is moved in. One guard
//! against panics serves until an item panics, and one look at whether it is still wanted for an item, or for
//! a few that take nanoseconds. What a thread that is left behind keeps to itself is the block's, so blocks
//! are short.

use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::time::Instant;
use std::vec::IntoIter;

use crate::context::Context;
use crate::job::chunk::ChunkCell;
use crate::job::lane::Running;
use crate::job::underway::{self, Part};
use crate::job::workload::{TaskCall, Workload as _};
use crate::job_error::JobError;
use crate::panics;
use crate::sync::lock;
use crate::task::contract::Task;

/// How many items begin between two looks at whether they are still wanted, in a block of
/// [`MANY`] or more. Such blocks have taken microseconds until now, so each item takes nanoseconds.
const STRIDE: usize = 32;

/// A block of fewer items has the look before each.
const MANY: usize = 128;

impl<T: Task> ChunkCell<T> {
    /// Runs those of `items` that wait.
    pub(super) fn run_waiting(&self, mut items: Range<u32>, ctx: &Context) {
        while !items.is_empty() {
            let (first, inputs) = lock(&self.state).row.take_block(items.clone());
            let count = u32::try_from(inputs.len()).unwrap_or(u32::MAX);
            items.start = first.saturating_add(count).max(items.start + 1);
            if count > 0 {
                self.run_inputs(first, inputs, ctx);
            }
        }
    }

    fn run_inputs(&self, first: u32, inputs: Vec<T::Input>, ctx: &Context) {
        let started = Instant::now();
        let mut running = Running::starting_at(first, inputs.len());
        let stride = if inputs.len() < MANY { 1 } else { STRIDE };
        let mut inputs = inputs.into_iter();
        let underway = underway::enter(self.id, Part::Task);
        let previous = ctx.enter(self.id, 1, ctx.deadline_of(None));
        loop {
            let run = AssertUnwindSafe(|| match ctx.verify_codec() {
                false => self.run_each(&mut inputs, stride, &mut running, ctx),
                true => self.verify_each(&mut inputs, &mut running, ctx),
            });
            match panics::catch(run) {
                Ok(()) => break,
                Err(unwound) => running.fail(ctx.blamed(unwound)),
            }
            ctx.turn();
        }
        ctx.leave(&previous);
        drop(underway);
        for input in inputs {
            panics::discard(input);
            running.fail(JobError::Cancelled);
        }
        self.end(running.into_lane(), started.elapsed());
    }

    /// Runs items until there are no more, none is wanted any more, or one panics.
    #[inline]
    fn run_each(
        &self,
        inputs: &mut IntoIter<T::Input>,
        stride: usize,
        running: &mut Running<T::Output>,
        ctx: &Context,
    ) {
        while inputs.len() > 0 && self.is_wanted(ctx) {
            let values = inputs.by_ref().take(stride).map(|input| {
                let value = self.task.run(input, ctx);
                ctx.turn();
                value
            });
            running.extend(values);
        }
    }

    /// As [`ChunkCell::run_each`], by way of the codec.
    fn verify_each(
        &self,
        inputs: &mut IntoIter<T::Input>,
        running: &mut Running<T::Output>,
        ctx: &Context,
    ) {
        while self.is_wanted(ctx) {
            let Some(input) = inputs.next() else {
                return;
            };
            let task = self.task;
            match (TaskCall { task, input }).run(ctx) {
                Ok(value) => running.extend([value]),
                Err(error) => running.fail(JobError::Codec(error)),
            }
            ctx.turn();
        }
    }

    fn is_wanted(&self, ctx: &Context) -> bool {
        !self.is_cancelled() && !ctx.is_stopped()
    }
}
