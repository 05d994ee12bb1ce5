//! The command line: what can be said, what it means, and the exit code that comes of it.
//!
//! - [`definition`] is what both programs accept,
//! - [`listing`] is the command `list`,
//! - [`session`] is one run with its outputs and signals,
//! - [`program`] reads the command line and does what it says.

pub(crate) mod definition;
mod listing;
mod session;
pub(crate) mod program;
