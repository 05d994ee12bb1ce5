//! What the runner draws on the terminal while it works, and takes away before anything else is written there.
//!
//! A drawing leaves the cursor at its own beginning. So it is taken away by clearing the screen from the cursor on,
//! however wide the terminal has become since and however the lines were broken; and whatever comes without taking it
//! away, a program's own words say, stands at least where it would stand without it.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a drawing stands at the cursor. Here and below, Relaxed: who writes to the terminal holds the lock of its
/// stream, and one that comes between the two streams shows a line of the drawing too much, until the next one.
static DRAWN: AtomicBool = AtomicBool::new(false);

/// Whether the cursor stands behind a line that was not finished.
static TORN: AtomicBool = AtomicBool::new(false);

/// Clears the line of the cursor, and all below it.
const CLEAR: &str = "\r\u{1b}[J";

/// What has to be written before anything else: nothing, where nothing is drawn.
pub(crate) fn lift() -> &'static str {
    match DRAWN.swap(false, Ordering::Relaxed) {
        true => CLEAR,
        false => "",
    }
}

/// These bytes were written to the terminal.
pub(crate) fn passed(bytes: &[u8]) {
    if let Some(last) = bytes.last() {
        TORN.store(*last != b'\n', Ordering::Relaxed);
    }
}

/// What has to be written so that these lines are drawn in place of what was. They fit into the terminal.
pub(crate) fn draw(lines: &[String]) -> String {
    let torn = TORN.swap(false, Ordering::Relaxed);
    DRAWN.store(!lines.is_empty(), Ordering::Relaxed);
    let begin = if torn { "\n" } else { CLEAR };
    let back = match lines.len() {
        0 | 1 => String::new(),
        lines => format!("\u{1b}[{}A", lines - 1),
    };
    format!("{begin}{}\r{back}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_is_taken_away_once_and_spares_a_line_that_was_not_finished() {
        let lines = ["a".to_owned(), "b".to_owned()];
        passed(b"x\n");
        assert_eq!(draw(&lines), "\r\u{1b}[Ja\nb\r\u{1b}[1A");
        assert_eq!([lift(), lift()], [CLEAR, ""]);
        passed(b"no end");
        assert_eq!(draw(&lines[..1]), "\na\r");
        assert_eq!(draw(&[]), "\r\u{1b}[J\r");
        assert_eq!(lift(), "");
    }
}
