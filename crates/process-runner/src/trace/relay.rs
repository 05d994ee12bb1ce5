//! Speaking to the subscriber under which a pool was started, on couriers' threads.

use anypool_core::Job;
use tracing::dispatcher::{self, Dispatch};
use tracing::field::{Field, Value};
use tracing::level_filters::LevelFilter;
use tracing::span::Id;
use tracing::subscriber::NoSubscriber;
use tracing::{Event, debug, error, info, warn};

use crate::event::PoolEvent;
use crate::trace::Log;
use crate::trace::callsites::{FIELD_COUNT, metadata_of};
use crate::trace::job_span::{Closings, Hospice, JobSpan};
use crate::trace::line::{Record, number_of};

/// The level up to which anybody in this process wants events, as a number; 0 for none.
pub(crate) fn wanted_level() -> u8 {
    LevelFilter::current().into_level().map_or(0, number_of)
}

/// A pool's way to its subscriber.
#[derive(Clone, Debug)]
pub(crate) struct Relay {
    dispatch: Dispatch,
    hospice: Hospice,
}

impl Relay {
    /// A relay to the subscriber that this thread has now.
    pub(crate) fn current() -> Self {
        Self {
            dispatch: dispatcher::get_default(Clone::clone),
            hospice: Hospice::default(),
        }
    }

    /// Whether there is a subscriber.
    pub(crate) fn is_on(&self) -> bool {
        !self.dispatch.is::<NoSubscriber>()
    }

    /// A span for a job that this thread submits.
    pub(crate) fn span_of(&self, job: &dyn Job) -> JobSpan {
        JobSpan::of(job, &self.hospice)
    }

    /// The spans to be closed, if there are any.
    pub(crate) fn take_closings(&self) -> Option<Closings> {
        self.hospice.take()
    }

    /// Tells an event that a worker has logged; inside its job's span, to that span's subscriber.
    pub(crate) fn emit(&self, log: &Log) {
        let span = log.span.span();
        let told = span.and_then(|span| {
            span.with_subscriber(|(id, dispatch)| emit_to(dispatch, Some(id), log))
        });
        if told.is_none() {
            emit_to(&self.dispatch, None, log);
        }
    }

    /// Tells an event of the pool.
    pub(crate) fn tell(&self, event: &PoolEvent) {
        dispatcher::with_default(&self.dispatch, || tell(event));
    }
}

fn emit_to(dispatch: &Dispatch, span: Option<&Id>, log: &Log) {
    let Log {
        worker,
        pid,
        record,
        ..
    } = log;
    let Record {
        level,
        job,
        location,
        target,
        message,
        fields,
    } = record;
    let (metadata, is_own_target) = metadata_of(target, *level);
    if !dispatch.enabled(metadata) {
        return;
    }
    let text = |text: &'_ String| (!text.is_empty()).then(|| text.clone());
    let (fields, location) = (text(fields), text(location));
    let target = (!is_own_target).then_some(target.as_str());
    let job = (*job > 0).then_some(*job);
    let message = format_args!("{message}");
    let values: [&dyn Value; FIELD_COUNT] =
        [&message, &worker.0, pid, &job, &fields, &location, &target];
    let names: Vec<Field> = metadata.fields().iter().collect();
    let Ok(names) = <[Field; FIELD_COUNT]>::try_from(names) else {
        return;
    };
    let values: [(&Field, Option<&dyn Value>); FIELD_COUNT] =
        std::array::from_fn(|index| (&names[index], Some(values[index])));
    let values = metadata.fields().value_set(&values);
    let event = match span {
        Some(span) => Event::new_child_of(span.clone(), metadata, &values),
        None => Event::new_child_of(None, metadata, &values),
    };
    dispatch.event(&event);
}

fn tell(event: &PoolEvent) {
    match event {
        PoolEvent::WorkerStarted {
            worker,
            pid,
            replaces,
        } => debug!(target: "anypool", worker = worker.0, pid, replaces, "worker started"),
        PoolEvent::WorkerReady { worker, pid } => {
            debug!(target: "anypool", worker = worker.0, pid, "worker ready");
        }
        PoolEvent::WorkerEnded(end) => {
            let (worker, pid, job) = (end.worker.0, end.pid, end.job.map(|job| job.0));
            if end.cause.is_wanted() {
                debug!(target: "anypool", worker, pid, job, "{end}");
            } else {
                warn!(target: "anypool", worker, pid, job, "{end}");
            }
        }
        PoolEvent::JobRetried {
            job,
            item,
            attempt,
            pause,
            cause,
        } => {
            let job = job.0;
            warn!(target: "anypool", job, item, attempt, ?pause, %cause, "job is tried again");
        }
        // Its span says the same.
        PoolEvent::JobFinished { .. } => {}
        PoolEvent::Missed { jobs, workers } => {
            warn!(target: "anypool", jobs, workers, "events were left out");
        }
        PoolEvent::PoolFailed { reason } => error!(target: "anypool", "the pool failed: {reason}"),
        PoolEvent::Stopping { at_once } => info!(target: "anypool", at_once, "the pool stops"),
        PoolEvent::Ended => debug!(target: "anypool", "the pool has ended"),
    }
}
