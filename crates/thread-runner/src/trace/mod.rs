//! What a pool says to [`tracing`]: a span a job, from its submission to its end. Only with the feature
//! `tracing`; without it everything here is empty and costs nothing.
//!
//! A job's span is opened by whoever submits it, and kept by the job, as its witness; so it lives as long as
//! the job goes on, wherever that waits. Whoever runs the job finds the span by the job's number, and is
//! inside it meanwhile, so that what the task logs is in the span, and jobs that it submits have spans
//! under it. The span is closed when the job has ended and nobody runs it any more.
//!
//! Subscribers are user code. Threads that must go on whatever happens, and those that stop a pool, do not
//! close spans: they have it done as callbacks are.
//!
//! - `spans` is all of that,
//! - `absent` stands for it where the feature is off.
//!
//! [`tracing`]: https://docs.rs/tracing

#[cfg(not(feature = "tracing"))]
mod absent;
#[cfg(feature = "tracing")]
mod spans;

#[cfg(not(feature = "tracing"))]
pub(crate) use absent::{Spans, deferring};
#[cfg(feature = "tracing")]
pub(crate) use spans::{Spans, deferring};
