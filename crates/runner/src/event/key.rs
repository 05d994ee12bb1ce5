//! What a task is, by its content.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The content hash of a task: two tasks have the same key when they would do the same, whatever they are called and
/// wherever they stand. `--resume` and `--rerun-failed` go by it, so that an input that was changed, inserted or moved
/// never makes them run the wrong task.
///
/// ```
/// use anypool_runner::event::TaskKey;
///
/// let build = |word: &[u8]| TaskKey::builder("program").part("argv", word).finish();
/// assert_eq!(build(b"ls"), build(b"ls"));
/// assert_ne!(build(b"ls"), build(b"rm"));
/// let text = build(b"ls").to_string();
/// assert_eq!(text.parse(), Ok(build(b"ls")));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskKey([u8; TaskKey::BYTES]);

/// How a key's text begins: the name of the hash function.
const PREFIX: &str = "b3:";

impl TaskKey {
    /// As many bytes of BLAKE3 as keep two different tasks of one log apart for certain.
    const BYTES: usize = 16;

    /// Begins the key of a task of this form: `call`, `program`.
    #[must_use]
    pub fn builder(form: &str) -> KeyBuilder {
        KeyBuilder(blake3::Hasher::new()).part("form", form.as_bytes())
    }
}

/// Puts a [`TaskKey`] together, from all that the task's doing depends on.
///
/// ```
/// use anypool_runner::event::TaskKey;
///
/// let together = TaskKey::builder("program").part("argv", b"ab").part("argv", b"c").finish();
/// let apart = TaskKey::builder("program").part("argv", b"a").part("argv", b"bc").finish();
/// assert_ne!(together, apart, "where one part ends matters");
/// ```
#[derive(Clone, Debug)]
pub struct KeyBuilder(blake3::Hasher);

impl KeyBuilder {
    /// Adds a part by its name; the order of parts matters.
    #[must_use]
    pub fn part(mut self, name: &str, bytes: &[u8]) -> Self {
        // Lengths go first, so that no two lists of parts are the same bytes.
        for piece in [name.as_bytes(), bytes] {
            self.0.update(&(piece.len() as u64).to_le_bytes());
            self.0.update(piece);
        }
        self
    }

    /// The key of all parts.
    #[must_use]
    pub fn finish(self) -> TaskKey {
        let mut key = [0; TaskKey::BYTES];
        self.0.finalize_xof().fill(&mut key);
        TaskKey(key)
    }
}

impl fmt::Display for TaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a task's key is `b3:` and 32 hexadecimal digits")]
pub struct TaskKeyError;

impl FromStr for TaskKey {
    type Err = TaskKeyError;

    fn from_str(text: &str) -> Result<Self, TaskKeyError> {
        let digits = text.strip_prefix(PREFIX).ok_or(TaskKeyError)?.as_bytes();
        let mut key = [0; Self::BYTES];
        if digits.len() != 2 * key.len() {
            return Err(TaskKeyError);
        }
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = 16 * nibble(pair[0])? + nibble(pair[1])?;
        }
        Ok(Self(key))
    }
}

fn nibble(digit: u8) -> Result<u8, TaskKeyError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(TaskKeyError),
    }
}

impl Serialize for TaskKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TaskKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for TaskKey {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TaskKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The content hash of what the task is; the same in every run.",
            "type": "string",
            "pattern": "^b3:[0-9a-f]{32}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_what_it_shows() {
        let key = TaskKey::builder("call").part("kind", b"square").finish();
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!(key.to_string().len(), 35);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let key = TaskKey::builder("call").finish().to_string();
        for text in [
            "",
            "b3:",
            &key[3..],
            &key[..34],
            &format!("{key}0"),
            &key.replace("b3:", "B3:"),
            "b3:가가가가가가가가가가ab",
            "b3:0000000000000000000000000000000G",
        ] {
            assert_eq!(text.parse::<TaskKey>(), Err(TaskKeyError), "{text}");
        }
    }

    #[test]
    fn the_key_of_a_task_is_the_same_in_every_version() {
        // A log of yesterday's program must be good for today's: this key is pinned.
        let key = TaskKey::builder("program").part("argv", b"true").finish();
        assert_eq!(key.to_string(), "b3:a9ed6bd4f3b16fe1b7a0cb89260bc339");
    }
}
