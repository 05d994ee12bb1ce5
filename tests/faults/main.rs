//! Death at every step: processes of a pool are made to die, stop or be refused at named points, and
//! killed at random by the hundred. Whatever happens, only what had started is lost, every handle says
//! why, the pool serves on, and nothing is left.
//!
//! Points are armed for all processes of this program at once, so its tests take turns.
#![expect(clippy::needless_pass_by_value, reason = "tasks own their inputs")]

process_runner::init_at_load!();

mod journal;
mod stage;

mod again;
mod trial;
mod worker;
mod single;
mod stopped;
mod refused;
mod regions;
mod late;
mod limit;
mod zygote;
mod template;
mod panicking;
mod parent;
mod account;
mod storm;
mod retried;
