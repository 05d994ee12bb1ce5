//! Waiting for several jobs at once, from any mixture of executors.
//!
//! - [`any_handle`] is what a handle of unknown type can do,
//! - [`wait_for`] waits for the first, the first failure or all,
//! - [`as_completed`] takes outcomes in the order in which jobs end.

pub(crate) mod any_handle;
pub(crate) mod wait_for;
pub(crate) mod as_completed;
