//! Waiting for the first, the first failure, or all of several jobs.

use std::time::{Duration, Instant};

use crate::sync::deadline_after;
use crate::wait::any_handle::{AnyHandle, new_bell};

/// When [`wait`] returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitUntil {
    /// When any job has ended.
    First,
    /// When any job has ended with a [`JobError`](crate::JobError), or all have ended.
    FirstError,
    /// When all jobs have ended.
    All,
}

/// What [`wait`] found, as positions in its slice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waited {
    /// The jobs that have ended, cancelled ones among them.
    pub done: Vec<usize>,
    /// The others.
    pub pending: Vec<usize>,
}

/// Waits until `until` holds for `handles`, at most `timeout` (`None`: as long as it takes).
///
/// The handles may come from different executors and have values of different types (as
/// `&[&dyn AnyHandle]`). A cancelled job has ended. Without handles it returns at once. A job whose task or
/// callback is what waits cannot end: it is left pending, and not waited for.
///
/// ```
/// use anypool_core::{Executor as _, InlineExecutor, WaitUntil, wait};
///
/// let pool = InlineExecutor::new();
/// let number = pool.submit(|n: u32| n, 1)?;
/// let text = pool.submit(|n: u32| n.to_string(), 2)?;
/// let waited = wait(&[&number, &text as &dyn anypool_core::AnyHandle], WaitUntil::All, None);
/// assert_eq!(waited.done, [0, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn wait<H: AnyHandle>(handles: &[H], until: WaitUntil, timeout: Option<Duration>) -> Waited {
    let deadline = timeout.and_then(deadline_after);
    let bell = new_bell();
    let mut left = 0_usize;
    for (index, handle) in handles.iter().enumerate() {
        if !handle.ends_here() {
            handle.watch(&bell, index);
            left += 1;
        }
    }
    // Not before: a job that fails as it is run here may be queued again at any moment, and rings.
    if deadline.is_none() {
        help(handles, until);
    }
    let mut done = vec![false; handles.len()];
    while left > 0 {
        let next = match deadline {
            Some(deadline) if deadline <= Instant::now() => bell.0.try_next(),
            Some(deadline) => bell.0.next(Some(deadline)),
            None => Some(bell.0.next_helping(|index| handles[index].call_back())),
        };
        let Some(index) = next else { break };
        if done[index] {
            continue;
        }
        if !handles[index].is_finished() {
            // It is to be tried again, and rings once more when it has ended.
            if deadline.is_none() {
                handles[index].help();
            }
            continue;
        }
        done[index] = true;
        left -= 1;
        if is_enough(until, || handles[index].is_failed()) {
            break;
        }
    }
    // What ended at the same time counts as well.
    while let Some(index) = bell.0.try_next() {
        done[index] |= handles[index].is_finished();
    }
    for handle in handles {
        handle.unwatch(&bell);
    }
    let (done, pending) = (0..handles.len()).partition(|&index| done[index]);
    Waited { done, pending }
}

fn is_enough(until: WaitUntil, is_failed: impl FnOnce() -> bool) -> bool {
    match until {
        WaitUntil::First => true,
        WaitUntil::FirstError => is_failed(),
        WaitUntil::All => false,
    }
}

/// On a worker of the jobs' own pool: runs what has not started, as far as `until` needs it.
fn help<H: AnyHandle>(handles: &[H], until: WaitUntil) {
    let suffices = |handle: &H| handle.is_finished() && is_enough(until, || handle.is_failed());
    if handles.iter().any(suffices) {
        return;
    }
    for handle in handles {
        if !handle.is_finished() {
            handle.help();
        }
        if suffices(handle) {
            return;
        }
    }
}
