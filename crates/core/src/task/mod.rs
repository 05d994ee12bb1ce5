//! Tasks: what they are, what becomes one, and how one is found again.
//!
//! - [`contract`] is the trait,
//! - [`sys`] makes a task's value where only its type is known,
//! - [`function`] makes functions and closures tasks,
//! - [`named`] gives them stable names,
//! - [`entry`] is a task's address in the program, which a forked worker is sent,
//! - [`init_entry`] is the same for what makes a worker's state,
//! - [`registry`] finds tasks by name where addresses mean nothing.

pub(crate) mod contract;
pub(crate) mod sys;
pub(crate) mod function;
pub(crate) mod named;
pub(crate) mod entry;
pub(crate) mod init_entry;
pub(crate) mod registry;
