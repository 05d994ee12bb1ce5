//! In a worker: the subscriber that sends events to the parent.

use std::fmt::{self, Write as _};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use anypool_core::JobId;
use nix::errno::Errno;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record as SpanRecord};
use tracing::{Event, Metadata, Subscriber};

use crate::trace::line::{Record, level_of};

/// The job that runs in this process, 0 for none. A worker runs one at a time, on whatever threads.
static JOB: AtomicU64 = AtomicU64::new(0);

/// Events belong to `job` from now on.
pub(crate) fn enter_job(job: Option<JobId>) {
    // Relaxed: threads that log for the job were started, or told, after this.
    JOB.store(job.map_or(0, |job| job.0), Ordering::Relaxed);
}

/// Sends events up to the level of this number to the parent, unless the program had a subscriber when
/// the fork server was started.
pub(crate) fn forward(level: u8) {
    if let Some(level) = level_of(level) {
        let forwarder = Forwarder(LevelFilter::from_level(level));
        // Refused where there is one: it does what the program wants.
        let _ = tracing::subscriber::set_global_default(forwarder);
    }
}

/// Writes each event as one line to standard error; spans stay in the worker.
struct Forwarder(LevelFilter);

impl Subscriber for Forwarder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        !metadata.is_span() && *metadata.level() <= self.0
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.0)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        // Not called: no span is enabled.
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &SpanRecord<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut words = Words::default();
        event.record(&mut words);
        let file = metadata.file().unwrap_or_default();
        let line = metadata.line().map(|line| format!(":{line}"));
        let record = Record {
            level: *metadata.level(),
            job: JOB.load(Ordering::Relaxed),
            location: format!("{file}{}", line.unwrap_or_default()),
            target: metadata.target().to_owned(),
            message: words.message,
            fields: words.fields,
        };
        write_once(&record.encode());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Writes a line to standard error in one piece, past the lock that a task may hold.
fn write_once(line: &[u8]) {
    while nix::unistd::write(io::stderr(), line) == Err(Errno::EINTR) {}
}

/// The fields of an event in words.
#[derive(Default)]
struct Words {
    message: String,
    fields: String,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            let space = if self.fields.is_empty() { "" } else { " " };
            write!(self.fields, "{space}{}={value:?}", field.name())
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.message.push_str(value);
        } else {
            self.record_debug(field, &value);
        }
    }
}
