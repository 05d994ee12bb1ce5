//! What a task of the catalogue gives: a value that is the same on every run, or why there is none.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A task's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Value {
    /// A whole number.
    Integer(u64),
}

/// As it stands in a printed list.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
        }
    }
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
    /// FNV-1a (64 bits) over the value's text: the same in every build and on every machine.
    pub digest: u64,
}

impl Answer {
    /// An answer, with its digest.
    #[must_use]
    pub fn new(value: Value) -> Self {
        let digest = fnv1a(value.to_string().as_bytes());
        Self { value, digest }
    }

    pub(crate) fn integer(number: u64) -> Self {
        Self::new(Value::Integer(number))
    }
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_published_one() {
        // The test vectors of the function's authors.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
