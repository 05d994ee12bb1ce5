//! Taking outcomes in the order in which jobs end.

use std::time::{Duration, Instant};

use crate::handle::JobHandle;
use crate::job::underway;
use crate::job_error::{JobError, Outcome};
use crate::sync::deadline_after;
use crate::wait::any_handle::new_bell;
use crate::wait::any_handle::sealed::{BellRef, Watched as _};

/// Yields `(position, outcome)` of every handle once, in the order in which the jobs end; those
/// that have ended already come first, in the order of the handles. A job whose task or callback is what
/// waits cannot end: its outcome is [`WouldDeadlock`](JobError::WouldDeadlock).
///
/// ```
/// use anypool_core::{Executor as _, InlineExecutor, as_completed};
///
/// let pool = InlineExecutor::new();
/// let handles = [pool.submit(|n: u32| n * n, 2)?, pool.submit(|n: u32| n + 1, 2)?];
/// let outcomes: Vec<_> = as_completed(handles).collect();
/// assert_eq!(outcomes, [(0, Ok(4)), (1, Ok(3))]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn as_completed<T: 'static>(handles: impl IntoIterator<Item = JobHandle<T>>) -> AsCompleted<T> {
    let bell = new_bell();
    let handles: Vec<_> = handles.into_iter().map(Some).collect();
    for (index, handle) in handles.iter().flatten().enumerate() {
        handle.watch(&bell, index);
    }
    AsCompleted {
        left: handles.len(),
        unhelped: 0,
        handles,
        bell,
    }
}

/// The iterator of [`as_completed`].
#[derive(Debug)]
pub struct AsCompleted<T> {
    handles: Vec<Option<JobHandle<T>>>,
    bell: BellRef,
    left: usize,
    /// The first handle that this thread, as a worker of the same pool, has not tried to run.
    unhelped: usize,
}

impl<T: 'static> AsCompleted<T> {
    /// The next outcome, waiting for it at most `timeout`.
    ///
    /// `None` when none came in time or none is left; [`AsCompleted::unfinished`] tells which.
    pub fn next_timeout(&mut self, timeout: Duration) -> Option<(usize, Outcome<T>)> {
        self.take_next(deadline_after(timeout))
    }

    /// How many jobs have not been yielded.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.left
    }

    /// The handles that have not been yielded, with their positions.
    pub fn into_unfinished(self) -> impl Iterator<Item = (usize, JobHandle<T>)> {
        for handle in self.handles.iter().flatten() {
            handle.unwatch(&self.bell);
        }
        let keep = |(index, handle): (usize, Option<JobHandle<T>>)| Some((index, handle?));
        self.handles.into_iter().enumerate().filter_map(keep)
    }

    fn take_next(&mut self, deadline: Option<Instant>) -> Option<(usize, Outcome<T>)> {
        while self.left > 0 {
            if deadline.is_none() {
                self.help();
            }
            if let Some(hopeless) = self.take_hopeless() {
                return Some(hopeless);
            }
            let index = self.next_index(deadline)?;
            // One that was to be tried again has rung before.
            let Some(handle) = self.handles.get_mut(index)?.take() else {
                continue;
            };
            match handle.try_join() {
                Ok(outcome) => {
                    self.left -= 1;
                    return Some((index, outcome));
                }
                Err(handle) => {
                    if deadline.is_none() {
                        handle.help();
                    } else {
                        // It will not ring again until it has run: a later wait must help with it.
                        self.unhelped = self.unhelped.min(index);
                    }
                    self.handles[index] = Some(handle);
                }
            }
        }
        None
    }

    /// The position of what has ended next; without a deadline, callbacks are called meanwhile.
    fn next_index(&self, deadline: Option<Instant>) -> Option<usize> {
        if deadline.is_some() {
            return self.bell.0.next(deadline);
        }
        let call_back = |index: usize| {
            if let Some(Some(handle)) = self.handles.get(index) {
                handle.call_back();
            }
        };
        Some(self.bell.0.next_helping(call_back))
    }

    /// When nothing has ended: a job that cannot end before this thread goes on.
    fn take_hopeless(&mut self) -> Option<(usize, Outcome<T>)> {
        if !underway::is_any_here() || !self.bell.0.is_silent() {
            return None;
        }
        let ends_here = |handle: &Option<JobHandle<T>>| {
            let handle = handle.as_ref();
            handle.is_some_and(JobHandle::ends_here)
        };
        let index = self.handles.iter().position(ends_here)?;
        self.handles[index].take()?.unwatch(&self.bell);
        self.left -= 1;
        Some((index, Err(JobError::WouldDeadlock)))
    }

    /// On a worker of the jobs' own pool: runs what has not started until something has ended.
    fn help(&mut self) {
        while self.bell.0.is_silent() {
            let Some(handle) = self.handles.get(self.unhelped) else {
                return;
            };
            self.unhelped += 1;
            if let Some(handle) = handle {
                handle.help();
            }
        }
    }
}

impl<T: 'static> Iterator for AsCompleted<T> {
    type Item = (usize, Outcome<T>);

    fn next(&mut self) -> Option<(usize, Outcome<T>)> {
        self.take_next(None)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T: 'static> ExactSizeIterator for AsCompleted<T> {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::job::cell::JobCell;
    use crate::job::contract::ExecutorId;
    use crate::job::options::JobOptions;
    use crate::job::workload::ClosureCall;

    #[test]
    fn handles_that_were_given_back_ring_no_more() {
        let call = ClosureCall(|| 7);
        let cell = JobCell::new(call, None, ExecutorId::unique(), JobOptions::new());
        let completed = as_completed([JobHandle::new(cell)]);
        let bell = Arc::clone(&completed.bell.0);
        let handles: Vec<_> = completed.into_unfinished().collect();
        assert_eq!(handles.len(), 1);
        assert_eq!(Arc::strong_count(&bell), 1);
    }
}
