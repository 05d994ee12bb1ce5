//! Running several items of a chunk at a stretch: what is done for each of them is only what must be.
//!
//! The lock is taken twice a block: the inputs are moved out, and how the items ended is moved in. Before
//! each item stands one look at whether it is still wanted, and one guard against panics serves until an
//! item panics. What a thread that is left behind keeps to itself is the block's, so blocks are short.

use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use crate::context::Context;
use crate::job::chunk::ChunkCell;
use crate::job::input::Input;
use crate::job::lane::Running;
use crate::job::row::Slot;
use crate::job::underway::{self, Part};
use crate::job::workload::TaskCall;
use crate::job_error::JobError;
use crate::panics;
use crate::sync::lock;
use crate::task::contract::Task;

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

    fn run_inputs(&self, first: u32, inputs: Vec<Slot<T>>, ctx: &Context) {
        let started = Instant::now();
        let mut running = Running::starting_at(first, inputs.len());
        let mut inputs = inputs.into_iter().flatten();
        let underway = underway::enter(self.id, Part::Task);
        let previous = ctx.enter(self.id, 1, ctx.deadline_of(None));
        loop {
            let run = AssertUnwindSafe(|| self.run_each(&mut inputs, &mut running, ctx));
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
        inputs: &mut impl Iterator<Item = Input<TaskCall<T>>>,
        running: &mut Running<T::Output>,
        ctx: &Context,
    ) {
        while !self.is_cancelled() && !ctx.is_stopped() {
            let Some(input) = inputs.next() else {
                return;
            };
            match input.run_plain(ctx) {
                Ok(value) => running.push(value),
                Err(error) => running.fail(JobError::Codec(error)),
            }
            ctx.turn();
        }
    }
}
