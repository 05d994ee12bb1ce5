//! How far a run has come, while it runs: a bar with what runs on a terminal, a line now and then elsewhere.
//!
//! - [`board`] puts the lines together,
//! - [`pace`] says when it is time for the next ones,
//! - [`canvas`] is what they are drawn on,
//! - [`ticker`] draws them, on a thread of its own.

mod board;
mod pace;
pub(super) mod canvas;
pub(super) mod ticker;
