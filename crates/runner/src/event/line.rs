//! Events as lines, in both directions.

use std::io::{self, BufRead, Read as _};

use serde::Deserialize;

use super::model::{Event, Stamped};
use super::run::SCHEMA;

/// The longest line that is read, in bytes. Events that the runners write are far below it; it bounds what a file that
/// is no log does to memory.
const LONGEST: u64 = 64 << 20;

/// Appends an event to `buffer`, as one line with its newline.
///
/// ```
/// use anypool_runner::event::{Event, Lines, Stamped, TasksKnown, write_line};
///
/// let known = Stamped { t: 7, event: Event::TasksKnown(TasksKnown { tasks: 3 }) };
/// let mut log = Vec::new();
/// write_line(&known, &mut log);
/// let read: Vec<_> = Lines::new(&log[..]).collect::<Result<_, _>>()?;
/// assert_eq!(read, [known]);
/// # Ok::<(), anypool_runner::event::LineError>(())
/// ```
pub fn write_line(stamped: &Stamped, buffer: &mut Vec<u8>) {
    let start = buffer.len();
    // Neither a map with odd keys nor a full disk is behind it, which are the ways for this to fail.
    if serde_json::to_writer(&mut *buffer, stamped).is_err() {
        buffer.truncate(start);
        return;
    }
    buffer.push(b'\n');
}

/// Reads events line by line. Events of an unknown kind are skipped, and so is a last line that was not finished,
/// which is what a runner that was killed leaves behind.
///
/// What is wrong with a line is told and does not end the reading.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    number: u64,
    torn: bool,
    ended: bool,
}

impl<R: BufRead> Lines<R> {
    /// Reads from `reader`.
    pub fn new(reader: R) -> Self {
        Self {
            reader,
            line: Vec::new(),
            number: 0,
            torn: false,
            ended: false,
        }
    }

    /// The number of the line that was read last, from 1.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether the last line was not finished. Known when all is read.
    #[must_use]
    pub fn is_torn(&self) -> bool {
        self.torn
    }

    /// Reads a line; says whether there was one.
    fn read(&mut self) -> Result<bool, LineError> {
        self.line.clear();
        let mut limited = self.reader.by_ref().take(LONGEST);
        let read = limited.read_until(b'\n', &mut self.line);
        let whole = self.line.last() == Some(&b'\n');
        self.number += u64::from(!self.line.is_empty());
        match read {
            Ok(0) => Ok(false),
            Ok(_) if whole => Ok(true),
            Ok(read) if u64::try_from(read) == Ok(LONGEST) => {
                self.ended = true;
                Err(LineError::TooLong { line: self.number })
            }
            // It is the last one; if it is a whole event, only its newline is missing.
            Ok(_) => {
                self.torn = serde_json::from_slice::<serde::de::IgnoredAny>(&self.line).is_err();
                Ok(!self.torn)
            }
            Err(error) => {
                self.ended = true;
                Err(error.into())
            }
        }
    }

    fn parse(&self) -> Result<Option<Stamped>, LineError> {
        let line = self.line.trim_ascii_end();
        let wrong = |error: serde_json::Error| LineError::NoEvent {
            line: self.number,
            why: without_place(&error),
        };
        let error = match serde_json::from_slice::<Stamped>(line) {
            Ok(stamped) => return newer(&stamped).map_or(Ok(Some(stamped)), Err),
            Err(error) => error,
        };
        match serde_json::from_slice::<Head>(line) {
            Ok(head) if !Event::NAMES.contains(&&*head.event) => Ok(None),
            _ => Err(wrong(error)),
        }
    }
}

/// What every event has.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    event: std::borrow::Cow<'a, str>,
}

/// What is wrong, without the parser's own count of lines, which begins anew with each of ours.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text
        .rsplit_once(" at line ")
        .map(|(what, _)| what.to_owned());
    what.unwrap_or(text)
}

fn newer(stamped: &Stamped) -> Option<LineError> {
    match &stamped.event {
        Event::RunStarted(started) if started.schema > SCHEMA => Some(LineError::Newer {
            schema: started.schema,
        }),
        _ => None,
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Stamped, LineError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            match self.read() {
                Ok(true) => {}
                Ok(false) => self.ended = true,
                Err(error) => return Some(Err(error)),
            }
            if self.line.iter().all(u8::is_ascii_whitespace) || self.ended {
                continue;
            }
            match self.parse() {
                Ok(None) => {}
                Ok(Some(stamped)) => return Some(Ok(stamped)),
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }
}

/// What is wrong with a line of a log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// It is not an event.
    #[error("line {line} is not an event: {why}")]
    NoEvent {
        /// The line's number, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// It is too long for an event.
    #[error("line {line} is longer than any event")]
    TooLong {
        /// The line's number, from 1.
        line: u64,
    },
    /// The log was written by a later version, in which events mean something else.
    #[error(
        "it was written by a later version: its schema is {schema}, and the last one known here is {SCHEMA}"
    )]
    Newer {
        /// The version of its schema.
        schema: u32,
    },
}
