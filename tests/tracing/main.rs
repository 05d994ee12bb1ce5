//! What pools say to `tracing`: spans of jobs; of process pools also events, and what workers log.
#![expect(clippy::needless_pass_by_value, reason = "tasks own their inputs")]

process_runner::init_at_load!();

mod recorder;
mod scene;
mod spans;
mod threads;
mod logs;
mod events;
