//! What a person sees while the bench runs, and when it is done.

use std::io::{self, IsTerminal as _};

use crate::console::{note, note_on};

/// Goes back to the start of the line and empties it.
const CLEAR_LINE: &str = "\r\x1b[K";

/// Shows what is being done in one line that changes on a terminal; elsewhere only where something begins.
pub(super) fn tell(what: &str) {
    if io::stderr().is_terminal() {
        note_on(&format!("{CLEAR_LINE}{what}"));
    } else if !what.contains(": round") {
        note(&what);
    }
}

/// Takes the line away.
pub(super) fn end() {
    if io::stderr().is_terminal() {
        note_on(&CLEAR_LINE);
    }
}
