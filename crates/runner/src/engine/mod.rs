//! The run engine: units of work go in, one after another or as a graph; what becomes of each comes out as events.
//!
//! What a unit is and what may be asked of it:
//!
//! - [`program`] is a program to start, [`unit`] that or a call of the catalogue, with its name and its key,
//! - [`terms`] are what a unit is granted and what is expected of it, [`policy`] is the same for the whole run,
//! - [`source`] is where units come from.
//!
//! Who decides and who does are apart:
//!
//! - [`ear`] is who is told what happens,
//! - [`graph`] is a plan while it is carried out, [`feed`] that or a stream, [`brakes`] is what a start waits for,
//! - [`attempt`] is a try of a unit,
//! - [`ending`] is how it ended, or why it never began,
//! - [`desk`] decides: what starts next, whether it is tried again, when it was enough,
//! - [`child`] is a program that runs, [`stop_line`] tells all of them at once to stop,
//! - [`pools`] are the pools that are there now, as something that can be stopped and suspended,
//! - [`hall`] is where the worker slots meet, around the desk,
//! - [`scribe`] knows which job writes for which task, [`staff`] is who carries out calls,
//! - [`slot`] is a worker slot, [`call`] gives its calls to a worker, [`lane`] does its work,
//! - [`spent`] is what processor time all of it took, [`gauge`] how much memory,
//! - [`run`] is a run from its first unit to its last.

pub(crate) mod program;
pub(crate) mod terms;
pub(crate) mod unit;
pub(crate) mod policy;
pub(crate) mod source;
pub(crate) mod ear;
mod graph;
mod feed;
mod brakes;
mod attempt;
mod ending;
mod desk;
pub(crate) mod child;
mod stop_line;
mod pools;
mod hall;
mod scribe;
pub(crate) mod staff;
mod slot;
mod call;
mod lane;
mod spent;
mod gauge;
pub(crate) mod run;
