//! What tasks have printed that is shown at the end of the run: all of them in one file, however many they are.

use std::io;

use super::spool::Spool;
use crate::event::OutputStream;

/// What is shown at the end.
#[derive(Default)]
pub(super) struct Keepsake {
    spool: Spool,
    parts: Vec<Part>,
}

/// A part of it, in the order in which it is shown.
enum Part {
    /// So many bytes of the spool.
    Printed(OutputStream, usize),
    /// The line about the task that has printed what is before it.
    Line(String),
}

/// What is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept<'a> {
    /// A piece of what was printed.
    Printed(OutputStream, &'a [u8]),
    /// A line about the task that has printed it.
    Line(&'a str),
}

impl Keepsake {
    /// # Errors
    ///
    /// There is no room for it.
    pub(super) fn push(&mut self, stream: OutputStream, bytes: &[u8]) -> io::Result<()> {
        self.parts.push(Part::Printed(stream, bytes.len()));
        self.spool.push(bytes)
    }

    pub(super) fn line(&mut self, line: &str) {
        self.parts.push(Part::Line(line.to_owned()));
    }

    /// Gives back what was kept, in order.
    ///
    /// # Errors
    ///
    /// It cannot be read again, or `take` does not take it.
    pub(super) fn drain(self, mut take: impl FnMut(Kept<'_>) -> io::Result<()>) -> io::Result<()> {
        let mut parts = self.parts.into_iter().peekable();
        self.spool.drain(|mut bytes| {
            while !bytes.is_empty() {
                let rest = match parts.peek_mut() {
                    Some(Part::Printed(stream, left)) => {
                        let (piece, rest) = bytes.split_at(bytes.len().min(*left));
                        take(Kept::Printed(*stream, piece))?;
                        *left -= piece.len();
                        if *left > 0 {
                            return Ok(());
                        }
                        rest
                    }
                    Some(Part::Line(line)) => {
                        take(Kept::Line(line))?;
                        bytes
                    }
                    None => return Ok(()),
                };
                bytes = rest;
                parts.next();
            }
            Ok(())
        })?;
        for part in parts {
            if let Part::Line(line) = part {
                take(Kept::Line(&line))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_comes_back_in_order_however_it_is_cut() {
        let mut keepsake = Keepsake::default();
        let mut expected = (Vec::new(), Vec::new(), Vec::new());
        for task in 0..200_u8 {
            let bytes = vec![task; 1 + 401 * usize::from(task)];
            keepsake.push(OutputStream::Stdout, &bytes).unwrap();
            keepsake.push(OutputStream::Stderr, &[task]).unwrap();
            keepsake.line(&task.to_string());
            expected.0.extend_from_slice(&bytes);
            expected.1.push(task);
            expected.2.push((task.to_string(), expected.0.len()));
        }
        let mut back = (Vec::new(), Vec::new(), Vec::new());
        let drained = keepsake.drain(|kept| {
            match kept {
                Kept::Printed(OutputStream::Stdout, bytes) => back.0.extend_from_slice(bytes),
                Kept::Printed(OutputStream::Stderr, bytes) => back.1.extend_from_slice(bytes),
                Kept::Line(line) => back.2.push((line.to_owned(), back.0.len())),
            }
            Ok(())
        });
        drained.unwrap();
        assert!(back == expected);
    }

    #[test]
    fn lines_alone_are_kept_too() {
        let mut keepsake = Keepsake::default();
        keepsake.line("a");
        let mut lines = 0;
        let drained = keepsake.drain(|kept| {
            lines += usize::from(kept == Kept::Line("a"));
            Ok(())
        });
        drained.unwrap();
        assert_eq!(lines, 1);
    }
}
