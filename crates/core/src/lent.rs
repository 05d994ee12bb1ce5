//! A value's bytes in somebody else's memory.

use std::any::Any;
use std::fmt;
use std::ops::Range;

use crate::bytes::Bytes;
use crate::codec::{CodecError, decode_untrusted, foreign_bytes};

/// An encoded value that lies in memory of its executor's, and is lent until this is dropped.
///
/// Whoever has written it may still write there. So there is no borrowing of these bytes: they are copied
/// out, and each is looked at in a copy alone.
pub trait Lent: Send + Sync + fmt::Debug {
    /// How many bytes there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends the bytes in `range` to `into`, as they are at this moment. The range is within the length.
    fn copy_out(&self, range: Range<usize>, into: &mut Vec<u8>);
}

/// The bytes of the length that stands before bytes.
const LENGTH_BYTES: usize = size_of::<u64>();

/// Where the bytes lie in the encoded form of [`Bytes`] and the like; `None` when this is no such form.
pub(crate) fn body_of(lent: &dyn Lent) -> Option<Range<usize>> {
    let mut length = Vec::with_capacity(LENGTH_BYTES);
    let all = lent.len();
    if all < LENGTH_BYTES {
        return None;
    }
    lent.copy_out(0..LENGTH_BYTES, &mut length);
    let length = u64::from_le_bytes(*length.first_chunk()?);
    let fits = usize::try_from(length).is_ok_and(|length| length == all - LENGTH_BYTES);
    fits.then_some(LENGTH_BYTES..all)
}

/// Decodes a value. Bytes are copied once, others once more.
pub(crate) fn decode_lent<T>(lent: &dyn Lent) -> Result<T, CodecError>
where
    T: serde::de::DeserializeOwned + 'static,
{
    let mut value: Option<T> = None;
    let place: &mut dyn Any = &mut value;
    if let Some(bytes) = place.downcast_mut::<Option<Bytes>>() {
        *bytes = Some(Bytes::from(copied::<T>(lent)?));
    } else if let Some(bytes) = place.downcast_mut::<Option<Vec<u8>>>() {
        *bytes = Some(copied::<T>(lent)?);
    }
    match value {
        Some(value) => Ok(value),
        None => decode_untrusted(&to_vec(lent, 0..lent.len())),
    }
}

fn copied<T>(lent: &dyn Lent) -> Result<Vec<u8>, CodecError> {
    let body = body_of(lent).ok_or_else(|| foreign_bytes::<T>(lent.len()))?;
    Ok(to_vec(lent, body))
}

/// The bytes in `range`, copied.
pub(crate) fn to_vec(lent: &dyn Lent, range: Range<usize>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(range.len());
    lent.copy_out(range, &mut bytes);
    bytes
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::encode_append;

    /// Bytes that are lent by nobody.
    #[derive(Debug)]
    pub(crate) struct Loan(pub(crate) Vec<u8>);

    impl Lent for Loan {
        fn len(&self) -> usize {
            self.0.len()
        }

        fn copy_out(&self, range: Range<usize>, into: &mut Vec<u8>) {
            into.extend_from_slice(&self.0[range]);
        }
    }

    fn loan<T: serde::Serialize>(value: &T) -> Loan {
        let mut bytes = Vec::new();
        encode_append(value, &mut bytes).unwrap();
        Loan(bytes)
    }

    #[test]
    fn values_come_out_of_foreign_memory_as_they_went_in() {
        let bytes = Bytes::from(vec![7; 1_000]);
        assert_eq!(decode_lent::<Bytes>(&loan(&bytes)), Ok(bytes.clone()));
        assert_eq!(decode_lent::<Vec<u8>>(&loan(&bytes)), Ok(vec![7; 1_000]));
        let pair = (3_u8, "text".to_owned());
        assert_eq!(decode_lent::<(u8, String)>(&loan(&pair)), Ok(pair));
    }

    #[test]
    fn a_length_that_is_not_that_of_the_bytes_is_an_error() {
        for len in [0, 2, 4, u64::MAX] {
            let mut bytes = len.to_le_bytes().to_vec();
            bytes.extend([1, 2, 3]);
            let error = decode_lent::<Bytes>(&Loan(bytes)).unwrap_err().to_string();
            assert!(error.contains("11 bytes"), "{error}");
        }
        assert!(decode_lent::<Vec<u8>>(&Loan(vec![0; 7])).is_err());
    }
}
