//! What a person sees while the bench runs, and when it is done.

use std::io::{self, IsTerminal as _, Write as _};

/// Goes back to the start of the line and empties it.
const CLEAR_LINE: &str = "\r\x1b[K";

/// Shows what is being done in one line that changes on a terminal; elsewhere only where something begins.
pub(super) fn tell(what: &str) {
    if io::stderr().is_terminal() {
        eprint!("{CLEAR_LINE}{what}");
    } else if !what.contains(": round") {
        eprintln!("{what}");
    }
}

/// Takes the line away.
pub(super) fn end() {
    if io::stderr().is_terminal() {
        eprint!("{CLEAR_LINE}");
    }
}

/// Prints a report.
///
/// # Errors
///
/// Standard output cannot be written.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}
