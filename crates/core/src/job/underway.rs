//! The jobs that cannot end before this thread goes on: those that it runs, and those whose callbacks
//! it calls. To wait for one of them here would never end.

use std::cell::RefCell;

use crate::host::JobId;
use crate::job::contract::ExecutorId;

/// What a thread does for a job.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Task,
    Callbacks,
    /// Callbacks in the place of a thread of their executor, which waits for that.
    CallbacksOf(ExecutorId),
}

thread_local! {
    /// Innermost last.
    static JOBS: RefCell<Vec<(JobId, Part)>> = const { RefCell::new(Vec::new()) };
}

/// Notes that this thread does `part` of the job until the guard is dropped.
pub(super) fn enter(job: JobId, part: Part) -> Underway {
    // A thread that is past its thread-locals is in a destructor of the user's, and notes nothing.
    let noted = JOBS.try_with(|jobs| jobs.borrow_mut().push((job, part)));
    Underway {
        noted: noted.is_ok(),
    }
}

/// Ends what [`enter`] began.
#[must_use = "the job is under way until this is dropped"]
pub(super) struct Underway {
    noted: bool,
}

impl Drop for Underway {
    fn drop(&mut self) {
        if self.noted {
            let _ = JOBS.try_with(|jobs| jobs.borrow_mut().pop());
        }
    }
}

/// Whether this thread runs `job` or calls its callbacks.
pub(crate) fn is_here(job: JobId) -> bool {
    any(|&(other, _)| other == job)
}

/// Whether this thread runs any job or calls any callback.
pub(crate) fn is_any_here() -> bool {
    any(|_| true)
}

/// Whether this thread calls a callback.
pub(crate) fn is_calling_back() -> bool {
    any(|&(_, part)| part != Part::Task)
}

/// Whether this thread calls a callback in the place of a thread of `executor`, as one does that
/// waits for a job inside a callback: the executor's end waits for it, so it must not wait for that.
#[must_use]
pub fn calls_back_for(executor: ExecutorId) -> bool {
    any(|&(_, part)| part == Part::CallbacksOf(executor))
}

fn any(is_wanted: impl Fn(&(JobId, Part)) -> bool) -> bool {
    JOBS.try_with(|jobs| jobs.borrow().iter().any(is_wanted))
        .unwrap_or(false)
}
