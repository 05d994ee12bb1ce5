//! Why a comparison comes to no verdict.

use std::io;

use crate::command::CommandLine;
use crate::exit::Exit;
use crate::report::State;
use crate::run::RunError;
use crate::store::StoreError;

/// Why a comparison has no verdict.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// Two arms disagree.
    #[error(transparent)]
    Mismatch(Box<Mismatch>),
    /// A runner gave no answer.
    #[error(transparent)]
    Run(Box<RunFailure>),
    /// A signal ended it; the report has the rounds until then.
    #[error("stopped by signal {signal}")]
    Stopped {
        /// The signal's number.
        signal: usize,
    },
    /// The report cannot be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody can be told how far it is; the report has the rounds until then.
    #[error("the progress cannot be printed: {0}")]
    Progress(#[from] io::Error),
}

/// Two arms returned different results.
#[derive(Debug, thiserror::Error)]
#[error(
    "refusing to compare `{workload}`: in {round} `{arm}` returned a different result from {reference}\n  \
     = expected: {expected}\n  = got:      {got}\n\
     help: timings of wrong answers mean nothing. Reproduce it: {command}"
)]
pub struct Mismatch {
    pub(crate) workload: String,
    pub(crate) arm: String,
    pub(crate) reference: String,
    pub(crate) round: String,
    pub(crate) expected: String,
    pub(crate) got: String,
    pub(crate) command: CommandLine,
}

/// A run gave no answer.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{workload}` cannot be measured: in {round} `{arm}` {cause}\nhelp: reproduce it: {command}"
)]
pub struct RunFailure {
    pub(crate) workload: String,
    pub(crate) arm: String,
    pub(crate) round: String,
    pub(crate) command: CommandLine,
    #[source]
    pub(crate) cause: RunError,
}

impl CompareError {
    /// The exit code for it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Mismatch(_) => Exit::DifferentAnswers,
            Self::Run(_) => Exit::Internal,
            Self::Stopped { signal } => Exit::Stopped { signal: *signal },
            Self::Store(_) => Exit::Output,
            Self::Progress(error) => Exit::of_print(error),
        }
    }

    pub(crate) fn state(&self) -> State {
        match self {
            Self::Mismatch(_) => State::DifferentAnswers,
            Self::Run(_) | Self::Store(_) => State::Failed,
            Self::Stopped { .. } | Self::Progress(_) => State::Unfinished,
        }
    }
}
