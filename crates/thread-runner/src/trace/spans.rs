//! Spans of jobs: opened where a job is accepted, entered where it runs, closed when it is over.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use anypool_core::{Callbacks, Job, JobError, JobId, TaskEntry, Witness, catch};
use tracing::Span;
use tracing::dispatcher::{self, DefaultGuard, Dispatch};
use tracing::field::{self, Empty};
use tracing::span::EnteredSpan;
use tracing::subscriber::NoSubscriber;

use crate::sync::lock;

/// A pool's spans, and the subscriber that it was started under.
pub(crate) struct Spans {
    dispatch: Dispatch,
    open: Arc<Open>,
}

/// The spans that are open, so that whoever runs a job finds the job's.
#[derive(Default)]
struct Open {
    /// As many as there are below; read without the lock.
    count: AtomicUsize,
    by_job: Mutex<HashMap<JobId, Weak<JobSpan>>>,
}

/// A job's span.
struct JobSpan {
    job: JobId,
    span: Span,
    ends: Mutex<Ends>,
    open: Arc<Open>,
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

impl Spans {
    /// No spans yet, and the subscriber that this thread has now.
    pub(crate) fn current() -> Self {
        Self {
            dispatch: dispatcher::get_default(Clone::clone),
            open: Arc::default(),
        }
    }

    /// Makes the pool's subscriber that of this thread, one of the pool's, until the guard is dropped.
    pub(crate) fn adopt(&self) -> Option<DefaultGuard> {
        let is_there = !self.dispatch.is::<NoSubscriber>();
        is_there.then(|| dispatcher::set_default(&self.dispatch))
    }

    /// Opens a span for `job` under the one that the caller is in, if a subscriber wants it.
    pub(crate) fn open(&self, job: &dyn Job) {
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
        if span.is_disabled() {
            return;
        }
        let span = Arc::new(JobSpan {
            job: job.id(),
            span,
            ends: Mutex::default(),
            open: Arc::clone(&self.open),
        });
        self.open.add(&span);
        job.set_witness(span);
    }

    /// Enters the span of `job`, if it has one, to run the job.
    #[inline]
    pub(crate) fn enter(&self, job: JobId) -> Option<Inside> {
        // Relaxed: who gave this thread the job had opened its span before.
        if self.open.count.load(Ordering::Relaxed) == 0 {
            return None;
        }
        self.open.find(job).map(Inside::enter)
    }
}

impl Open {
    fn add(&self, span: &Arc<JobSpan>) {
        lock(&self.by_job).insert(span.job, Arc::downgrade(span));
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    fn find(&self, job: JobId) -> Option<Arc<JobSpan>> {
        lock(&self.by_job).get(&job)?.upgrade()
    }

    fn remove(&self, job: JobId) {
        lock(&self.by_job).remove(&job);
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Witness for JobSpan {
    fn ended(&self, items: u32, failed: u32, error: Option<&JobError>) {
        let mut ends = lock(&self.ends);
        ends.returned += items - failed;
        ends.failed += failed;
        if ends.error.is_none() {
            ends.error = error.cloned();
        }
    }
}

impl Drop for JobSpan {
    fn drop(&mut self) {
        self.open.remove(self.job);
        let closing = Closing {
            span: std::mem::replace(&mut self.span, Span::none()),
            ends: std::mem::take(&mut *lock(&self.ends)),
        };
        let defer = |deferred: &RefCell<Option<Vec<Closing>>>| match &mut *deferred.borrow_mut() {
            Some(deferred) => {
                deferred.push(closing);
                None
            }
            None => Some(closing),
        };
        // A thread that is past its thread-locals defers nothing.
        if let Ok(Some(closing)) = DEFERRED.try_with(defer) {
            closing.close();
        }
    }
}

/// Where a thread is while it runs a job.
pub(crate) struct Inside {
    /// `None` if the subscriber has panicked.
    entered: Option<EnteredSpan>,
    since: Instant,
    span: Arc<JobSpan>,
}

impl Inside {
    fn enter(span: Arc<JobSpan>) -> Self {
        let own = span.span.clone();
        Self {
            entered: catch(AssertUnwindSafe(|| own.entered())).ok(),
            since: Instant::now(),
            span,
        }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        lock(&self.span.ends).busy += self.since.elapsed();
        let entered = self.entered.take();
        let _ = catch(AssertUnwindSafe(|| drop(entered)));
    }
}

/// A span whose job is over.
struct Closing {
    span: Span,
    ends: Ends,
}

impl Closing {
    /// Records how the job ended, and closes its span.
    fn close(self) {
        let _ = catch(AssertUnwindSafe(|| {
            let Self { span, ends } = self;
            match &ends.error {
                Some(error) => span.record("outcome", field::display(error)),
                None if ends.returned == 0 => span.record("outcome", "never started"),
                None => span.record("outcome", "ok"),
            };
            span.record("failed", ends.failed);
            span.record("busy", field::debug(ends.busy));
        }));
    }
}

thread_local! {
    /// What is to be closed elsewhere, if this thread closes nothing now.
    static DEFERRED: RefCell<Option<Vec<Closing>>> = const { RefCell::new(None) };
}

/// Does something that may end jobs, and gives what remains to be done for their spans.
pub(crate) fn deferring<R>(act: impl FnOnce() -> R) -> (R, Option<Callbacks>) {
    let before = DEFERRED.replace(Some(Vec::new()));
    let done = act();
    let closings = DEFERRED.replace(before).unwrap_or_default();
    let is_any = !closings.is_empty();
    let close = move || closings.into_iter().for_each(Closing::close);
    (done, is_any.then(|| Callbacks::calling(close)))
}

impl fmt::Debug for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spans")
    }
}
