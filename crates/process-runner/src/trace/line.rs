//! An event that a task logs, as one line of its worker's standard error.
//!
//! ```text
//! RS log1 US level US job US location US target US message US fields LF
//! ```
//!
//! RS and US are the record and unit separators of ASCII. The line is short enough for the kernel to
//! write it in one piece, whoever else writes to the pipe. The parent believes nothing of it: a task can
//! write such a line itself, which gives an event that says what the task wants; anything else that looks
//! like one is passed on as the output that it is.

use std::fmt::Write as _;

use anypool_core::JobId;
use tracing::Level;

use crate::trace::Piece;

/// What the kernel writes to a pipe in one piece (`PIPE_BUF`).
const LINE_BYTES: usize = 4096;

/// Where the message must end, so that the fields have some room.
const MESSAGE_END: usize = 3072;

/// The most bytes of a target or a location.
const NAME_BYTES: usize = 256;

const MARK: u8 = 0x1e;
const UNIT: char = '\x1f';
const VERSION: &str = "log1";
const CUT: char = '…';

/// An event in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) level: Level,
    /// The job that ran; 0 for none.
    pub(crate) job: u64,
    /// `file:line`, where known.
    pub(crate) location: String,
    pub(crate) target: String,
    pub(crate) message: String,
    /// The other fields, as `name=value`.
    pub(crate) fields: String,
}

impl Record {
    /// The line, with its newline.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let level = number_of(self.level);
        let mut line = format!("{}{VERSION}{UNIT}{level}{UNIT}{}", MARK as char, self.job);
        for (text, end) in [
            (&self.location, line.len() + NAME_BYTES),
            (&self.target, line.len() + 2 * NAME_BYTES),
            (&self.message, MESSAGE_END),
            (&self.fields, LINE_BYTES - 1),
        ] {
            line.push(UNIT);
            push_escaped(&mut line, text, end);
        }
        line.push('\n');
        line.into_bytes()
    }

    /// Undoes [`Record::encode`] for a line without its newline.
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        let (&MARK, rest) = line.split_first()? else {
            return None;
        };
        let mut units = std::str::from_utf8(rest).ok()?.split(UNIT);
        if units.next()? != VERSION || rest.len() > LINE_BYTES {
            return None;
        }
        let level = level_of(units.next()?.parse().ok()?)?;
        let job = units.next()?.parse().ok()?;
        let mut text = || unescaped(units.next()?);
        let record = Self {
            level,
            job,
            location: text()?,
            target: text()?,
            message: text()?,
            fields: text()?,
        };
        units.next().is_none().then_some(record)
    }

    /// The job that ran, by the worker's word.
    pub(crate) fn job(&self) -> Option<JobId> {
        (self.job > 0).then_some(JobId(self.job))
    }

    /// How much memory it holds, roughly.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.location.len()
            + self.target.len()
            + self.message.len()
            + self.fields.len()
    }
}

/// A level as a number: 1 for errors to 5 for traces.
pub(crate) fn number_of(level: Level) -> u8 {
    let all = [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG];
    let index = all.iter().position(|&known| known == level);
    u8::try_from(index.unwrap_or(all.len()) + 1).unwrap_or(u8::MAX)
}

/// The level that has this number.
pub(crate) fn level_of(number: u8) -> Option<Level> {
    let all = [
        Level::ERROR,
        Level::WARN,
        Level::INFO,
        Level::DEBUG,
        Level::TRACE,
    ];
    all.get(usize::from(number.checked_sub(1)?)).copied()
}

/// Takes what was logged out of a block of whole lines.
pub(crate) fn pieces(block: Vec<u8>) -> Vec<Piece> {
    if !block.contains(&MARK) {
        return vec![Piece::Lines(block)];
    }
    let mut pieces = Vec::new();
    let mut plain = Vec::new();
    for line in block.split_inclusive(|&byte| byte == b'\n') {
        let (before, record) = split(line);
        plain.extend_from_slice(before);
        let Some(record) = record else { continue };
        if !before.is_empty() {
            // The log came in the middle of a line; what follows is another one.
            plain.push(b'\n');
        }
        if !plain.is_empty() {
            pieces.push(Piece::Lines(std::mem::take(&mut plain)));
        }
        pieces.push(Piece::Log(record));
    }
    if !plain.is_empty() {
        pieces.push(Piece::Lines(plain));
    }
    pieces
}

/// What stands before an event in its line, and the event; all of the line when there is none.
fn split(line: &[u8]) -> (&[u8], Option<Record>) {
    let at = line.iter().position(|&byte| byte == MARK);
    let parsed = at.and_then(|at| {
        let (before, marked) = line.split_at(at);
        Some((before, Record::parse(marked.strip_suffix(b"\n")?)?))
    });
    parsed.map_or((line, None), |(before, record)| (before, Some(record)))
}

/// The same text with its events as people read them.
pub(crate) fn readable(text: String) -> String {
    if !text.as_bytes().contains(&MARK) {
        return text;
    }
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        match split(line.as_bytes()) {
            (_, None) => out.push_str(line),
            (before, Some(record)) => {
                let Record {
                    level,
                    target,
                    message,
                    fields,
                    ..
                } = record;
                out.push_str(&line[..before.len()]);
                let space = if fields.is_empty() { "" } else { " " };
                let _ = writeln!(out, "{level} {target}: {message}{space}{fields}");
            }
        }
    }
    out
}

/// Appends `text` as long as `line` stays below `end`.
fn push_escaped(line: &mut String, text: &str, end: usize) {
    for letter in text.chars() {
        if line.len() + CUT.len_utf8() + 4 > end {
            line.push(CUT);
            return;
        }
        match letter {
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            UNIT => line.push_str("\\u"),
            '\x1e' => line.push_str("\\r"),
            other => line.push(other),
        }
    }
}

fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        out.push(match letter {
            '\\' => match letters.next()? {
                '\\' => '\\',
                'n' => '\n',
                'u' => UNIT,
                'r' => '\x1e',
                _ => return None,
            },
            other => other,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests;
