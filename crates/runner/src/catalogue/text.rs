//! Reading what people and programs write: JSON documents, and the words of a text.

use std::collections::HashMap;

use anypool_core::Context;

use super::generated;
use super::kind::{Arguments, Class, Kind};
use super::source::{FILE, SIZE, Source, whole};
use crate::answer::{Answer, TaskFailure, Value};
use crate::parameter::{Domain, Parameter};

/// Parses a JSON document: nothing but small allocations.
pub(super) static JSON: Kind = Kind::new(
    "json",
    Class::Mem,
    &[FILE, SIZE],
    json,
    "parses a JSON document; gives the number of its values",
);

fn json(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let text = match arguments.path("file")? {
        Some(path) => whole(path, ctx)?,
        None => generated::document(arguments.size("size")?).into_bytes(),
    };
    ctx.checkpoint();
    let document: serde_json::Value = serde_json::from_slice(&text)
        .map_err(|error| TaskFailure::System(format!("this is no JSON: {error}")))?;
    ctx.checkpoint();
    Ok(Answer::integer(nodes(&document)))
}

fn nodes(value: &serde_json::Value) -> u64 {
    1 + match value {
        serde_json::Value::Array(items) => items.iter().map(nodes).sum(),
        serde_json::Value::Object(members) => members.values().map(nodes).sum(),
        _ => 0,
    }
}

/// Counts words: large results where `top` is large.
pub(super) static WORDCOUNT: Kind = Kind::new(
    "wordcount",
    Class::Mixed,
    &[
        FILE,
        SIZE,
        Parameter {
            name: "top",
            default: Some("10"),
            domain: Domain::Integer {
                least: 0,
                most: u32::MAX as u64,
            },
            summary: "how many of the most frequent words are told; 0 for all",
        },
    ],
    wordcount,
    "counts the words of a file; gives the most frequent ones",
);

fn wordcount(arguments: &Arguments<'_>, ctx: &Context) -> Result<Answer, TaskFailure> {
    let top = arguments.size("top")?;
    let mut words = Words::default();
    if arguments.path("file")?.is_some() {
        Source::open(arguments, ctx)?.each(ctx, |piece| words.take(piece))?;
    } else {
        let text = generated::text(arguments.size("size")?);
        for piece in text.as_bytes().chunks(super::source::PIECE) {
            ctx.checkpoint();
            words.take(piece);
        }
    }
    Ok(Answer::new(Value::Table(words.most_frequent(top))))
}

/// Words by their number. A word is a run of letters, digits and underscores of ASCII, without regard to case, and of
/// whatever is not ASCII.
#[derive(Default)]
struct Words {
    counts: HashMap<Vec<u8>, u64>,
    /// The word that the last piece ended in.
    open: Vec<u8>,
}

/// A word ends here, so that a file without gaps costs no more memory than this; no language has longer ones.
const LONGEST: usize = 4096;

impl Words {
    fn take(&mut self, piece: &[u8]) {
        for &byte in piece {
            if byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii() {
                self.open.push(byte.to_ascii_lowercase());
                if self.open.len() < LONGEST {
                    continue;
                }
            }
            self.close();
        }
    }

    fn close(&mut self) {
        if self.open.is_empty() {
            return;
        }
        // A word is copied when it is new, and not each time it is met.
        if let Some(count) = self.counts.get_mut(&self.open) {
            *count += 1;
        } else {
            self.counts.insert(self.open.clone(), 1);
        }
        self.open.clear();
    }

    /// By falling count, and by their bytes where counts are equal.
    fn most_frequent(mut self, top: usize) -> Vec<(String, u64)> {
        self.close();
        let mut rows: Vec<_> = self.counts.into_iter().collect();
        rows.sort_unstable_by(|(word, count), (other, more)| {
            more.cmp(count).then_with(|| word.cmp(other))
        });
        if top > 0 {
            rows.truncate(top);
        }
        let text = |word: Vec<u8>| String::from_utf8_lossy(&word).into_owned();
        rows.into_iter()
            .map(|(word, count)| (text(word), count))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_may_lie_across_two_pieces() {
        let mut words = Words::default();
        for piece in [&b"to be, or n"[..], b"ot To be\xff", "가을".as_bytes()] {
            words.take(piece);
        }
        let rows = words.most_frequent(2);
        assert_eq!(rows, [("to".to_owned(), 2), ("be".to_owned(), 1)]);
    }

    #[test]
    fn a_file_without_gaps_is_cut_into_words() {
        let mut words = Words::default();
        words.take(&[b'x'; 3 * LONGEST]);
        assert_eq!(words.most_frequent(0), [("x".repeat(LONGEST), 3)]);
    }
}
