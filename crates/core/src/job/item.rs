//! A job with one item as its executor sees it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use crate::codec::CodecError;
use crate::context::Context;
use crate::host::JobId;
use crate::job::cell::{JobCell, Phase};
use crate::job::contract::{Callbacks, Holder, Job, Settlement};
use crate::job::options::JobOptions;
use crate::job::stored::Stored;
use crate::job::workload::Workload;
use crate::job_error::JobError;
use crate::panics;
use crate::task::entry::TaskEntry;

impl<W: Workload> Job for JobCell<W> {
    fn id(&self) -> JobId {
        self.id
    }

    fn options(&self) -> JobOptions {
        self.options.as_deref().copied().unwrap_or_default()
    }

    fn entry(&self) -> Option<&'static TaskEntry> {
        self.entry
    }

    fn items(&self) -> u32 {
        1
    }

    fn is_settled(&self, _: u32) -> bool {
        let phase = &self.lock().phase;
        matches!(phase, Phase::Ending | Phase::Settled | Phase::Taken)
    }

    fn encode_input(&self, _: u32, buf: &mut Vec<u8>) -> Result<(), CodecError> {
        // Taken out meanwhile: the user's `Serialize` must not run under the lock.
        let Some(workload) = self.reclaim() else {
            return Err(CodecError::NoEncodedForm);
        };
        let encoded = workload.encode_input(buf);
        self.lock().workload = Some(workload);
        encoded
    }

    fn forget_input(&self) {
        panics::discard(self.reclaim());
    }

    fn run(self: Arc<Self>, _: u32, ctx: &Context) {
        let mut state = self.lock();
        if !matches!(state.phase, Phase::Queued) {
            return;
        }
        let Some(workload) = state.workload.take() else {
            return;
        };
        state.phase = Phase::Running;
        drop(state);
        let deadline = ctx.deadline_of(self.options().timeout);
        let previous = ctx.enter(self.id, 1, deadline);
        let ran = panics::catch(AssertUnwindSafe(|| workload.run(ctx)));
        ctx.leave(&previous);
        let stored = match ran {
            Ok(Ok(value)) => Stored::Value(value),
            Ok(Err(error)) => Stored::Failed(JobError::Codec(error)),
            Err(unwound) => Stored::Failed(unwound.into()),
        };
        if let Some(callbacks) = self.end(stored) {
            callbacks.run();
        }
    }

    fn settle(self: Arc<Self>, _: u32, how: Settlement, _: Duration) -> Option<Callbacks> {
        self.end(how.into())
    }

    fn settle_unstarted(self: Arc<Self>, _: u32, error: JobError) -> Option<Callbacks> {
        self.end_unstarted(error).unwrap_or_default()
    }

    fn hold(&self, holder: Arc<dyn Holder>, ticket: u64) -> bool {
        let mut state = self.lock();
        let free = matches!(state.phase, Phase::Queued);
        if free {
            state.phase = Phase::Held(holder, ticket);
        }
        free
    }

    fn take_back(&self, ticket: u64) -> bool {
        let mut state = self.lock();
        let Phase::Held(holder, held) = &state.phase else {
            return false;
        };
        let free = *held == ticket && holder.take_back(ticket);
        if free {
            state.phase = Phase::Queued;
        }
        free
    }
    fn release(&self, ticket: u64) -> bool {
        let mut state = self.lock();
        if !matches!(&state.phase, Phase::Held(_, held) if *held == ticket) || state.doomed {
            return false;
        }
        state.phase = Phase::Queued;
        state.tried = true;
        true
    }

    fn was_tried(&self) -> bool {
        self.lock().tried
    }
}
