//! Tells how far a comparison is: people on standard error, or programs line by line on standard output.

use std::io::{self, IsTerminal as _};

use anypool_compare::{CompareError, Report, Step, Store};
use clap::ValueEnum;

use super::failure::Failure;
use crate::console::{note, note_on, print};

/// What standard output has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MessageFormat {
    /// What --format says, once all is measured
    Human,
    /// Each step when it is taken, one JSON object a line, and nothing else
    Json,
}

impl MessageFormat {
    /// What is told of each step.
    pub(super) fn teller(self) -> fn(&Step<'_>) -> io::Result<()> {
        match self {
            Self::Human => tell,
            Self::Json => tell_line,
        }
    }

    /// Tells programs of a step that people are told otherwise.
    ///
    /// # Errors
    ///
    /// Standard output cannot be written.
    pub(super) fn tell(self, step: &Step<'_>) -> io::Result<()> {
        match self {
            Self::Human => Ok(()),
            Self::Json => tell_line(step),
        }
    }

    /// Tells programs that the report is in its files.
    ///
    /// # Errors
    ///
    /// Standard output cannot be written.
    pub(super) fn tell_of_files(self, report: &Report, store: &Store) -> io::Result<()> {
        self.tell(&Step::Written {
            state: report.state,
            gates: &report.gates,
            report: store.file().display().to_string(),
            page: store.page().display().to_string(),
        })
    }

    /// Tells programs why there is no comparison, or what it did not keep to. People are told as well, so it is no news that
    /// this cannot be told.
    pub(super) fn tell_of_failure(self, failure: &Failure) {
        let is_of_output = matches!(
            failure,
            Failure::Print(_) | Failure::Compare(CompareError::Progress(_))
        );
        if is_of_output {
            return;
        }
        let _ = self.tell(&Step::Error {
            message: failure.to_string(),
            exit: failure.exit().code(),
        });
    }

    /// Empties the line that changed.
    pub(super) fn end(self) {
        if self == Self::Human && io::stderr().is_terminal() {
            note_on(&CLEAR_LINE);
        }
    }
}

/// Goes back to the start of the line and empties it.
const CLEAR_LINE: &str = "\r\x1b[K";

/// Shows the step in one line that changes on a terminal; elsewhere only where something begins. Nobody has to listen.
fn tell(step: &Step<'_>) -> io::Result<()> {
    if !step.is_ahead() {
        return Ok(());
    }
    if io::stderr().is_terminal() {
        note_on(&format!("{CLEAR_LINE}{step}"));
    } else if step.is_first() {
        note(step);
    }
    Ok(())
}

/// Prints the step at once: who reads the lines waits for each of them.
fn tell_line(step: &Step<'_>) -> io::Result<()> {
    print(&step.line()?)
}
