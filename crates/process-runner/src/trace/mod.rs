//! What a pool says to [`tracing`]: a span a job, from submission to end; its own events; and what
//! tasks log inside their workers. Only with the feature `tracing`; without it everything here is
//! empty and costs nothing.
//!
//! A worker that has inherited no subscriber gets one that writes each event as one marked line to its
//! standard error. So logs need no channel of their own: they keep their place among what the worker
//! prints, a worker that logs faster than the parent reads waits, and what a dying worker has said last is
//! in the pipe. The supervisor takes marked lines out of the output; the courier that writes to the host
//! makes events of them. Subscribers are user code, so the supervisor itself never calls one.
//!
//! - `line` is an event in one line, `forwarder` writes it, in the worker,
//! - `callsites` makes the metadata that the parent's subscribers see,
//! - `job_span` is a job's span,
//! - `relay` speaks to the subscriber that the pool was started under,
//! - `absent` is all of that without the feature.
//!
//! [`tracing`]: https://docs.rs/tracing

#[cfg(feature = "tracing")]
mod line;
#[cfg(feature = "tracing")]
mod forwarder;
#[cfg(feature = "tracing")]
mod callsites;
#[cfg(feature = "tracing")]
mod job_span;
#[cfg(feature = "tracing")]
mod relay;
#[cfg(not(feature = "tracing"))]
mod absent;

#[cfg(not(feature = "tracing"))]
pub(crate) use absent::{
    Closings, JobSpan, Record, Relay, enter_job, forward, pieces, readable, wanted_level,
};
#[cfg(feature = "tracing")]
pub(crate) use forwarder::{enter_job, forward};
#[cfg(feature = "tracing")]
pub(crate) use job_span::{Closings, JobSpan};
#[cfg(feature = "tracing")]
pub(crate) use line::{Record, pieces, readable};
#[cfg(feature = "tracing")]
pub(crate) use relay::{Relay, wanted_level};

use anypool_core::WorkerId;

/// A part of a worker's output.
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "without the feature no event is recognised")
)]
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Whole lines, as they are.
    Lines(Vec<u8>),
    /// An event that was logged there.
    Log(Record),
}

/// An event that was logged in a worker, and what the parent knows of it.
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "without the feature there are none")
)]
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) worker: WorkerId,
    pub(crate) pid: u32,
    /// The span of its job, if the worker has that job.
    pub(crate) span: JobSpan,
    pub(crate) record: Record,
}
