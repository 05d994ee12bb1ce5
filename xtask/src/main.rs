//! Anypool's own chores, started as `cargo xtask`.

#![forbid(unsafe_code)]

mod console;
mod workspace;
mod tidy;
mod ci;
mod build;
mod man;
mod signals;
mod check;
mod compare;
mod bench;
mod command_line;

use std::process::ExitCode;

fn main() -> ExitCode {
    command_line::run()
}
