//! The only unsafe code of this crate.
//!
//! - [`scope`] lets closures that borrow travel through a queue that knows no lifetimes.

pub(crate) mod scope;
