//! How a unit ended, or why it never began: small, where a million units end at once.

use std::sync::Arc;

use super::feed::Next;
use crate::event::{StopCause, TaskFinished, Verdict};

/// How a unit ended, or why it never began.
#[derive(Debug)]
pub(super) enum Ending {
    /// It was tried.
    Ended(Box<TaskFinished>),
    /// It was not started, because the run stops.
    Cancelled(Next, StopCause),
    /// It was not started, because of the one that it came after, which has this name.
    Skipped(Next, Arc<str>),
}

impl Ending {
    /// All that there is to be told of it.
    pub(super) fn finished(self) -> Box<TaskFinished> {
        match self {
            Self::Ended(finished) => finished,
            Self::Cancelled(next, cause) => never(next, Verdict::Cancelled, cause.to_string()),
            Self::Skipped(next, because_of) => {
                never(next, Verdict::Skipped, format!("after {because_of} failed"))
            }
        }
    }
}

/// The end of a unit that was never started.
fn never(next: Next, outcome: Verdict, why: String) -> Box<TaskFinished> {
    let mut finished = TaskFinished::new(next.id, next.unit.key, next.index, outcome);
    finished.message = Some(why);
    Box::new(finished)
}
