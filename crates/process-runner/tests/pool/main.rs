//! The process pool from outside, with real processes: values, deaths, limits, output, ends. Owns
//! what is particular to processes; what all executors share is tested by the contract suite.
#![expect(clippy::needless_pass_by_value, reason = "tasks own their inputs")]

process_runner::init_at_load!();

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
mod dropping;
mod starting;
mod setting;
mod single;
mod payloads;
mod orphans;
mod zygote;
mod hostile;
