//! What is printed: results on standard output, and words beside them on standard error.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use anypool_compare::Exit;

/// Prints a result.
///
/// # Errors
///
/// Standard output cannot be written.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Says something beside the result. That nobody listens to it is no failure: `2>&1 | head` closes both.
pub(crate) fn note(text: &dyn Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// The same, on a line that goes on.
pub(crate) fn note_on(text: &dyn Display) {
    let _ = write!(io::stderr(), "{text}");
}

/// The end of a command that failed, with its message; who closed the output does not want to read one.
pub(crate) fn ended(failure: &dyn Display, exit: Exit) -> ExitCode {
    let code = exit.code();
    if exit != Exit::ReaderGone {
        note(&format!("error: {failure}   (exit {code})"));
    }
    ExitCode::from(code)
}
