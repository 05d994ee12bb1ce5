//! What process pools say to `tracing`: spans of jobs, events of the pool, and what workers log.
#![expect(clippy::needless_pass_by_value, reason = "tasks own their inputs")]

process_runner::init_at_load!();

mod recorder;
mod scene;
mod spans;
mod logs;
mod events;
