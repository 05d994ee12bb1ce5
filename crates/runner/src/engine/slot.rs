//! A worker slot, as what is told of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::attempt::Try;
use super::hall::Hall;
use crate::event::{TaskFinished, TaskStarted, Verdict};

/// A worker slot.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    pub(super) number: usize,
    pub(super) hall: &'a Hall,
}

impl Slot<'_> {
    pub(super) fn started(&self, tried: &Try, pid: Option<u32>) -> TaskStarted {
        TaskStarted {
            task: Arc::clone(&tried.id),
            key: tried.unit.key,
            index: tried.index,
            attempt: tried.attempt,
            worker: self.number as u64,
            pid,
        }
    }

    /// The end of this try, with what is known without looking at it.
    pub(super) fn end(
        &self,
        tried: &Try,
        outcome: Verdict,
        message: impl Into<String>,
    ) -> TaskFinished {
        let mut ended = without_a_try(tried, outcome, "");
        ended.message = Some(message.into()).filter(|message| !message.is_empty());
        ended.attempt = tried.attempt;
        ended.worker = Some(self.number as u64);
        ended
    }
}

/// The end of a unit that was taken and not tried.
pub(super) fn without_a_try(tried: &Try, outcome: Verdict, why: &str) -> TaskFinished {
    let mut ended = TaskFinished::new(Arc::clone(&tried.id), tried.unit.key, tried.index, outcome);
    ended.expected = Some(tried.unit.terms.expect).filter(|expected| *expected != Verdict::Ok);
    ended.message = Some(why.to_owned()).filter(|why| !why.is_empty());
    ended
}

/// Whole nanoseconds; no run takes centuries.
pub(super) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Nanoseconds since `then`.
pub(super) fn nanos_since(then: Instant) -> u64 {
    nanos(then.elapsed())
}
