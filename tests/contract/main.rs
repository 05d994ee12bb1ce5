//! What every executor promises, as one text for all of them.
//!
//! Each module is a chapter of the contract; its tests are generic over the executor and become
//! ordinary tests by `contract!`, which also says which executors a test applies to and why.

process_runner::init_at_load!();

mod outcomes;
mod callbacks;
mod calling_back;
mod cancelling;
mod joining;
mod payloads;
mod views;
mod sizes;
mod awkward;
mod maps;
mod waiting;
mod sharing;
mod working;
mod queueing;
mod stopping;
mod limits;
mod queue_limits;
mod retrying;
mod killing;
mod refusing;
mod memory;
mod nesting;
mod isolation;
mod racing;
mod ending;
