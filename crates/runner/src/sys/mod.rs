//! What needs unsafe code: running a function before main.
//!
//! - [`closed_stdout`] remembers whether the process was started without a standard output.

pub(crate) mod closed_stdout;
