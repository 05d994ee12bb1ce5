//! Death at every step: processes of a pool are made to die, stop or be refused at named points, and
//! killed at random by the hundred. Whatever happens, only what had started is lost, every handle says
//! why, the pool serves on, and nothing is left.
//!
//! Points are armed for all processes of this program at once, so its tests take turns.

process_runner::init_at_load!();

mod journal;
mod stage;

mod trial;
mod worker;
mod stopped;
mod refused;




