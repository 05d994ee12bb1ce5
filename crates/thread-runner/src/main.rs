//! The program `thread-runner`: Anypool's command line on threads.

#![forbid(unsafe_code)]

mod backend;

use std::process::ExitCode;

fn main() -> ExitCode {
    // There is no fork server here.
    anypool_runner::start_with_ballast(|| {});
    anypool_runner::main(&backend::ThreadBackend)
}
