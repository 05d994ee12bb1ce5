//! `cargo xtask man`: the runners' pages for `man`, in `target/man`.

use std::io;
use std::process::{Command, Stdio};

use crate::build::{self, BuildError, RUNNERS};

/// Why there are no pages.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ManError {
    /// The runners cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A runner cannot be started.
    #[error("{0} cannot be started: {1}")]
    Runner(&'static str, io::Error),
    /// A runner has not written its pages.
    #[error("{0} has not written its pages; it says why above")]
    Pages(&'static str),
}

/// Builds the runners, and has each of them write its pages. Their names are printed.
///
/// # Errors
///
/// One of them cannot.
pub(crate) fn run() -> Result<(), ManError> {
    build::runners_with("dev")?;
    let target = build::target_folder()?;
    for name in RUNNERS {
        let mut runner = Command::new(target.join("debug").join(name));
        runner
            .arg("man")
            .arg(target.join("man"))
            .stdin(Stdio::null());
        let status = runner.status();
        let status = status.map_err(|error| ManError::Runner(name, error))?;
        if !status.success() {
            return Err(ManError::Pages(name));
        }
    }
    Ok(())
}
