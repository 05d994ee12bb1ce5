//! The run engine: units of work go in, one after another or as a graph; what becomes of each comes out as events.
//!
//! What a unit is and what may be asked of it:
//!
//! - [`program`] is a program to start, [`unit`] that or a call of the catalogue, with its name and its key,
//! - [`terms`] are what a unit is granted and what is expected of it, [`policy`] is the same for the whole run,
//! - [`source`] is where units come from.

pub(crate) mod program;
pub(crate) mod terms;
pub(crate) mod unit;
pub(crate) mod policy;
pub(crate) mod source;
