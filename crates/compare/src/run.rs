//! The trait between the one who decides what is measured and the one who runs it.

use std::io;
use std::time::Duration;

use crate::command::CommandLine;

/// Runs a command line to its end and tells what it took.
pub trait Run {
    /// Runs it once.
    ///
    /// # Errors
    ///
    /// Fails when the program cannot be started, fails, or does not end.
    fn run(&mut self, command: &CommandLine) -> Result<Finished, RunError>;
}

/// One finished run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// From before the start to after the exit.
    pub wall: Duration,
    /// What it printed.
    pub stdout: String,
}

/// Why a run gave no sample.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The program could not be started or watched.
    #[error("could not be run: {0}")]
    NotRun(#[from] io::Error),
    /// It ended, and not well.
    #[error("ended with {status}{}", quoted(stderr))]
    Failed {
        /// The exit status in words.
        status: String,
        /// The end of what it said.
        stderr: String,
    },
    /// A signal to us ended it.
    #[error("was stopped by signal {signal}")]
    Stopped {
        /// The signal's number.
        signal: usize,
    },
    /// It did not end, and was killed together with its process group.
    #[error("had not ended after {} s and was killed{}", limit.as_secs(), quoted(stderr))]
    Hung {
        /// How long it was waited for.
        limit: Duration,
        /// The end of what it said.
        stderr: String,
    },
}

/// Puts what the program said on stderr on lines of its own.
fn quoted(stderr: &str) -> String {
    stderr.lines().map(|line| format!("\n  | {line}")).collect()
}

/// A runner that follows a script, for tests.
#[cfg(test)]
pub(crate) struct FakeRun<F> {
    /// Gives the sample for a command, knowing how many ran before.
    pub(crate) script: F,
    /// The commands that were run.
    pub(crate) calls: Vec<CommandLine>,
}

#[cfg(test)]
impl<F: FnMut(usize, &CommandLine) -> Result<Finished, RunError>> Run for FakeRun<F> {
    fn run(&mut self, command: &CommandLine) -> Result<Finished, RunError> {
        let sample = (self.script)(self.calls.len(), command);
        self.calls.push(command.clone());
        sample
    }
}
