//! What a runner printed, in the form in which two arms must agree.

use std::fmt;

use crate::workload::Shape;

/// A runner's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer(String);

/// How much of an answer an error shows, in characters.
const SHOWN: usize = 160;

impl Answer {
    /// Reads an answer from what was printed: a list as it stands, the lines of workers as a set before a last line.
    pub(crate) fn read(shape: &Shape, printed: &str) -> Self {
        let printed = printed.trim_end();
        match shape {
            Shape::Map { .. } | Shape::Exec { .. } | Shape::Programs(_) | Shape::Faults => {
                Self(printed.to_owned())
            }
            Shape::Spawn { .. } => {
                // Which worker is first is not part of the answer; that all are done before the last line is.
                let mut lines: Vec<&str> = printed.lines().collect();
                let last = lines.pop();
                lines.sort_unstable();
                lines.extend(last);
                Self(lines.join("\n"))
            }
        }
    }

    /// The same with its lines sorted, where their order is chance.
    pub(crate) fn sorted(self) -> Self {
        let mut lines: Vec<&str> = self.0.lines().collect();
        lines.sort_unstable();
        Self(lines.join("\n"))
    }

    /// A short form that differs where answers differ: FNV-1a of 64 bits.
    pub(crate) fn digest(&self) -> String {
        let digest = self.0.bytes().fold(OFFSET, |digest, byte| {
            (digest ^ u64::from(byte)).wrapping_mul(PRIME)
        });
        format!("{digest:016x}")
    }
}

/// The digest of nothing.
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// What it is multiplied by for each byte.
const PRIME: u64 = 0x0100_0000_01b3;

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.0.replace('\n', " | ");
        if line.is_empty() {
            return write!(f, "nothing");
        }
        match line.char_indices().nth(SHOWN) {
            Some((end, _)) => write!(f, "{}…", &line[..end]),
            None => write!(f, "{line}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_workers_is_free_and_the_last_line_is_not() {
        let shape = Shape::Spawn {
            task: "worker".to_owned(),
            count: 2,
        };
        let read = |printed| Answer::read(&shape, printed);
        assert_eq!(
            read("a 0\na 1\nz 0\nz 1\nend\n"),
            read("a 1\na 0\nz 1\nz 0\nend")
        );
        assert_ne!(read("a 0\na 1\nend\n"), read("a 0\nend\na 1\n"));
        assert_ne!(read("a 0\na 1\nend\n"), read("a 0\na 0\nend\n"));
    }

    #[test]
    fn the_order_of_results_is_part_of_the_answer() {
        let shape = Shape::Map {
            task: "square".to_owned(),
            inputs: Vec::new(),
            workers: 1,
        };
        assert_ne!(
            Answer::read(&shape, "[1, 4]"),
            Answer::read(&shape, "[4, 1]")
        );
        assert_eq!(
            Answer::read(&shape, "[1, 4]\n"),
            Answer::read(&shape, "[1, 4]")
        );
    }

    #[test]
    fn digests_are_those_of_fnv() {
        assert_eq!(Answer(String::new()).digest(), "cbf29ce484222325");
        assert_eq!(Answer("a".to_owned()).digest(), "af63dc4c8601ec8c");
    }

    #[test]
    fn a_long_answer_is_shown_in_part() {
        let shape = Shape::Map {
            task: "t".to_owned(),
            inputs: Vec::new(),
            workers: 1,
        };
        let shown = Answer::read(&shape, &"가".repeat(SHOWN + 1)).to_string();
        assert_eq!(shown.chars().count(), SHOWN + 1);
        assert_eq!(Answer::read(&shape, "").to_string(), "nothing");
    }
}
