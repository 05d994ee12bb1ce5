//! A job with one item as its executor sees it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::annex::Draft;
use crate::codec::CodecError;
use crate::context::Context;
use crate::host::JobId;
use crate::job::answers::Settlement;
use crate::job::cell::{JobCell, Phase, Terms};
use crate::job::contract::{Callbacks, Holder, Job};
use crate::job::input::{Input, Ran};
use crate::job::kept::Kept;
use crate::job::options::JobOptions;
use crate::job::witness::Witness;
use crate::job::workload::Workload;
use crate::job_error::JobError;
use crate::panics;
use crate::task::entry::TaskEntry;

impl<W: Workload> Job for JobCell<W> {
    fn id(&self) -> JobId {
        self.id
    }

    fn options(&self) -> JobOptions {
        self.own_options().copied().unwrap_or_default()
    }

    fn is_plain(&self) -> bool {
        self.terms.is_none()
    }

    fn queue_timeout(&self, default: Option<Duration>) -> Option<Duration> {
        let own = self.own_options();
        own.and_then(|own| own.queue_timeout).or(default)
    }

    fn entry(&self) -> Option<&'static TaskEntry> {
        self.entry
    }

    fn items(&self) -> u32 {
        1
    }

    fn attempt(&self, _: u32) -> u32 {
        // Relaxed: only the number is asked for.
        let failures = |terms: &Terms| terms.failures.load(Ordering::Relaxed);
        self.terms.as_deref().map_or(0, failures).saturating_add(1)
    }

    fn set_witness(&self, witness: Arc<dyn Witness>) {
        let mut state = self.lock();
        let audience = state.audience.get_or_insert_default();
        let before = audience.witness.replace(witness);
        drop(state);
        drop(before);
    }

    fn is_settled(&self, _: u32) -> bool {
        self.lock().phase.is_over()
    }

    fn encode_input(&self, item: u32, buf: &mut Vec<u8>) -> Result<(), CodecError> {
        self.draft_input(item, &mut Draft::new(buf))
    }

    fn draft_input(&self, _: u32, draft: &mut Draft<'_>) -> Result<(), CodecError> {
        // Taken out meanwhile: the user's `Serialize` must not run under the lock.
        let Some(input) = self.lock().take_input() else {
            return Err(CodecError::NoEncodedForm);
        };
        let encoded = input.encode(draft);
        let late = self.lock().put_input(input);
        panics::discard(late);
        encoded
    }

    fn forget_input(&self) {
        let input = self.lock().take_input();
        panics::discard(input);
    }

    fn run(&self, _: u32, ctx: &Context) -> Option<Duration> {
        let mut state = self.lock();
        if !matches!(state.phase, Phase::Queued) {
            return None;
        }
        let input = state.take_input()?;
        state.phase = Phase::Running;
        drop(state);
        let stored = match input.run(self.id, self.own_options(), ctx) {
            Ran::Over(stored) => stored,
            Ran::Again(input, pause) => return self.put_off(input).then_some(pause),
        };
        self.end_here(stored);
        None
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

    fn hold_paused(&self, _: u32, holder: Arc<dyn Holder>, ticket: u64) -> bool {
        let mut state = self.lock();
        if !matches!(state.phase, Phase::Paused) {
            return false;
        }
        if let Some(kept) = state.kept_mut() {
            kept.hold(holder, ticket);
        }
        true
    }

    fn resume(&self, _: u32) -> bool {
        let mut state = self.lock();
        if !matches!(state.phase, Phase::Paused) {
            return false;
        }
        state.phase = Phase::Queued;
        let holder = state.kept_mut().and_then(Kept::let_go);
        drop(state);
        // Dropped after the lock: it may be the last one.
        drop(holder);
        self.call_helpers();
        true
    }
}

impl<W: Workload> JobCell<W> {
    /// An attempt has failed: the job waits for the next. False when somebody else has ended it.
    fn put_off(&self, input: Input<W>) -> bool {
        let mut state = self.lock();
        let runs = matches!(state.phase, Phase::Running);
        if runs {
            state.phase = Phase::Paused;
            state.tried = true;
            if let Some(terms) = &self.terms {
                terms.failures.fetch_add(1, Ordering::Relaxed);
            }
            state.put_input(input);
        }
        runs
    }
}
