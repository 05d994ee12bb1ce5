//! The command line: what can be said, what it means, and the exit code that comes of it.
//!
//! - [`lock`] is the flag of the modelled global lock,
//! - [`policy`] are the flags of what holds for a whole run,
//! - [`output`] are those of what is told of it,
//! - [`select`] are those that choose among its tasks,
//! - [`isolation`] is what workers of one kind alone can be told,
//! - [`completions`] is the command `completions`, [`manual`] the command `man`,
//! - [`config`] is what holds where the command line says nothing, [`colours`] is the flag for those,
//! - [`calls`] is what the commands [`map`] and [`spawn`] have in common,
//! - [`exec`] is the command `exec`, [`replay`] the command `replay`,
//! - [`suites`] reads the suites that a command names, [`check`] prints what is in them, [`run`] runs it,
//! - [`given`] are the flags that were given,
//! - [`pages`] describes formats,
//! - [`definition`] is what both programs accept,
//! - [`listing`] is the command `list`,
//! - [`reading`] reads the words of a command line,
//! - [`session`] is one run with its outputs and signals,
//! - [`program`] does what the command line says.

mod session;
mod lock;
mod policy;
mod output;
mod select;
mod isolation;
mod completions;
mod manual;
mod config;
mod colours;
mod calls;
mod spawn;
mod map;
mod exec;
mod replay;
mod suites;
mod check;
mod given;
mod run;
mod pages;
pub(crate) mod definition;
mod listing;
mod reading;
pub(crate) mod program;
