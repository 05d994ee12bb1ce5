//! A value's encoded form on its way from a worker to whoever decodes it.

use std::fmt;
use std::ops::Deref;

/// The longest form that needs no memory of its own: numbers, pairs of small ones, short words.
const SHORT_BYTES: usize = 15;

/// The encoded form of a value. A short one has no memory of its own: most results are numbers, and are made on
/// one thread and let go of on another.
///
/// ```
/// use anypool_core::EncodedValue;
///
/// let value = EncodedValue::from(&[7, 0, 0, 0][..]);
/// assert_eq!(value.len(), 4);
/// ```
#[derive(Clone)]
pub struct EncodedValue(Form);

#[derive(Clone)]
enum Form {
    /// So many of these bytes.
    Short(u8, [u8; SHORT_BYTES]),
    Long(Vec<u8>),
}

const _: () = assert!(
    size_of::<EncodedValue>() == size_of::<Vec<u8>>(),
    "a short one takes no more room than a list's head"
);

impl Deref for EncodedValue {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Form::Short(len, bytes) => &bytes[..usize::from(*len)],
            Form::Long(bytes) => bytes,
        }
    }
}

impl From<&[u8]> for EncodedValue {
    fn from(bytes: &[u8]) -> Self {
        let mut short = [0; SHORT_BYTES];
        match (u8::try_from(bytes.len()), short.get_mut(..bytes.len())) {
            (Ok(len), Some(place)) => {
                place.copy_from_slice(bytes);
                Self(Form::Short(len, short))
            }
            _ => Self(Form::Long(bytes.to_vec())),
        }
    }
}

impl From<Vec<u8>> for EncodedValue {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Form::Long(bytes))
    }
}

impl Default for EncodedValue {
    fn default() -> Self {
        Self(Form::Short(0, [0; SHORT_BYTES]))
    }
}

impl PartialEq for EncodedValue {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for EncodedValue {}

impl fmt::Debug for EncodedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EncodedValue").field(&&**self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_any_length_is_its_bytes() {
        for len in [0, 1, SHORT_BYTES, SHORT_BYTES + 1, 300] {
            let bytes: Vec<u8> = (0..=255).cycle().take(len).collect();
            let value = EncodedValue::from(&bytes[..]);
            assert_eq!(*value, bytes[..]);
            assert_eq!(matches!(value.0, Form::Short(..)), len <= SHORT_BYTES);
            assert_eq!(value, EncodedValue::from(bytes));
        }
        assert!(EncodedValue::default().is_empty());
    }
}
