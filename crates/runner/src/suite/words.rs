//! The words of a command with their placeholders, as the suite has them: `{input}`, `{stem}`, a name of its matrix.

use std::os::unix::ffi::OsStrExt as _;

use super::rows::Row;
use crate::exec::template::Form;

/// A text with placeholders.
#[derive(Debug, Default)]
pub(super) struct Words(Vec<Piece>);

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Input(Form),
    /// The value of the axis at this place.
    Axis(usize),
    Number,
    Slot,
}

/// What goes by a name in any command; the rest are the names of its matrix.
pub(super) const FIXED: [&str; 7] = ["input", "path", "name", "stem", "folder", "number", "slot"];

/// A word in braces that is no placeholder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unknown(pub(super) String);

impl Words {
    /// Reads a text; `axes` are the names of the matrix.
    ///
    /// # Errors
    ///
    /// A word in braces is the name of nothing. Whatever else is in braces is text, and so is a word in two pairs of
    /// them, which loses one.
    pub(super) fn read(text: &str, axes: &[&str]) -> Result<Self, Unknown> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            plain.push_str(&rest[..open]);
            rest = &rest[open + 1..];
            if let Some((word, after)) = rest.strip_prefix('{').and_then(word)
                && let Some(after) = after.strip_prefix('}')
            {
                plain.push('{');
                plain.push_str(word);
                plain.push('}');
                rest = after;
            } else if let Some((word, after)) = word(rest) {
                let piece = placeholder(word, axes).ok_or_else(|| Unknown(word.to_owned()))?;
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(piece);
                rest = after;
            } else {
                plain.push('{');
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self(pieces))
    }

    /// Whether an input is put in.
    pub(super) fn asks_for_input(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Input(_)))
    }

    /// Whether the number of the worker slot is put in.
    pub(super) fn asks_for_slot(&self) -> bool {
        self.0.contains(&Piece::Slot)
    }

    /// The text, where it is the same for all instances.
    pub(super) fn fixed(&self) -> Option<&str> {
        match &*self.0 {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text for an instance, and the places in it where the number of the worker slot belongs.
    pub(super) fn fill(&self, row: &Row<'_>) -> (Vec<u8>, Vec<usize>) {
        let mut filled = Vec::new();
        let mut slots = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => filled.extend_from_slice(text.as_bytes()),
                Piece::Input(form) => {
                    let input = row.input.unwrap_or_default();
                    filled.extend(form.of(input.as_bytes()));
                }
                Piece::Axis(axis) => {
                    let value = row.values.get(*axis).map_or("", |value| value);
                    filled.extend_from_slice(value.as_bytes());
                }
                Piece::Number => filled.extend_from_slice((row.index + 1).to_string().as_bytes()),
                Piece::Slot => slots.push(filled.len()),
            }
        }
        (filled, slots)
    }
}

/// A word of letters, digits, `-` and `_` before the next closing brace, and what comes after that.
fn word(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.split_once('}')?;
    let is_letter = |letter: char| letter.is_alphanumeric() || "-_".contains(letter);
    let begins = word.starts_with(|letter: char| letter.is_alphabetic());
    (begins && word.chars().all(is_letter)).then_some((word, rest))
}

fn placeholder(word: &str, axes: &[&str]) -> Option<Piece> {
    if let Some(axis) = axes.iter().position(|axis| *axis == word) {
        return Some(Piece::Axis(axis));
    }
    Some(match word {
        "input" => Piece::Input(Form::Whole),
        "path" => Piece::Input(Form::Stem),
        "name" => Piece::Input(Form::Name),
        "stem" => Piece::Input(Form::NameStem),
        "folder" => Piece::Input(Form::Folder),
        "number" => Piece::Number,
        "slot" => Piece::Slot,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row<'static> {
        Row {
            index: 4,
            values: vec!["9".into()],
            input: Some("in/a b.tar.gz".as_ref()),
        }
    }

    fn filled(text: &str) -> String {
        let words = Words::read(text, &["level"]).unwrap();
        String::from_utf8(words.fill(&row()).0).unwrap()
    }

    #[test]
    fn placeholders_stand_for_the_instance() {
        assert_eq!(
            filled("{input}|{path}|{name}|{stem}|{folder}|{level}|{number}"),
            "in/a b.tar.gz|in/a b.tar|a b.tar.gz|a b.tar|in|9|5"
        );
        let words = Words::read("a{slot}b{slot}", &[]).unwrap();
        assert_eq!(words.fill(&row()), (b"ab".to_vec(), vec![1, 2]));
    }

    #[test]
    fn other_braces_are_text_and_doubled_ones_lose_a_pair() {
        for text in [
            "{",
            "}",
            "{}",
            "{ print $1 }",
            "{\"a\":{\"b\":1}}",
            "${1}",
            "{input",
            "}}{{",
        ] {
            assert_eq!(filled(text), text);
        }
        assert_eq!(
            filled("{{input}} {{x}} {{input}"),
            "{input} {x} {in/a b.tar.gz"
        );
    }

    #[test]
    fn a_word_that_stands_for_nothing_is_told() {
        let unknown = Words::read("a {imput}", &["level"]).unwrap_err();
        assert_eq!(unknown, Unknown("imput".to_owned()));
        assert_eq!(Words::read("{level}", &[]).unwrap_err().0, "level");
    }
}
