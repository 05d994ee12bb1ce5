//! A job's span: from its submission until nothing of it is left in the pool.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anypool_core::{Answers, Job, JobError, Settlement, TaskEntry};
use tracing::Span;
use tracing::field::{self, Empty};

/// A job's span, if a subscriber wants it.
///
/// Its last clone is dropped by the supervisor, which must not call a subscriber: what is left then
/// goes to a [`Hospice`], where the courier comes for it.
#[derive(Clone, Default)]
pub(crate) struct JobSpan(Option<Arc<Inner>>);

struct Inner {
    span: Span,
    ends: Mutex<Ends>,
    hospice: Hospice,
}

/// How the job's items have ended.
#[derive(Clone, Default)]
struct Ends {
    returned: u32,
    failed: u32,
    /// The first failure.
    error: Option<JobError>,
    busy: Duration,
}

/// Spans whose jobs have ended, on their way to the courier.
#[derive(Clone, Default)]
pub(crate) struct Hospice(Arc<Mutex<Vec<Closing>>>);

/// Some of them.
pub(crate) struct Closings(Vec<Closing>);

struct Closing {
    span: Span,
    ends: Ends,
}

impl JobSpan {
    /// A span for `job`, under the span that the caller is in.
    pub(crate) fn of(job: &dyn Job, hospice: &Hospice) -> Self {
        let span = tracing::info_span!(
            target: "anypool",
            "job",
            job = job.id().0,
            task = job.entry().map(TaskEntry::label),
            items = job.items(),
            outcome = Empty,
            failed = Empty,
            busy = Empty,
        );
        let wanted = !span.is_disabled();
        Self(wanted.then(|| {
            Arc::new(Inner {
                span,
                ends: Mutex::default(),
                hospice: hospice.clone(),
            })
        }))
    }

    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn span(&self) -> Option<&Span> {
        Some(&self.0.as_ref()?.span)
    }

    /// Notes how an item has ended.
    pub(crate) fn note(&self, how: &Settlement, busy: Duration) {
        let Some(inner) = &self.0 else { return };
        let mut ends = inner.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.busy = ends.busy.saturating_add(busy);
        match how {
            Settlement::Encoded(_) | Settlement::Lent(_) => ends.returned += 1,
            Settlement::Failed(error) => {
                ends.failed += 1;
                ends.error.get_or_insert_with(|| error.clone());
            }
        }
    }

    /// Notes how several items have ended.
    pub(crate) fn note_answers(&self, answers: &Answers, busy: Duration) {
        let Some(inner) = &self.0 else { return };
        let mut ends = inner.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.busy = ends.busy.saturating_add(busy);
        ends.returned += answers.len() - answers.failed();
        ends.failed += answers.failed();
        if ends.error.is_none() {
            ends.error = answers.failures().next().map(|(_, error)| error);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let closing = Closing {
            span: std::mem::replace(&mut self.span, Span::none()),
            ends: ends.clone(),
        };
        self.hospice.lock().push(closing);
    }
}

impl Hospice {
    /// Everything that is there, if anything is.
    pub(super) fn take(&self) -> Option<Closings> {
        let closings = std::mem::take(&mut *self.lock());
        (!closings.is_empty()).then_some(Closings(closings))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Closing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Closings {
    /// Records how the jobs ended, and closes their spans.
    pub(crate) fn close(self) {
        for closing in self.0 {
            // One by one: a subscriber that panics at one span may do so at the next, and must not while
            // the first panic unwinds.
            let _ = catch_unwind(AssertUnwindSafe(|| closing.close()));
        }
    }
}

impl Closing {
    fn close(self) {
        let Self { span, ends } = self;
        match &ends.error {
            Some(error) => span.record("outcome", field::display(error)),
            None if ends.returned == 0 => span.record("outcome", "never started"),
            None => span.record("outcome", "ok"),
        };
        span.record("failed", ends.failed);
        span.record("busy", field::debug(ends.busy));
    }
}

impl fmt::Debug for JobSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobSpan({})", self.is_on())
    }
}

impl fmt::Debug for Closings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Closings({})", self.0.len())
    }
}

impl fmt::Debug for Hospice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hospice")
    }
}
