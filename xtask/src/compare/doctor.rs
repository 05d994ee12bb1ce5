//! `cargo xtask compare doctor`: whether this machine can measure, and what to do about it.

use std::thread;
use std::time::Duration;

use anypool_compare::{Health, Machine, diagnose};

use super::Arguments;
use super::failure::Failure;
use crate::console::{note, print};

/// How long the processors are watched while nothing of ours runs.
const WATCHED: Duration = Duration::from_secs(1);

/// Looks at this machine, and fails when it cannot measure and that is required.
pub(super) fn examine(arguments: &Arguments) -> Result<(), Failure> {
    note(&"looking at this machine for about two seconds");
    let diagnosis = diagnose(&Machine::this(), &mut || thread::sleep(WATCHED));
    print(&diagnosis.text())?;
    match diagnosis.health() {
        Health::Ill if arguments.require_conclusive => Err(Failure::Ill),
        _ => Ok(()),
    }
}
