//! The program `thread-runner`: Anypool's command line on threads.

#![forbid(unsafe_code)]

mod backend;

use std::process::ExitCode;

fn main() -> ExitCode {
    anypool_runner::main(&backend::ThreadBackend)
}
