//! Bytes that travel as one piece.

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes, encoded and decoded as fast as they are copied.
///
/// `serde` knows a `Vec<u8>` as a sequence of numbers, each of which is encoded and decoded by itself:
/// that takes some thirty times as long. Where a `Vec<u8>` is all of an input or an output, the pools see that
/// and copy it like this type; inside of other types they cannot. Both have the same encoded form, so one side
/// of a task may use this type where the other uses a `Vec`. The `serde_bytes` crate does as well.
///
/// ```
/// use anypool_core::{Bytes, Executor as _, InlineExecutor};
///
/// fn reverse(mut image: Bytes) -> Bytes {
///     image.reverse();
///     image
/// }
///
/// let image = Bytes::from(vec![1, 2, 3]);
/// let reversed = InlineExecutor::new().submit(reverse, image)?.join()?;
/// assert_eq!(Vec::from(reversed), [3, 2, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(Vec<u8>);

impl Bytes {
    /// No bytes.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The bytes as a `Vec`, which they have been all along.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(bytes: Bytes) -> Self {
        bytes.0
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Bytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Extend<u8> for Bytes {
    fn extend<I: IntoIterator<Item = u8>>(&mut self, bytes: I) {
        self.0.extend(bytes);
    }
}

impl FromIterator<u8> for Bytes {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        Self(bytes.into_iter().collect())
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // There may be many, and they say little.
        write!(f, "Bytes({} of them)", self.0.len())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Borrowed where that can be had: they are copied once, and memory for them is not cleared before.
        deserializer.deserialize_bytes(Taker)
    }
}

/// Takes bytes in whatever form a format has them.
struct Taker;

impl<'de> Visitor<'de> for Taker {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(bytes.to_vec()))
    }

    fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
        Ok(Bytes(bytes))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Bytes, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = numbers.next_element()? {
            bytes.push(byte);
        }
        Ok(Bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{decode_exact, decode_untrusted, encode_append};

    #[test]
    fn bytes_and_a_vec_are_encoded_alike() {
        for len in [0, 1, 70_000] {
            let vec: Vec<u8> = (0..=255).cycle().take(len).collect();
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            encode_append(&Bytes::from(vec.clone()), &mut ours).unwrap();
            encode_append(&vec, &mut theirs).unwrap();
            assert!(ours == theirs);
            assert_eq!(decode_exact::<Bytes>(&theirs).map(Vec::from), Ok(vec));
        }
    }

    #[test]
    fn a_length_that_is_only_announced_is_an_error() {
        let mut bytes = (1u64 << 40).to_le_bytes().to_vec();
        bytes.extend([1, 2, 3]);
        assert!(decode_exact::<Bytes>(&bytes).is_err());
        assert!(decode_untrusted::<Bytes>(&bytes).is_err());
    }
}
