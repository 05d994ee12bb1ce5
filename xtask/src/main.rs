//! Anypool's own chores, started as `cargo xtask`.

#![forbid(unsafe_code)]

mod workspace;
mod tidy;
mod ci;
mod build;
mod check;
mod compare;
mod command_line;

use std::process::ExitCode;

fn main() -> ExitCode {
    command_line::run()
}
