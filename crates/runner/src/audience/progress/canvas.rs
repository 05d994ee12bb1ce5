//! What progress is drawn on.

use std::io;
use std::sync::Arc;

use terminal_size::terminal_size_of;

use crate::sink::Sink;

/// What progress is drawn on.
pub(in crate::audience) trait Canvas: Send + Sync {
    /// How many columns and rows it has now.
    fn size(&self) -> (usize, usize);

    /// Draws these lines in place of those that were drawn before; none clears it.
    fn draw(&self, lines: &[String]);

    /// Writes a line that stays.
    fn write(&self, line: &str);
}

/// As a terminal is that says nothing about its size.
const USUAL: (usize, usize) = (80, 24);

/// Standard error.
impl Canvas for Arc<Sink> {
    fn size(&self) -> (usize, usize) {
        match terminal_size_of(io::stderr()) {
            Some((columns, rows)) if columns.0 > 0 && rows.0 > 0 => {
                (columns.0.into(), rows.0.into())
            }
            _ => USUAL,
        }
    }

    fn draw(&self, lines: &[String]) {
        Sink::draw(self, lines);
    }

    fn write(&self, line: &str) {
        self.complain(line);
    }
}
