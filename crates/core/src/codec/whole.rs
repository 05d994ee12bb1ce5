//! Values that are bytes and nothing else: they are copied in one go.
//!
//! Which types these are is asked of their `Deserialize`. One that begins by asking for bytes, as those of
//! [`Bytes`](crate::Bytes) and of `serde_bytes` do, is given all of them; any other one is refused, and its
//! value is decoded as usual. A `Vec<u8>` asks for numbers, one by one, and is known by its type.

use std::any::Any;
use std::cell::Cell;
use std::ops::Range;

use serde::de::value::Error;
use serde::de::{DeserializeOwned, Error as _, Visitor};
use serde::{Deserializer, Serialize, Serializer};

/// The bytes of the length that stands before bytes.
pub(crate) const LENGTH_BYTES: usize = size_of::<u64>();

/// Smaller values are not asked what they are: the question would cost as much as it saves.
pub(crate) const BULK_BYTES: usize = 16 * 1024;

/// Where the bytes lie in the encoded form of bytes, which begins with `length` and has `all` bytes; `None`
/// when this is no such form, or too short to matter.
#[inline]
pub(crate) fn body(length: [u8; LENGTH_BYTES], all: usize) -> Option<Range<usize>> {
    let length = usize::try_from(u64::from_le_bytes(length)).ok()?;
    let is_whole = all >= BULK_BYTES && length == all - LENGTH_BYTES;
    is_whole.then_some(LENGTH_BYTES..all)
}

/// As [`body`], of a form that is at hand.
#[inline]
pub(crate) fn body_of(encoded: &[u8]) -> Option<&[u8]> {
    let (length, _) = encoded.split_first_chunk()?;
    encoded.get(body(*length, encoded.len())?)
}

/// Makes a value of what `take` gives, if it is bytes and nothing else. Its `Deserialize` may panic.
pub(crate) fn decode<T: DeserializeOwned>(take: impl FnOnce() -> Vec<u8>) -> Option<T> {
    let given = Cell::new(false);
    let decoded = T::deserialize(Whole {
        take,
        given: &given,
    });
    // What was not given the bytes may have made something of being refused.
    decoded.ok().filter(|_| given.get())
}

/// As [`decode`], for a `Vec<u8>`.
#[inline]
pub(crate) fn list<T: 'static>(take: impl FnOnce() -> Vec<u8>) -> Option<T> {
    let mut value: Option<T> = None;
    let place: &mut dyn Any = &mut value;
    if let Some(list) = place.downcast_mut::<Option<Vec<u8>>>() {
        *list = Some(take());
    }
    value
}

/// The bytes of a `Vec<u8>`, to be encoded in one go.
#[inline]
pub(crate) fn of_list<T: 'static>(value: &T) -> Option<Bulk<'_>> {
    let value: &dyn Any = value;
    value.downcast_ref::<Vec<u8>>().map(|list| Bulk(list))
}

/// Bytes, encoded in one go.
pub(crate) struct Bulk<'a>(&'a [u8]);

impl Serialize for Bulk<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// Gives bytes to whoever asks for bytes.
struct Whole<'a, F> {
    take: F,
    given: &'a Cell<bool>,
}

impl<F: FnOnce() -> Vec<u8>> Whole<'_, F> {
    fn give<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.given.set(true);
        visitor.visit_byte_buf((self.take)())
    }
}

impl<'de, F: FnOnce() -> Vec<u8>> Deserializer<'de> for Whole<'_, F> {
    type Error = Error;

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.give(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.give(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        // Has no encoded form of its own.
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("these are bytes"))
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string option unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::bytes::Bytes;
    use crate::codec::{decode_exact, encode_append};

    /// Bytes in a type that adds nothing to them.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Image(Bytes);

    /// Makes something of everything.
    #[derive(Debug, PartialEq)]
    struct Lenient(String);

    impl<'de> Deserialize<'de> for Lenient {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Ok(Self(
                String::deserialize(deserializer).unwrap_or_else(|_| "nothing".to_owned()),
            ))
        }
    }

    #[test]
    fn what_asks_for_bytes_is_given_them_and_nothing_else_is() {
        let bytes = || vec![7; 100];
        assert_eq!(decode::<Bytes>(bytes), Some(Bytes::from(bytes())));
        assert_eq!(decode::<Image>(bytes), Some(Image(Bytes::from(bytes()))));
        assert_eq!(decode::<String>(bytes), None);
        assert_eq!(decode::<Vec<u8>>(bytes), None);
        assert_eq!(list::<Vec<u8>>(bytes), Some(bytes()));
        assert_eq!(list::<Vec<i8>>(bytes), None);
    }

    #[test]
    fn who_makes_something_of_a_refusal_is_asked_again() {
        let text = "x".repeat(BULK_BYTES);
        let mut encoded = Vec::new();
        encode_append(&text, &mut encoded).unwrap();
        assert!(body_of(&encoded).is_some());
        assert_eq!(decode_exact::<Lenient>(&encoded), Ok(Lenient(text)));
    }

    #[test]
    fn only_a_length_and_as_many_bytes_are_a_form_of_bytes() {
        for (length, all) in [
            (20_000_u64, 20_009),
            (20_000, 20_007),
            (92, 100),
            (u64::MAX, 20_000),
        ] {
            assert_eq!(body(length.to_le_bytes(), all), None, "{length} {all}");
        }
        assert_eq!(body(20_000_u64.to_le_bytes(), 20_008), Some(8..20_008));
        assert_eq!(body_of(&[1, 2, 3]), None);
    }
}
