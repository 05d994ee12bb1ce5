//! Who is told of a run, and in what form: people as lines, programs as events.
//!
//! - [`settings`] say what is to be told,
//! - [`moment`] is an event with where the run stands then, [`listener`] is who hears of it,
//! - [`opening`] is the first event of a run,
//! - [`grid`] has a line for each thing that people are told, [`summary`] those at the end,
//! - [`spool`] keeps what tasks print until it is their turn, [`turns`] says whose that is, [`keepsake`] keeps it until the
//!   end, [`console`] passes it on with those lines, [`frame`] has those before and after, [`results`] prints what tasks
//!   give,
//! - [`outlet`] is the way of lines to who may take his time to read them, [`journal`] writes events there,
//! - [`xml`] is text in XML, [`junit`] a file for build servers, [`trace`] one for viewers of timelines,
//! - [`roster`] knows what runs, [`progress`] shows how far it has come, [`dump`] tells it to who asks,
//! - [`keys`] are those that are typed meanwhile,
//! - [`announcer`] stamps each event and tells them all.

pub(crate) mod settings;
mod moment;
mod listener;
pub(crate) mod opening;
mod grid;
mod summary;
mod spool;
mod turns;
mod keepsake;
mod console;
mod frame;
mod results;
mod outlet;
mod journal;
mod xml;
mod junit;
mod trace;
mod roster;
mod progress;
mod keys;
mod dump;
pub(crate) mod announcer;
