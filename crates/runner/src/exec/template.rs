//! A command with placeholders, in which arguments are put.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

use crate::engine::program::{Program, SlotPlace};

/// A command with placeholders.
///
/// Arguments are put into its words, which stay words: no shell sees them. With a shell, the words are a script, and
/// what is put in is quoted.
#[derive(Debug)]
pub(crate) struct Template {
    words: Vec<Vec<Piece>>,
    shell: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(Vec<u8>),
    /// An argument, all of them (`None`) or the one of this place, in a form.
    Argument(Option<usize>, Form),
    /// `{#}`
    Number,
    /// `{%}`
    Slot,
}

/// How an argument is put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `{}`
    Whole,
    /// `{.}`: without its extension
    Stem,
    /// `{/}`: without its folder
    Name,
    /// `{//}`: its folder
    Folder,
    /// `{/.}`: without its folder and its extension
    NameStem,
}

impl Template {
    /// Reads the words of a command for so many arguments at a time. One without a place for them gets them at its end.
    pub(crate) fn new(command: &[OsString], arguments: usize, shell: bool) -> Self {
        let mut words: Vec<_> = command.iter().map(|word| pieces(word.as_bytes())).collect();
        let asks = |word: &Vec<Piece>| {
            word.iter()
                .any(|piece| matches!(piece, Piece::Argument(..)))
        };
        if !words.iter().any(asks) {
            words.extend(
                (0..arguments).map(|place| vec![Piece::Argument(Some(place), Form::Whole)]),
            );
        }
        Self { words, shell }
    }

    /// The name of the program, where that is the same for all arguments.
    pub(crate) fn program(&self) -> Option<&OsStr> {
        match self.words.first().map(Vec::as_slice) {
            _ if self.shell => None,
            Some([Piece::Text(name)]) => Some(OsStr::from_bytes(name)),
            _ => None,
        }
    }

    /// The program for these arguments, the `number`th from 1.
    pub(crate) fn fill(&self, arguments: &[OsString], number: u64) -> Program {
        let mut argv = Vec::with_capacity(self.words.len());
        let mut slots = Vec::new();
        for pieces in &self.words {
            let mut word = Vec::new();
            for piece in pieces {
                match piece {
                    Piece::Text(text) => word.extend_from_slice(text),
                    Piece::Number => word.extend_from_slice(number.to_string().as_bytes()),
                    Piece::Slot => slots.push(SlotPlace {
                        word: argv.len(),
                        offset: word.len(),
                    }),
                    Piece::Argument(place, form) => self.put(&mut word, arguments, *place, *form),
                }
            }
            argv.push(word);
        }
        if self.shell {
            return script(argv, slots);
        }
        let mut program = Program::new(argv.into_iter().map(OsString::from_vec).collect());
        program.slots = slots;
        program
    }

    fn put(&self, word: &mut Vec<u8>, arguments: &[OsString], place: Option<usize>, form: Form) {
        let chosen = match place {
            Some(place) => arguments.get(place..=place).unwrap_or_default(),
            None => arguments,
        };
        for (index, argument) in chosen.iter().enumerate() {
            if index > 0 {
                word.push(b' ');
            }
            let text = form.of(argument.as_bytes());
            if self.shell {
                quote(&text, word);
            } else {
                word.extend_from_slice(&text);
            }
        }
    }
}

/// The words as one script for the shell.
fn script(words: Vec<Vec<u8>>, mut slots: Vec<SlotPlace>) -> Program {
    let mut script = Vec::new();
    let mut begins = Vec::new();
    for word in words {
        if !script.is_empty() {
            script.push(b' ');
        }
        begins.push(script.len());
        script.extend(word);
    }
    for slot in &mut slots {
        slot.offset += begins[slot.word];
        slot.word = 2;
    }
    let argv = vec!["sh".into(), "-c".into(), OsString::from_vec(script)];
    Program {
        slots,
        ..Program::new(argv)
    }
}

/// Appends `text` so that a shell takes it for one word, whatever is in it.
pub(crate) fn quote(text: &[u8], script: &mut Vec<u8>) {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./:,+@%=".contains(byte);
    if !text.is_empty() && text.iter().all(plain) {
        script.extend_from_slice(text);
        return;
    }
    script.push(b'\'');
    for &byte in text {
        if byte == b'\'' {
            script.extend_from_slice(b"'\\''");
        } else {
            script.push(byte);
        }
    }
    script.push(b'\'');
}

impl Form {
    fn parse(mark: &[u8]) -> Option<Self> {
        Some(match mark {
            b"" => Self::Whole,
            b"." => Self::Stem,
            b"/" => Self::Name,
            b"//" => Self::Folder,
            b"/." => Self::NameStem,
            _ => return None,
        })
    }

    /// An argument in this form.
    pub(crate) fn of(self, argument: &[u8]) -> Vec<u8> {
        let name_at = argument
            .iter()
            .rposition(|&byte| byte == b'/')
            .map_or(0, |slash| slash + 1);
        let stem = |from: usize| {
            let dot = argument[name_at..].iter().rposition(|&byte| byte == b'.');
            let end = dot.map_or(argument.len(), |dot| name_at + dot);
            argument[from..end].to_vec()
        };
        match self {
            Self::Whole => argument.to_vec(),
            Self::Stem => stem(0),
            Self::Name => argument[name_at..].to_vec(),
            Self::NameStem => stem(name_at),
            Self::Folder => match name_at {
                0 => b".".to_vec(),
                1 => b"/".to_vec(),
                _ => argument[..name_at - 1].to_vec(),
            },
        }
    }
}

/// Cuts a word at its placeholders. Braces around anything else are text.
fn pieces(word: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = Vec::new();
    let mut rest = word;
    while let Some((&byte, after)) = rest.split_first() {
        let close = rest
            .iter()
            .position(|&byte| byte == b'}')
            .filter(|_| byte == b'{');
        if let Some(close) = close
            && let Some(piece) = placeholder(&rest[1..close])
        {
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(piece);
            rest = &rest[close + 1..];
        } else {
            text.push(byte);
            rest = after;
        }
    }
    if !text.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(text));
    }
    pieces
}

fn placeholder(inside: &[u8]) -> Option<Piece> {
    match inside {
        b"#" => return Some(Piece::Number),
        b"%" => return Some(Piece::Slot),
        _ => {}
    }
    let digits = inside
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (place, mark) = inside.split_at(digits);
    let form = Form::parse(mark)?;
    if place.is_empty() {
        return Some(Piece::Argument(None, form));
    }
    let place: usize = std::str::from_utf8(place).ok()?.parse().ok()?;
    Some(Piece::Argument(Some(place.checked_sub(1)?), form))
}

#[cfg(test)]
mod tests;
