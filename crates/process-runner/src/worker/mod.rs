//! What runs inside a worker process.
//!
//! - [`init`] runs its initializer,
//! - [`outfit`] is what a worker inherits, [`kit`] how it sets itself up,
//! - [`gather`] runs items whose answers are sent together,
//! - [`serve`] is its life: requests in, replies out.

pub(crate) mod init;
pub(crate) mod outfit;
pub(crate) mod kit;
mod gather;
pub(crate) mod serve;
