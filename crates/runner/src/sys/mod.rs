//! What needs unsafe code: running a function before main.
//!
//! - [`closed_streams`] remembers whether the process was started without a standard input or output.

pub(crate) mod closed_streams;
