//! The runners' catalogue: a task gives the same value and digest wherever it runs, and in Python.

process_runner::init_at_load!();

mod small;
mod everywhere;
mod twins;
