//! What the parent reads of what workers write, fed with anything.
//!
//! Each function here takes bytes for a script of what a hostile worker does, plays it against the real
//! code, and panics when a promise is broken. The tests beside it feed them from proptest, the targets
//! in `tests/fuzz` from libFuzzer: the same generators, so a finding of one is a test for the other.
//!
//! - [`frames`] cuts a stream into messages,
//! - [`lines`] cuts output into lines,
//! - [`reply`] reads what a worker answers,
//! - [`control`] reads what it says over the control plane,
//! - [`credit`] sends under the credit that it gives,
//! - [`record`] reads what the zygote reports,
//! - [`seat`] keeps account of what it has been given, with its status page scribbled on.

mod script;
mod streams;
mod messages;
mod credits;
mod account;
mod seats;

pub use credits::credit;
pub use messages::{control, record, reply};
pub use seats::seat;
pub use streams::{frames, lines};

#[cfg(test)]
mod tests;
