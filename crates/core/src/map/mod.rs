//! Running a task over many inputs.
//!
//! A map is lazy: the call fills the first window, then the source is pulled as outcomes are taken,
//! only ever on the caller's thread. Inputs travel in chunks; each item succeeds or fails alone.
//!
//! - [`options`] is what the caller may fix,
//! - [`planner`] chooses the size of chunks,
//! - [`feed`] pulls, sends and collects,
//! - [`iterator`] gives the outcomes out,
//! - [`try_map`] stops at the first failure.

pub(crate) mod options;
pub(crate) mod planner;
pub(crate) mod feed;
pub(crate) mod iterator;
pub(crate) mod try_map;
