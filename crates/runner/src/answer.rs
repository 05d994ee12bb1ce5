//! What a task of the catalogue gives: a value that is the same on every run, or why there is none.

use std::fmt;

use anypool_core::Bytes;
use serde::{Deserialize, Serialize};

/// A task's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Value {
    /// A whole number.
    Integer(u64),
    /// A text, like a digest.
    Text(String),
    /// Counts by name, in the order in which they are told.
    Table(Vec<(String, u64)>),
    /// Bytes, whose number alone is shown.
    Bytes(Bytes),
}

/// As it stands in a printed list, which is JSON.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Text(text) => quoted(text, f),
            Self::Table(rows) => {
                f.write_str("{")?;
                for (place, (name, count)) in rows.iter().enumerate() {
                    f.write_str(if place == 0 { "" } else { ", " })?;
                    quoted(name, f)?;
                    write!(f, ": {count}")?;
                }
                f.write_str("}")
            }
            Self::Bytes(bytes) => write!(f, "\"{} bytes\"", bytes.len()),
        }
    }
}

fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let json = serde_json::to_string(text).map_err(|_| fmt::Error)?;
    f.write_str(&json)
}

/// A value with its digest, by which two ways of running a task are compared.
///
/// ```
/// use anypool_runner::{Answer, Value};
///
/// let nine = Answer::new(Value::Integer(9));
/// assert_eq!(nine, Answer::new(Value::Integer(9)));
/// assert_ne!(nine.digest, Answer::new(Value::Integer(8)).digest);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The value.
    pub value: Value,
    /// FNV-1a (64 bits) over the value's text as a list shows it, or the start of BLAKE3 over a value of bytes: the same
    /// in every build and on every machine.
    pub digest: u64,
}

impl Answer {
    /// An answer, with its digest.
    #[must_use]
    pub fn new(value: Value) -> Self {
        let digest = match &value {
            Value::Bytes(bytes) => first_word(blake3::hash(bytes).as_bytes()),
            value => fnv1a(value.to_string().as_bytes()),
        };
        Self { value, digest }
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::new(Value::Text(text.into()))
    }

    pub(crate) fn integer(number: u64) -> Self {
        Self::new(Value::Integer(number))
    }
}

fn first_word(bytes: &[u8; 32]) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&bytes[..8]);
    u64::from_le_bytes(first)
}

fn fnv1a(bytes: &[u8]) -> u64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    bytes.iter().fold(BASIS, |digest, &byte| {
        (digest ^ u64::from(byte)).wrapping_mul(PRIME)
    })
}

/// Why a task that ran to its end has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum TaskFailure {
    /// What the task wrote could not be passed on.
    #[error("its output could not be written: {0}")]
    Output(String),
    /// The worker's program has no such task, or another idea of its parameters.
    #[error("the worker does not know this task: {0}")]
    Unknown(String),
    /// The system refused what the task asked of it.
    #[error("{0}")]
    System(String),
    /// The task failed as it was asked to.
    #[error("{0}")]
    Asked(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_as_json() {
        let rows = vec![("a\"b".to_owned(), 2), ("가".to_owned(), 1)];
        for (value, text) in [
            (Value::Integer(9), "9"),
            (Value::Text("a\nb".into()), r#""a\nb""#),
            (Value::Table(rows), r#"{"a\"b": 2, "가": 1}"#),
            (Value::Table(vec![]), "{}"),
            (Value::Bytes(vec![0; 5].into()), r#""5 bytes""#),
        ] {
            let shown = value.to_string();
            assert_eq!(shown, text);
            assert!(
                serde_json::from_str::<serde_json::Value>(&shown).is_ok(),
                "{shown}"
            );
        }
    }

    #[test]
    fn bytes_of_one_length_have_digests_of_their_own() {
        let digest = |byte| Answer::new(Value::Bytes(vec![byte; 100].into())).digest;
        assert_ne!(digest(0), digest(1));
    }

    #[test]
    fn the_digest_is_the_published_one() {
        // The test vectors of the function's authors.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
