//! Why there is no bench, and the exit code that says so.

use std::io;
use std::path::{Path, PathBuf};

use anypool_compare::bench::BenchError;
use anypool_compare::{Exit, UnknownName};

use crate::build::BuildError;

/// Why there is no bench.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Name(#[from] UnknownName),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error("the arms do not say which transports there are: {0}")]
    Transports(#[source] io::Error),
    #[error("signals cannot be caught: {0}")]
    Signals(#[source] io::Error),
    #[error("{}: {error}", .file.display())]
    File { file: PathBuf, error: io::Error },
    #[error("{}: {error}\n  help: `--from` and `--against` read what `bench --json FILE` has written", .file.display())]
    Input { file: PathBuf, error: io::Error },
    #[error("the report cannot be printed: {0}")]
    Print(#[from] io::Error),
}

impl Failure {
    /// What went wrong with a file.
    pub(super) fn of_file(file: &Path, error: io::Error) -> Self {
        Self::File {
            file: file.to_owned(),
            error,
        }
    }

    /// What is wrong with an earlier run's file.
    pub(super) fn of_input(file: &Path, error: io::Error) -> Self {
        Self::Input {
            file: file.to_owned(),
            error,
        }
    }

    /// The exit code.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Name(_) => Exit::Usage,
            Self::Build(_) | Self::Transports(_) | Self::Signals(_) => Exit::Internal,
            Self::Bench(BenchError::Stopped { signal }) => Exit::Stopped { signal: *signal },
            Self::Bench(BenchError::Save(_)) | Self::File { .. } => Exit::Output,
            Self::Input { .. } => Exit::File,
            Self::Print(error) => Exit::of_print(error),
        }
    }
}
