//! What happens in a run, as one stream of events: the source of every line, bar, file and exit code that a run gives.
//!
//! An event is one JSON object on one line (NDJSON), in `--message-format json` and in `--log` alike. `t` is the time
//! since the start of the run; all times are whole nanoseconds. Who reads them ignores events and fields that it does
//! not know: the schema's version changes only when something that was there means something else.
//!
//! - [`TaskKey`] says what a task *is*, so that a log can be asked whether it was done,
//! - [`Verdict`] is what became of a task,
//! - [`Output`] is a piece of what a task printed,
//! - [`Usage`] and [`Counts`] are the figures of tasks and of the run,
//! - [`Event`] is the closed list of what can happen, [`Stamped`] an event with its time,
//! - [`Lines`] reads a log, [`write_line`] writes one, [`schema()`] describes it for other programs.
//!
//! ```
//! use anypool_runner::event::{Event, Lines};
//!
//! let log = "\
//! {\"event\":\"task-started\",\"t\":5,\"task\":\"a\",\"index\":0,\"key\":\"b3:00000000000000000000000000000000\",\"try\":1,\"worker\":0}
//! {\"event\":\"of-a-later-version\",\"t\":6}
//! {\"event\":\"task-fini";
//! let events: Vec<_> = Lines::new(log.as_bytes()).collect::<Result<_, _>>()?;
//! assert_eq!(events.len(), 1, "the unknown and the torn are skipped");
//! assert!(matches!(&events[0].event, Event::TaskStarted(started) if &*started.task == "a"));
//! # Ok::<(), anypool_runner::event::LineError>(())
//! ```

mod key;
mod verdict;
mod output;
mod figures;
mod tasks;
mod run;
mod model;
mod line;
mod schema;
mod page;

pub use figures::{Counts, Usage};
pub use key::{KeyBuilder, TaskKey, TaskKeyError};
pub use line::{LineError, Lines, write_line};
pub use model::{Event, Stamped};
pub use output::{Output, OutputStream};
pub(crate) use page::page;
pub use run::{
    Fatal, PoolReady, RunFinished, RunStarted, RunStopping, SCHEMA, StopCause, TasksKnown,
    WorkerLost, WorkerPid, WorkerStarted,
};
pub use schema::schema;
pub use tasks::{TaskFinished, TaskOutput, TaskRetry, TaskSlow, TaskStarted, TaskStopping};
pub use verdict::{UnknownVerdict, Verdict};

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
