//! The arms: built, and asked what they are.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anypool_compare::bench::Processes;

use super::failure::Failure;
use crate::console::note;
use crate::{build, signals, workspace};

/// How long an arm may take to start, or for a round: far longer than any that works.
const LIMIT: Duration = Duration::from_secs(120);

/// Builds the arms; gives the stage that they enter, and the transports of the process pool, the default one first.
///
/// # Errors
///
/// They cannot be built or started, or signals cannot be caught.
pub(super) fn prepare() -> Result<(Processes, Vec<String>), Failure> {
    let program = build::peers()?;
    let transports = build::transports(&program).map_err(Failure::Transports)?;
    let stage = Processes {
        program,
        python: python(),
        limit: LIMIT,
        stop: signals::listen().map_err(Failure::Signals)?,
    };
    Ok((stage, transports))
}

/// The Python interpreter and its arms, if it is installed.
fn python() -> Option<(PathBuf, PathBuf)> {
    let interpreter = PathBuf::from("python3");
    let version = Command::new(&interpreter)
        .arg("--version")
        .stdin(Stdio::null())
        .output();
    if !version.is_ok_and(|output| output.status.success()) {
        note(&"bench: python3 is not installed: its arms are left out");
        return None;
    }
    let script = workspace::root().join("xtask/peers/python/contender.py");
    Some((interpreter, script))
}
