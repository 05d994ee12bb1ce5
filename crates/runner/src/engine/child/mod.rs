//! A program that runs: started in a process group of its own, watched to its end, stopped with all that it started.
//!
//! - [`clock`] counts the time of a run, without the time that it was suspended,
//! - [`groups`] are the process groups that run now, as something that signals can be sent to,
//! - [`start`] starts a program, [`readiness`] waits for what comes of it,
//! - [`passing`] knows who holds a pipe on the way to be a program, and not for long,
//! - [`leftover`] finds and ends what a program leaves behind in its group,
//! - [`heard`] is what is told of it, [`watch`] follows a program to its end.

pub(super) mod clock;
pub(super) mod groups;
pub(crate) mod start;
mod passing;
mod leftover;
mod readiness;
pub(super) mod heard;
pub(super) mod watch;
