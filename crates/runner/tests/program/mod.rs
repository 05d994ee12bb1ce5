//! What both programs owe: one text, compiled into the tests of each of them.
//!
//! Who includes it says in its own root which `PROGRAM` is tested and what its `NAME` is.
//!
//! - [`child`] runs the program and watches it,
//! - [`tutorial`] are the four lines of the tutorial,
//! - [`words`] are command lines that are wrong, [`messages`] is what is said of them, word by word,
//! - [`failures`] are tasks that give no value,
//! - [`outputs`] are outputs that end before the run,
//! - [`signals`] is Ctrl-C,
//! - [`catalogue`] are the tasks that ship,
//! - [`config`] is what holds where the command line says nothing, [`config_run`] the same beside a suite,
//! - [`lock`] is the modelled global lock,
//! - [`batches`] are inputs that travel together,
//! - [`exec`] runs programs, [`exec_ends`] is how that ends early,
//! - [`audience`] is who is told of its runs, [`again`] is what a log is good for afterwards,
//! - [`reports`] are the files for build servers, [`timelines`] those for viewers, [`progress`] is how far a run has come,
//! - [`followed`] are `map` and `spawn` that somebody follows,
//! - [`suites`] are suites that are looked at and not run, [`run`] runs some, [`run_ends`] is how that ends early,
//! - [`schemas`] describe formats to programs,
//! - [`links`] is the suite that checks links,
//! - [`floods`] are tasks that print without measure, [`hostile`] are inputs and children that nobody should have,
//! - [`terminals`] may change their size and go away,
//! - [`help`] are the texts of `--help`, [`manual`] the pages for `man`, [`pages`] are the pages in `docs` and what they show of a terminal.

pub(crate) mod child;
mod tutorial;
mod words;
mod failures;
mod outputs;
mod signals;
mod catalogue;
mod config;
mod lock;
mod batches;
mod exec;
mod exec_ends;
mod audience;
mod again;
mod reports;
mod timelines;
mod followed;
mod progress;
pub(crate) mod suites;
mod schemas;
mod config_run;
mod run;
mod run_ends;
mod floods;
mod hostile;
mod terminals;
mod links;
mod help;
mod manual;
mod pages;
mod messages;
