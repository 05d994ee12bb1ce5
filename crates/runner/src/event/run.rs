//! What happens to the run and its workers.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figures::Counts;
use crate::exit::Exit;
use crate::report::Report;

/// The version of the events' schema.
pub const SCHEMA: u32 = 1;

/// The run begins; the first event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct RunStarted {
    /// The version of the schema of all lines that follow.
    pub schema: u32,
    /// What tells this run from others.
    pub run: String,
    /// The program: `thread-runner` or `process-runner`.
    pub runner: String,
    /// The program's version.
    pub version: String,
    /// The command: `run`, `exec`, `map`, `spawn`.
    #[serde(default)]
    pub command: String,
    /// What the run is called: the suite's name, or the program or task that is run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What keeps tasks apart: `threads`, `pool`, `fork`, `exec` or `inline`.
    pub isolation: String,
    /// How many workers there are.
    pub workers: u64,
    /// Why so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workers_from: Option<String>,
    /// How many tasks there are, where that is known at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tasks: Option<u64>,
    /// The seed of all that is random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The time by the calendar, in UTC.
    pub time: String,
    /// The command line.
    #[serde(default)]
    pub argv: Vec<String>,
    /// What the run was made on.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

/// All of the first workers are there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct PoolReady {
    /// The workers; without those that start when there is work for them.
    pub workers: Vec<WorkerPid>,
}

/// A worker and its process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkerPid {
    /// The worker's place, from 0.
    pub worker: u64,
    /// Its process, where that is its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
}

/// How many tasks there are has become known: their source has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TasksKnown {
    /// How many there are.
    pub tasks: u64,
}

/// Another worker has started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkerStarted {
    /// The worker's place, from 0.
    pub worker: u64,
    /// Its process, where that is its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// The process whose place it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<u32>,
}

/// A worker has died or was left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkerLost {
    /// The worker's place, from 0.
    pub worker: u64,
    /// Its process, where that was its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// The signal that it died of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// The exit code that it ended with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
    /// The task that it was running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Arc<str>>,
}

/// Nothing more is started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunStopping {
    /// Why.
    pub cause: StopCause,
    /// How many tasks run now.
    pub running: u64,
    /// Whether those are told to stop, or may end by themselves.
    pub stops_running: bool,
}

/// Why a run stops before its end.
///
/// ```
/// use anypool_runner::event::StopCause;
///
/// assert_eq!(StopCause::MaxFail.to_string(), "--max-fail was reached");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StopCause {
    /// `SIGINT`.
    Interrupted,
    /// `SIGTERM`.
    Terminated,
    /// `SIGHUP`.
    HungUp,
    /// As many tasks as `--max-fail` says have failed.
    MaxFail,
    /// As many tasks as `--until-success` asks for were ok.
    UntilSuccess,
    /// `--run-timeout` is over.
    RunTimeout,
    /// Nobody reads the standard output any more.
    ReaderGone,
    /// An output takes nothing more.
    OutputFailed,
    /// The runner itself cannot go on.
    Internal,
}

impl StopCause {
    /// The cause in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
            Self::HungUp => "hung up",
            Self::MaxFail => "--max-fail was reached",
            Self::UntilSuccess => "--until-success was reached",
            Self::RunTimeout => "--run-timeout is over",
            Self::ReaderGone => "nobody reads the output",
            Self::OutputFailed => "an output cannot be written",
            Self::Internal => "the runner cannot go on",
        }
    }
}

impl std::fmt::Display for StopCause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The run is over; the last event of a stream, unless the run itself failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct RunFinished {
    /// The exit code.
    pub exit: u8,
    /// How many tasks ended how.
    pub counts: Counts,
    /// The time until the workers were there, in nanoseconds.
    pub setup: u64,
    /// The time until the last task was settled, in nanoseconds.
    pub work: u64,
    /// The time until the workers were gone, in nanoseconds.
    pub teardown: u64,
    /// Processor time of the runner and all that it started, in their own code, in nanoseconds.
    pub user: u64,
    /// The same in the kernel.
    pub sys: u64,
    /// The most memory that all of it together held at once, each shared page counted in parts, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_pss: Option<u64>,
    /// The first task, in time, that did not end as expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_failure: Option<Arc<str>>,
    /// Why the run stopped before its end, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<StopCause>,
}

/// The run failed: the runner, and not a task, is what went wrong. The last event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct Fatal {
    /// What kind of error it is, in one word: `suite-invalid`.
    pub code: String,
    /// What is wrong, in one line.
    pub message: String,
    /// The file that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in it, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The column in it, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// Facts that explain it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The exit code that the program ends with.
    pub exit: u8,
}

impl Fatal {
    /// What `report` says, of an error that ends the program so.
    pub(crate) fn new(report: &Report, exit: Exit) -> Self {
        let help = report.helps().join("; ");
        let spot = report.spot();
        Self {
            code: exit.as_str().to_owned(),
            message: report.what().to_owned(),
            file: spot.map(|spot| spot.file().to_owned()),
            line: spot.map(|spot| spot.line() as u64),
            column: spot.map(|spot| spot.column() as u64),
            notes: report.notes().to_vec(),
            help: Some(help).filter(|help| !help.is_empty()),
            exit: exit.code(),
            ..Self::default()
        }
    }

    /// The same for people.
    pub(crate) fn report(&self) -> Report {
        let report = Report::new(&self.message);
        let report = self.notes.iter().fold(report, Report::note);
        self.help.iter().fold(report, Report::help)
    }
}
