//! A value's encoded form on its way from a worker to whoever decodes it.

use std::ops::Deref;

use smallvec::SmallVec;

/// The longest form that needs no memory of its own: numbers, pairs of them, short words. No value is larger for
/// it than a list of bytes is.
const SHORT_BYTES: usize = 16;

/// The encoded form of a value. A short one has no memory of its own: most results are numbers, and are made on
/// one thread and let go of on another.
///
/// ```
/// use anypool_core::EncodedValue;
///
/// let value = EncodedValue::from(&[7, 0, 0, 0][..]);
/// assert_eq!(value.len(), 4);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EncodedValue(SmallVec<[u8; SHORT_BYTES]>);

const _: () = assert!(
    size_of::<EncodedValue>() == size_of::<Vec<u8>>(),
    "a short one takes no more room than a list's head"
);

impl Deref for EncodedValue {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[u8]> for EncodedValue {
    fn from(bytes: &[u8]) -> Self {
        Self(SmallVec::from_slice(bytes))
    }
}

impl From<Vec<u8>> for EncodedValue {
    fn from(bytes: Vec<u8>) -> Self {
        Self(SmallVec::from_vec(bytes))
    }
}
