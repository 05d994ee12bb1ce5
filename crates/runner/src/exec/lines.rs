//! Arguments from a file or from standard input, one a line, however long that goes on.

use std::ffi::OsString;
use std::io::{self, BufRead};
use std::os::unix::ffi::OsStringExt as _;

/// The longest argument that Linux takes, without the zero at its end.
const LONGEST: usize = 131_071;

/// So much of what is no argument is kept, to show it.
const SHOWN: usize = 100;

/// Reads arguments.
pub(crate) struct Lines<R> {
    reader: R,
    /// What stands between them.
    end: u8,
}

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// An argument.
    Argument(OsString),
    /// Something that no program can be given, how it begins, and why.
    Unfit(Vec<u8>, String),
}

impl<R: BufRead> Lines<R> {
    /// Reads from `reader` what is separated by newlines, or by zero bytes.
    pub(crate) fn new(reader: R, zeros: bool) -> Self {
        let end = if zeros { 0 } else { b'\n' };
        Self { reader, end }
    }

    /// The next one that is not an empty line; between zero bytes, emptiness is an argument as well.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let Some((line, length)) = self.read()? else {
                return Ok(None);
            };
            if length > LONGEST {
                let why = format!(
                    "it is {length} bytes long, and the system takes no more than {LONGEST} in one argument"
                );
                return Ok(Some(Line::Unfit(line, why)));
            }
            if line.contains(&0) {
                let why = "it contains a zero byte, which no argument can; -0 reads what is separated by them";
                return Ok(Some(Line::Unfit(line, why.to_owned())));
            }
            if !line.is_empty() || self.end == 0 {
                return Ok(Some(Line::Argument(OsString::from_vec(line))));
            }
        }
    }

    /// The next line, or the beginning of one that is too long; and its length.
    fn read(&mut self) -> io::Result<Option<(Vec<u8>, usize)>> {
        let mut line = Vec::new();
        let mut length = 0;
        loop {
            let piece = match self.reader.fill_buf() {
                Ok(piece) => piece,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if piece.is_empty() {
                return Ok((length > 0).then_some((line, length)));
            }
            let end = piece.iter().position(|&byte| byte == self.end);
            let taken = end.unwrap_or(piece.len());
            length += taken;
            if length <= LONGEST {
                line.extend_from_slice(&piece[..taken]);
            } else {
                line.truncate(SHOWN);
            }
            let used = taken + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                return Ok(Some((line, length)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read as _};

    use super::*;

    fn all(bytes: &[u8], zeros: bool) -> Vec<Line> {
        // A small buffer, so that lines are put together from pieces.
        let mut lines = Lines::new(BufReader::with_capacity(3, bytes), zeros);
        std::iter::from_fn(|| lines.next().unwrap()).collect()
    }

    fn arguments(list: &[&[u8]]) -> Vec<Line> {
        let argument = |bytes: &&[u8]| Line::Argument(OsString::from_vec(bytes.to_vec()));
        list.iter().map(argument).collect()
    }

    #[test]
    fn a_line_is_an_argument_with_all_its_bytes() {
        let lines = all(b"a b\n\n 'c' \xff\r\nlast", false);
        assert_eq!(lines, arguments(&[b"a b", b" 'c' \xff\r", b"last"]));
    }

    #[test]
    fn zeros_separate_what_may_have_newlines_in_it() {
        assert_eq!(all(b"a\nb\0\0c\0", true), arguments(&[b"a\nb", b"", b"c"]));
        assert_eq!(all(b"", true), []);
    }

    #[test]
    fn what_is_no_argument_costs_itself_and_no_other() {
        let lines = all(b"a\0b\nc\n", false);
        assert!(
            matches!(&lines[0], Line::Unfit(line, why) if line == b"a\0b" && why.contains("zero byte"))
        );
        assert_eq!(lines[1..], arguments(&[b"c"]));
    }

    #[test]
    fn a_line_of_any_length_is_read_in_little_memory() {
        let long = io::repeat(b'x').take(100 << 20).chain(&b"\nshort\n"[..]);
        let mut lines = Lines::new(BufReader::new(long), false);
        let Some(Line::Unfit(begin, why)) = lines.next().unwrap() else {
            panic!("it was taken");
        };
        assert!(
            begin.len() <= SHOWN && why.contains("104857600 bytes"),
            "{why}"
        );
        assert_eq!(lines.next().unwrap(), arguments(&[b"short"]).pop());
        let most = [b"x".repeat(LONGEST), b"\n".to_vec()].concat();
        assert_eq!(all(&most, false), arguments(&[&most[..LONGEST]]));
    }
}
