//! The trait between the one who decides what is measured and the one who runs it.

use std::io;
use std::time::Duration;

use crate::ballast::Ballast;
use crate::command::CommandLine;
use crate::load::Reading;
use crate::usage::Usage;

/// Runs a command line to its end and tells what it took.
pub trait Run {
    /// Runs it once.
    ///
    /// # Errors
    ///
    /// Fails when the program cannot be started, fails, or does not end.
    fn run(&mut self, command: &CommandLine) -> Result<Finished, RunError>;

    /// Runs it once more and looks at the memory of all its processes meanwhile, which costs it time.
    ///
    /// # Errors
    ///
    /// Fails as [`Run::run`] does.
    fn weigh(&mut self, command: &CommandLine) -> Result<(Finished, Weight), RunError>;

    /// How busy the machine has been until now.
    fn read(&mut self) -> Reading;
}

/// One finished run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finished {
    /// From before the start to after the exit; from and to the moments that it tells, where it prepares what is not
    /// measured.
    pub wall: Duration,
    /// What it printed.
    pub stdout: String,
    /// The parts of its time, where it tells them.
    pub phases: Option<Phases>,
    /// What it used of the processors, with all its processes.
    pub usage: Option<Usage>,
    /// What it took beside that, from its start to its exit: what it prepared.
    pub prepared: Duration,
    /// Processor time that it says is not to be counted, and that is not in the usage.
    pub uncounted: Duration,
    /// What its program had resident when its time began, in bytes, where it tells that.
    pub resident: Option<u64>,
}

/// The parts of a run's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phases {
    /// Until the pool was ready.
    pub setup: Duration,
    /// From there until the last result was there.
    pub work: Duration,
    /// From there to the exit.
    pub teardown: Duration,
}

/// The memory of a run at its peak.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weight {
    /// The largest sum of proportional set sizes that was seen, in bytes.
    pub pss: u64,
    /// The largest sum of resident set sizes that was seen, in bytes.
    pub rss: u64,
    /// The most processes that were there at once.
    pub processes: usize,
    /// How many looks were taken.
    pub looks: usize,
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
    /// It did not have in memory what it was to have there.
    #[error(
        "was to have {} MiB in memory beside its work when its time began, and {}\n\
         help: free memory, or leave out what is so large, as with --sweep parent=0,64",
        ballast.mib,
        had(*resident)
    )]
    NotResident {
        /// What it was to have.
        ballast: Ballast,
        /// What it had resident in all, in bytes, where it told that.
        resident: Option<u64>,
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

/// What a run had in memory, in words.
fn had(resident: Option<u64>) -> String {
    match resident {
        Some(bytes) => format!("had {} MiB in all", bytes >> 20),
        None => "does not say what it had".to_owned(),
    }
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
    /// What is read of the machine's load; nothing is known of it after that.
    pub(crate) readings: std::collections::VecDeque<Reading>,
}

#[cfg(test)]
impl<F: FnMut(usize, &CommandLine) -> Result<Finished, RunError>> FakeRun<F> {
    /// One that knows nothing of the machine's load.
    pub(crate) fn of(script: F) -> Self {
        Self {
            script,
            calls: Vec::new(),
            readings: std::collections::VecDeque::new(),
        }
    }
}

#[cfg(test)]
impl<F: FnMut(usize, &CommandLine) -> Result<Finished, RunError>> Run for FakeRun<F> {
    fn run(&mut self, command: &CommandLine) -> Result<Finished, RunError> {
        let sample = (self.script)(self.calls.len(), command);
        self.calls.push(command.clone());
        sample
    }

    fn weigh(&mut self, command: &CommandLine) -> Result<(Finished, Weight), RunError> {
        let weight = Weight {
            pss: 3 << 20,
            rss: 5 << 20,
            processes: 2,
            looks: 4,
        };
        Ok((self.run(command)?, weight))
    }

    fn read(&mut self) -> Reading {
        self.readings.pop_front().unwrap_or_default()
    }
}
