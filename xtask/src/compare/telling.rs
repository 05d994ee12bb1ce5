//! Tells how far a comparison is: people on standard error, or programs line by line on standard output.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::sync::LazyLock;
use std::time::Instant;

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
    print(&step.line(BEGAN.elapsed())?)
}

/// When this program began, as far as [`begin`] was called then.
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Has the time of the lines begin.
pub(super) fn begin() {
    LazyLock::force(&BEGAN);
}

/// What is wrong with the command line itself is told in a line as well, where lines are asked for.
pub(super) fn tell_of_slip(slip: &clap::Error, words: impl Iterator<Item = OsString>) {
    if slip.use_stderr() && asks_for_lines(words) {
        // People are told as well, so it is no news that this cannot be told.
        let _ = tell_line(&Step::Error {
            message: slip.render().to_string(),
            exit: u8::try_from(slip.exit_code()).unwrap_or(u8::MAX),
        });
    }
}

/// Whether the words of the command line say so, as far as anything can be said of words that are no command line.
fn asks_for_lines(words: impl Iterator<Item = OsString>) -> bool {
    let words: Vec<OsString> = words.collect();
    let [flag, value] = ["--message-format", "json"];
    let apart = words
        .windows(2)
        .any(|pair| pair[0] == *flag && pair[1] == *value);
    apart || words.iter().any(|word| *word == *format!("{flag}={value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_asked_for_in_either_way_and_by_nothing_else() {
        let asked = |line: &str| asks_for_lines(line.split(' ').map(OsString::from));
        assert!(asked("compare --nonsense --message-format json"));
        assert!(asked("compare --message-format=json --nonsense"));
        for other in [
            "compare --message-format human",
            "compare json",
            "compare --message-format",
        ] {
            assert!(!asked(other), "{other}");
        }
    }
}
