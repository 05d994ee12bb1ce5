//! Suites: files of tasks to run, in TOML.
//!
//! What a suite may say, and whether it does:
//!
//! - [`form`] is what the value of a key may look like, [`range`] how a range is written, [`keys`] has a table for every
//!   key,
//! - [`wrong`] gathers all that is wrong, [`check`] finds what has not the right form,
//! - [`fields`] reads what has.
//!
//! What it says:
//!
//! - [`grants`] are what tasks are granted, [`profile`] what else holds with `--profile`,
//! - [`matrix`] are parameters with several values, [`files`] and [`inputs`] are what tasks are run on, [`rows`] are the
//!   instances that come of all three,
//! - [`parts`] are what every task has, [`call`] is a task of the catalogue, [`words`] and [`command`] are a program,
//!   [`task`] is either with its terms,
//! - [`order`] is what comes after what, [`read`] is all of it.
//!
//! What is made of it:
//!
//! - [`choice`] are the instances that were asked for, [`plan`] makes units of them,
//! - [`refusal`] is what keeps them from being run at all, [`listing`] tells of them one by one.
//!
//! What a suite may say is told, too: [`schema`] to programs, [`page`] to people.

mod form;
mod range;
mod keys;
mod wrong;
mod check;
mod fields;
pub(crate) mod grants;
pub(crate) mod profile;
mod matrix;
mod files;
mod inputs;
mod rows;
mod parts;
mod call;
mod words;
mod command;
mod task;
mod order;
pub(crate) mod read;
pub(crate) mod choice;
pub(crate) mod plan;
pub(crate) mod refusal;
pub(crate) mod listing;
pub(crate) mod schema;
pub(crate) mod page;

#[cfg(test)]
mod tests;
