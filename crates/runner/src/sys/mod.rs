//! What needs unsafe code: running a function before main, and asking what becomes of a signal.
//!
//! - [`closed_streams`] remembers whether the process was started without a standard input or output,
//! - [`ignored`] tells whether it was started with a signal ignored.

pub(crate) mod closed_streams;
pub(crate) mod ignored;
