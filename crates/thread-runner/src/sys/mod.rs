//! The only unsafe code of this crate.
//!
//! - [`hatch`] hands work to a worker that waits awake,
//! - [`scope`] lets closures that borrow travel through a queue that knows no lifetimes,
//! - [`filling`] is a list that several threads fill.

pub(crate) mod hatch;
pub(crate) mod scope;
pub(crate) mod filling;
