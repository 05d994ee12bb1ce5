//! What needs unsafe code: running a function before main, asking what becomes of a signal, and waiting for children.
//!
//! - [`closed_streams`] remembers whether the process was started without a standard input or output,
//! - [`ignored`] tells whether it was started with a signal ignored,
//! - [`children`] waits for child processes,
//! - [`limited`] starts programs with a limit on their memory,
//! - [`nice`] gives way to other programs.

pub(crate) mod closed_streams;
pub(crate) mod ignored;
pub(crate) mod children;
pub(crate) mod limited;
pub(crate) mod nice;
