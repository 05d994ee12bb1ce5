//! What both of Anypool's runners share: command line, catalogue of tasks, driver and output.
//!
//! A runner's program is a [`Backend`], which knows how to start pools and single workers of one kind, and a main that
//! calls [`main()`]:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! fn main() -> ExitCode {
//!     // `thread-runner` and `process-runner` have backends with workers.
//!     anypool_runner::main(&anypool_runner::Inline::named("inline-runner"))
//! }
//! ```
//!
//! The layers, lowest first: what ends a run ([`Exit`]) and what is said about errors ([`Report`]); what tasks can be
//! given ([`Parameter`]) and what they give ([`Answer`]); the catalogue ([`Kind`], [`Call`]); the inputs and settings of
//! a command; the backends; where lines go and how a run is stopped before its end; the engine and who is told of its
//! runs; the driver; the command line.
//!
//! This crate starts no workers itself and knows neither threads' nor processes' ways to die: backends tell it.

mod sys;
mod exit;
mod build;
mod spot;
mod curtain;
mod keyboard;
mod report;
mod nearest;
mod pattern;
mod excerpt;
mod left_behind;
mod moments;
mod ballast;
mod kin;
mod size;
pub mod event;
mod parameter;
mod answer;
mod anew;
mod catalogue;
mod workers;
mod batch;
mod settings;
mod inputs;
mod backend;
mod inline;
mod halt;
mod signals;
mod sink;
mod engine;
mod history;
mod exec;
mod audience;
mod suite;
mod driver;
mod cli;

pub use answer::{Answer, TaskFailure, Value};
pub use backend::{
    Backend, Confinement, Isolation, Joined, PoolConfig, RunnerPool, Separation, SpawnConfig,
    Spawned, StartError, Transport,
};
pub use ballast::start_with_ballast;
pub use catalogue::call::{Call, CallResult, run_call};
pub use catalogue::kind::{Class, Kind};
pub use catalogue::serving::serve_call;
pub use exit::Exit;
pub use inline::Inline;
pub use parameter::{Argument, Domain, Parameter};
pub use report::Report;
pub use workers::{WorkerCount, WorkerCountError};

/// Does what this process's command line says, with workers of `backend`.
pub fn main(backend: &dyn Backend) -> std::process::ExitCode {
    let exit = cli::program::run(backend, std::env::args_os());
    ballast::end();
    exit.into()
}
