//! The process pool from outside, with real processes: values, deaths, limits, output, ends. Owns
//! what is particular to processes; what all executors share is tested by the contract suite.
#![expect(clippy::needless_pass_by_value, reason = "tasks own their inputs")]

process_runner::init_at_load!();

mod sys;
mod recorder;
mod scene;
mod leaks;
mod deaths;
mod cancelling;
mod conserving;
mod limits;
mod killing;
mod retrying;
mod resources;
mod recycling;
mod waiting;
mod stats;
mod ends;
mod events;
mod panics;
mod output;
mod output_by_job;
mod stopping;
mod bounded;
mod dropping;
mod starting;
mod scarcity;
mod full_disk;
mod volume;
mod initializing;
mod failing_init;
mod setting;
mod single;
mod payloads;
mod suspending;
mod largest;
mod fatal;
mod forking;
mod orphans;
mod killed_parents;
mod zygote;
mod deadly_sigpipe;
mod nested;
mod nested_orphans;
mod hostile_doors;
mod preloading;
mod resting;
mod failing_preload;
mod hostile;
mod liar;
mod lying;
