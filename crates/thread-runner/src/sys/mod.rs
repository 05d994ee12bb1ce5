//! The only unsafe code of this crate.
//!
//! - [`hatch`] hands work to a worker that waits awake,
//! - [`scope`] lets closures that borrow travel through a queue that knows no lifetimes.

pub(crate) mod hatch;
pub(crate) mod scope;
