//! The executor without workers, as a subject.

use anypool_core::InlineExecutor;

use crate::subject::Subject;

/// Runs jobs on the caller. It is never busy and never full and has nothing to shut down, so only
/// those parts of the contract apply to it that need no second thread.
#[derive(Debug)]
pub struct Inline;

impl Subject for Inline {
    type Executor = InlineExecutor;

    fn start(_: usize, _: usize) -> InlineExecutor {
        InlineExecutor::new()
    }
}
