//! What processes say to each other, as bytes; no descriptors, no system calls.
//!
//! - [`cursor`] reads numbers from untrusted bytes,
//! - [`frame`] cuts a stream into messages,
//! - [`place`] says where a payload lies that is too large for a message,
//! - [`request`] is what a worker is given to do,
//! - [`reply`] is what it answers,
//! - [`control`] is what the two say beside the work,
//! - [`status`] is the page on which jobs are claimed,
//! - [`slate`] keeps answers that have been gathered and not sent.

pub(crate) mod cursor;
pub(crate) mod frame;
pub(crate) mod place;
pub(crate) mod request;
pub(crate) mod reply;
pub(crate) mod control;
pub(crate) mod status;
pub(crate) mod slate;
