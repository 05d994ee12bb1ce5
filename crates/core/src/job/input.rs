//! What an item has until it runs: its workload, or, where it may be tried again, what one is made of.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use crate::annex::Draft;
use crate::codec::CodecError;
use crate::context::Context;
use crate::host::JobId;
use crate::job::kept::Kept;
use crate::job::options::JobOptions;
use crate::job::stored::Stored;
use crate::job::underway::{self, Part};
use crate::job::workload::Workload;
use crate::job_error::JobError;
use crate::panics;

/// What an item needs to run.
pub(crate) enum Input<W: Workload> {
    /// To be moved out of here by the only run.
    Whole(W),
    /// To be decoded anew by each attempt.
    Kept(W::Seed, Box<Kept>),
}

/// What became of a run.
pub(crate) enum Ran<W: Workload> {
    /// It was the last one.
    Over(Stored<W::Output>),
    /// It failed, and may be tried again after a pause.
    Again(Input<W>, Duration),
}

impl<W: Workload> Input<W> {
    /// The input in the form in which it can be used more than once.
    pub(crate) fn kept(workload: W) -> Result<Self, (CodecError, W)> {
        let mut bytes = Vec::new();
        match workload.encode_input(&mut Draft::new(&mut bytes)) {
            Ok(()) => Ok(Self::Kept(workload.seed(), Box::new(Kept::new(bytes)))),
            Err(error) => Err((error, workload)),
        }
    }

    /// The workload; `None` when its encoded form does not give it back.
    pub(crate) fn into_workload(self) -> Option<W> {
        match self {
            Self::Whole(workload) => Some(workload),
            Self::Kept(seed, kept) => W::sprout(seed, &kept.input).ok(),
        }
    }

    /// Drafts the encoded input.
    pub(crate) fn encode(&self, draft: &mut Draft<'_>) -> Result<(), CodecError> {
        match self {
            Self::Whole(workload) => workload.encode_input(draft),
            Self::Kept(_, kept) => {
                draft.write(&kept.input);
                Ok(())
            }
        }
    }

    /// What outlives the attempts, if there may be several.
    pub(crate) fn kept_mut(&mut self) -> Option<&mut Kept> {
        match self {
            Self::Whole(_) => None,
            Self::Kept(_, kept) => Some(kept),
        }
    }

    /// Runs the item once. User code: the caller holds no lock.
    pub(crate) fn run(self, job: JobId, options: Option<&JobOptions>, ctx: &Context) -> Ran<W> {
        let limit = options.and_then(|options| options.timeout);
        match self {
            Self::Whole(workload) => Ran::Over(attempt(job, 1, limit, ctx, move || Ok(workload))),
            Self::Kept(seed, mut kept) => {
                let number = kept.attempt();
                let retries = options.map(|options| options.retries).unwrap_or_default();
                let sprout = || W::sprout(seed, &kept.input);
                match attempt(job, number, limit, ctx, sprout) {
                    Stored::Failed(cause) => match kept.failed(*cause, &retries) {
                        Ok(pause) => Ran::Again(Self::Kept(seed, kept), pause),
                        Err(error) => Ran::Over(Stored::failed(error)),
                    },
                    stored => Ran::Over(stored),
                }
            }
        }
    }
}

/// One attempt: makes the workload and runs it.
fn attempt<W: Workload>(
    job: JobId,
    number: u32,
    limit: Option<Duration>,
    ctx: &Context,
    make: impl FnOnce() -> Result<W, CodecError>,
) -> Stored<W::Output> {
    let _underway = underway::enter(job, Part::Task);
    let workload = match make() {
        Ok(workload) => workload,
        Err(error) => return Stored::failed(JobError::Codec(error)),
    };
    let previous = ctx.enter(job, number, ctx.deadline_of(limit));
    let ran = panics::catch(AssertUnwindSafe(|| workload.run(ctx)));
    ctx.leave(&previous);
    match ran {
        Ok(Ok(value)) => Stored::Value(value),
        Ok(Err(error)) => Stored::failed(JobError::Codec(error)),
        Err(unwound) => Stored::failed(ctx.blamed(unwound)),
    }
}
