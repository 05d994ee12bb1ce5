//! Why a comparison, or what is done with its reports, fails; and the exit code of each reason.

use std::io;

use anypool_compare::{
    CompareError, Exit, FileError, FilesError, OtherMachine, PlanError, PythonError, StoreError,
    UnknownName, Unmet,
};

use super::github::SummaryError;
use super::reading::Unreadable;
use crate::build::BuildError;

/// Why there is no comparison.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Name(#[from] UnknownName),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Python(#[from] PythonError),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(
        "the runners were built with debug assertions, and times of such programs are nobody's\n\
         help: take `debug-assertions` out of the profile `release` and its variables, or let --allow-debug measure them \
         as they are, which every report will say"
    )]
    Debug,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Compare(#[from] CompareError),
    #[error("what is measured cannot be kept to some processors: {0}")]
    Pin(#[source] io::Error),
    #[error("signals cannot be caught: {0}")]
    Signals(#[source] io::Error),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(
        "`{file}` is not measured as `{other}` is, and one comparison is measured in one way\n\
         help: run them one after another, or give their [measure] the same keys"
    )]
    Measures { file: String, other: String },
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    OtherMachine(#[from] OtherMachine),
    #[error(transparent)]
    Unmet(#[from] Unmet),
    #[error("this machine cannot measure right now; what to do stands above")]
    Ill,
    #[error("`{verb}` takes {takes}")]
    Verb {
        verb: &'static str,
        takes: &'static str,
    },
    #[error(
        "`{verb}` measures nothing, so there are no steps to be told\n\
         help: leave out --message-format; of `report` and `diff`, --format json is for programs"
    )]
    Steps { verb: String },
    #[error("there is no CSV of differences; there is --format table, md and json")]
    Format,
    #[error(transparent)]
    Summary(#[from] SummaryError),
    #[error(
        "what the comparison says is not true often enough; the table has the goals that were missed\n\
         help: reproduce it: cargo xtask compare self-test --seed {seed}"
    )]
    Untrue { seed: u64 },
    #[error("the report cannot be printed: {0}")]
    Print(#[from] io::Error),
}

impl Failure {
    /// The exit code for it.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Name(_)
            | Self::Unreadable(_)
            | Self::OtherMachine(_)
            | Self::Verb { .. }
            | Self::Steps { .. }
            | Self::Format => Exit::Usage,
            Self::Plan(error) => error.exit(),
            Self::Python(error) => error.exit(),
            Self::File(_) | Self::Measures { .. } => Exit::File,
            Self::Build(_)
            | Self::Debug
            | Self::Pin(_)
            | Self::Signals(_)
            | Self::Untrue { .. } => Exit::Internal,
            Self::Store(_) | Self::Files(_) | Self::Summary(_) => Exit::Output,
            Self::Print(error) => Exit::of_print(error),
            Self::Unmet(unmet) => unmet.exit(),
            Self::Ill => Exit::Inconclusive,
            Self::Compare(error) => error.exit(),
        }
    }
}
