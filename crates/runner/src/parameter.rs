//! What a task can be given: its parameters, what they accept, and the values read from a command line.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::size;

/// A parameter of a task.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// The name before the `=` of `-s`.
    pub name: &'static str,
    /// What it is when it is not given, as one would type it; `None`: it must be given.
    pub default: Option<&'static str>,
    /// What it accepts.
    pub domain: Domain,
    /// What it is for, in a few words.
    pub summary: &'static str,
}

/// What a parameter accepts.
///
/// ```
/// use anypool_runner::{Argument, Domain};
///
/// let percent = Domain::Integer { least: 0, most: 100 };
/// assert_eq!(percent.parse("7"), Some(Argument::Integer(7)));
/// assert_eq!(percent.parse("700"), None);
/// assert_eq!(percent.to_string(), "a whole number from 0 to 100");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Domain {
    /// Whole numbers, both ends included.
    Integer {
        /// The smallest.
        least: u64,
        /// The largest.
        most: u64,
    },
    /// Seconds, with a fraction if wanted.
    Seconds,
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Bytes: a plain number, or one with a unit, like `64KiB`.
    Size {
        /// The most.
        most: u64,
    },
    /// The name of a file or folder; empty for none.
    Path,
    /// Any text.
    Text,
}

/// The most seconds that a [`Domain::Seconds`] accepts: a year.
const MOST_SECONDS: f64 = 31_536_000.0;

impl Domain {
    /// Reads a value; `None` when `text` is not one.
    #[must_use]
    pub fn parse(self, text: &str) -> Option<Argument> {
        match self {
            Self::Integer { least, most } => {
                let number = text.parse().ok()?;
                (least..=most)
                    .contains(&number)
                    .then_some(Argument::Integer(number))
            }
            Self::Seconds => {
                let seconds: f64 = text.parse().ok()?;
                (0.0..=MOST_SECONDS)
                    .contains(&seconds)
                    .then(|| Argument::Time(Duration::from_secs_f64(seconds)))
            }
            Self::Flag => text.parse().ok().map(Argument::Flag),
            Self::Word(words) => words
                .contains(&text)
                .then(|| Argument::Word(text.to_owned())),
            Self::Size { most } => {
                let bytes = size::parse(text).ok()?;
                (bytes <= most).then_some(Argument::Integer(bytes))
            }
            Self::Path => Some(Argument::Path(text.into())),
            Self::Text => Some(Argument::Word(text.to_owned())),
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer { least, most } => write!(f, "a whole number from {least} to {most}"),
            Self::Seconds => f.write_str("a number of seconds, like 2 or 0.05"),
            Self::Flag => f.write_str("true or false"),
            Self::Word(words) => f.write_str(&words.join(" or ")),
            Self::Size { most } => {
                let most = size::Size(*most);
                write!(f, "a number of bytes like 64KiB, {most} at most")
            }
            Self::Path => f.write_str("the name of a file or folder"),
            Self::Text => f.write_str("a text"),
        }
    }
}

/// A parameter's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Argument {
    /// A whole number.
    Integer(u64),
    /// A time.
    Time(Duration),
    /// Yes or no.
    Flag(bool),
    /// A word.
    Word(String),
    /// The name of a file or folder, whatever its bytes.
    Path(OsString),
}

/// As one would type it.
impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Time(time) => time.as_secs_f64().fmt(f),
            Self::Flag(flag) => flag.fmt(f),
            Self::Word(word) => word.fmt(f),
            Self::Path(path) => Path::new(path).display().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_value_is_refused() {
        let small = Domain::Integer { least: 1, most: 9 };
        for (domain, text) in [
            (small, ""),
            (small, "0"),
            (small, "10"),
            (small, "-1"),
            (small, "1.5"),
            (small, " 1"),
            (Domain::Seconds, "-1"),
            (Domain::Seconds, "inf"),
            (Domain::Seconds, "NaN"),
            (Domain::Seconds, "1e300"),
            (Domain::Seconds, "2s"),
            (Domain::Flag, "yes"),
            (Domain::Word(&["ko", "en"]), "fr"),
            (Domain::Size { most: 1024 }, "2KiB"),
            (Domain::Size { most: 1024 }, "many"),
        ] {
            assert_eq!(domain.parse(text), None, "{domain}: {text:?}");
        }
    }

    #[test]
    fn a_value_is_shown_as_it_was_typed() {
        let small = Domain::Integer { least: 1, most: 9 };
        for (domain, text) in [
            (small, "7"),
            (Domain::Seconds, "0.05"),
            (Domain::Seconds, "2"),
            (Domain::Flag, "true"),
            (Domain::Word(&["ko", "en"]), "en"),
            (Domain::Size { most: 1 << 20 }, "65536"),
            (Domain::Path, "out/a b"),
            (Domain::Text, "any thing"),
        ] {
            assert_eq!(domain.parse(text).unwrap().to_string(), text);
        }
    }
}
