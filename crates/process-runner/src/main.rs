//! The program `process-runner`: Anypool's command line on processes.

#![forbid(unsafe_code)]

mod backend;

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(code) = anypool_runner::serve_call() {
        return code;
    }
    anypool_runner::start_with_ballast(process_runner::init);
    anypool_runner::main(&backend::ProcessBackend)
}
