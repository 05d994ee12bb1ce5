//! What becomes of a run when one of its tasks goes wrong: tried for each fault on each arm, and not timed.
//!
//! - [`fault`] is what can go wrong, and the suite in which it does, among healthy tasks;
//! - [`told`] reads from the run's log what became of them all;
//! - [`verdict`] says what that means.

mod fault;
mod told;
mod verdict;

use std::fs;
use std::io;
use std::path::Path;

use crate::arm::Arm;
use crate::command::{CommandLine, LOG, Runners, SUITE};
use crate::report::{Containment, IsolationRow};
use crate::run::{Finished, Run, RunError};

pub(crate) use fault::{FAULTS, Fault};
pub(crate) use verdict::card;

/// Tries a fault on an arm.
///
/// # Errors
///
/// Fails, with the command line that did, when the runner cannot be run at all, or a signal to us ends it.
pub(crate) fn attempt(
    fault: &Fault,
    arm: Arm,
    runners: &Runners,
    run: &mut dyn Run,
) -> Result<Containment, (CommandLine, RunError)> {
    let folder =
        tempfile::tempdir().map_err(|error| (runners.faulted(arm, Path::new("")), error.into()))?;
    let command = runners.faulted(arm, folder.path());
    let tried = in_folder(fault, arm, folder.path(), &mut || run.run(&command));
    tried.map_err(|error| (command, error))
}

fn in_folder(
    fault: &Fault,
    arm: Arm,
    folder: &Path,
    run: &mut dyn FnMut() -> Result<Finished, RunError>,
) -> Result<Containment, RunError> {
    fs::write(folder.join(SUITE), fault.suite())?;
    let ended = match run() {
        Ok(_) => None,
        // How a run ends that has a fault in it is what this is about.
        Err(RunError::Failed { status, stderr }) => Some((status, stderr)),
        Err(RunError::Hung { limit, stderr }) => {
            Some((format!("no end after {} s", limit.as_secs()), stderr))
        }
        Err(error) => return Err(error),
    };
    let log = match fs::read_to_string(folder.join(LOG)) {
        Ok(log) => log,
        // A run without a log has not begun: what it says is no consequence of the fault.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let (status, stderr) = ended.unwrap_or_default();
            return Err(RunError::Failed { status, stderr });
        }
        Err(error) => return Err(error.into()),
    };
    let status = ended.map(|(status, _)| status);
    Ok(told::containment(arm.name(), &log, status.as_deref()))
}

/// The row of a fault.
pub(crate) fn row(fault: &Fault, arms: Vec<Containment>) -> IsolationRow {
    IsolationRow {
        fault: fault.name.to_owned(),
        arms,
    }
}

#[cfg(test)]
mod tests;
