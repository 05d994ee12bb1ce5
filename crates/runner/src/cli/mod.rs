//! The command line: what can be said, what it means, and the exit code that comes of it.
//!
//! - [`policy`] are the flags of what holds for a whole run,
//! - [`output`] are those of what is told of it,
//! - [`exec`] is the command `exec`,
//! - [`definition`] is what both programs accept,
//! - [`listing`] is the command `list`,
//! - [`session`] is one run with its outputs and signals,
//! - [`program`] reads the command line and does what it says.

mod session;
mod policy;
mod output;
mod exec;
pub(crate) mod definition;
mod listing;
pub(crate) mod program;
