//! How a runner's process ends: what each exit code means.
//!
//! The meanings are fixed; a code is never a count of failures. So the shell can tell "your tasks failed" (100) from
//! "the runner failed" (70, 74).

use std::process::ExitCode;

/// The end of a run, as the shell sees it.
///
/// ```
/// use anypool_runner::Exit;
///
/// assert_eq!(Exit::TasksFailed.code(), 100);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// All went as asked.
    Success,
    /// The command line is wrong, or names a task that this runner refuses. Nothing was started.
    Usage,
    /// No task is left of what was asked for. Nothing was started.
    NothingSelected,
    /// A suite is wrong. Nothing was started.
    Invalid,
    /// Something that the command line or a suite names is missing: a program, a file. Nothing was started.
    Missing,
    /// The runner itself could not go on.
    Internal,
    /// An output cannot be written.
    Output,
    /// One or more tasks gave no value.
    TasksFailed,
    /// `--run-timeout` was over before the run was.
    RunTimedOut,
    /// Stopped by `SIGHUP`: the terminal is gone.
    HungUp,
    /// Stopped by `SIGINT` (Ctrl-C).
    Interrupted,
    /// The reader of the standard output went away. Said by the code alone, without a message.
    ReaderGone,
    /// Stopped by `SIGTERM`.
    Terminated,
}

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Usage => 2,
            Self::NothingSelected => 4,
            Self::Invalid => 65,
            Self::Missing => 69,
            Self::Internal => 70,
            Self::Output => 74,
            Self::TasksFailed => 100,
            // As `timeout` says it.
            Self::RunTimedOut => 124,
            // As shells report deaths by a signal: 128 and its number.
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::ReaderGone => 141,
            Self::Terminated => 143,
        }
    }
}

impl Exit {
    /// What went wrong with the run, in one word, as events have it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Usage => "usage",
            Self::NothingSelected => "nothing-selected",
            Self::Invalid => "suite-invalid",
            Self::Missing => "missing",
            Self::Internal => "internal",
            Self::Output => "output",
            Self::TasksFailed => "tasks-failed",
            Self::RunTimedOut => "run-timed-out",
            Self::HungUp => "hung-up",
            Self::Interrupted => "interrupted",
            Self::ReaderGone => "reader-gone",
            Self::Terminated => "terminated",
        }
    }

    /// All of them, by their numbers, and what each means in a line.
    pub(crate) const MEANINGS: &[(Self, &str)] = &[
        (Self::Success, "all went as asked"),
        (
            Self::Usage,
            "the command line is wrong, or names a task that this runner refuses; nothing was started",
        ),
        (
            Self::NothingSelected,
            "no task is left of what was asked for (--no-tasks pass to allow it)",
        ),
        (
            Self::Invalid,
            "a suite or the config file is wrong; nothing was started",
        ),
        (
            Self::Missing,
            "something that the command line or a suite names is missing; nothing was started",
        ),
        (Self::Internal, "the runner itself could not go on"),
        (Self::Output, "an output cannot be written"),
        (
            Self::TasksFailed,
            "one or more tasks did not end as expected",
        ),
        (
            Self::RunTimedOut,
            "--run-timeout was over before the run was",
        ),
        (Self::HungUp, "stopped by SIGHUP"),
        (Self::Interrupted, "stopped by SIGINT (Ctrl-C)"),
        (Self::ReaderGone, "nobody reads standard output any more"),
        (Self::Terminated, "stopped by SIGTERM"),
    ];
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
