//! A value's bytes in somebody else's memory.

use std::fmt;
use std::ops::Range;
use std::panic::AssertUnwindSafe;

use serde::de::DeserializeOwned;

use crate::codec::whole::{self, LENGTH_BYTES};
use crate::codec::{CodecError, piecewise, undecodable};
use crate::{panics, room};

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

/// Decodes a value: bytes in one go, others as they are copied, a piece at a time.
pub(crate) fn decode_lent<T>(lent: &dyn Lent) -> Result<T, CodecError>
where
    T: DeserializeOwned + 'static,
{
    if let Some(body) = body_of(lent) {
        let whole = || {
            let copy = || to_vec(lent, body.clone());
            whole::list(copy).or_else(|| whole::decode(copy))
        };
        match panics::catch(AssertUnwindSafe(whole)) {
            Ok(None) => {}
            Ok(Some(value)) => return Ok(value),
            Err(unwound) => return Err(undecodable::<T>(lent.len(), &unwound)),
        }
    }
    piecewise::decode(lent.len(), &|range, into: &mut Vec<u8>| {
        lent.copy_out(range, into);
    })
}

/// Where the bytes lie, if what is lent is bytes and nothing else.
pub(crate) fn body_of(lent: &dyn Lent) -> Option<Range<usize>> {
    let mut length = Vec::with_capacity(LENGTH_BYTES);
    let all = lent.len();
    lent.copy_out(0..LENGTH_BYTES.min(all), &mut length);
    whole::body(*length.first_chunk()?, all)
}

/// The bytes in `range`, copied.
fn to_vec(lent: &dyn Lent, range: Range<usize>) -> Vec<u8> {
    let mut bytes = room::for_bytes(range.len());
    lent.copy_out(range, &mut bytes);
    bytes
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::bytes::Bytes;
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
        for len in [0, 1_000, 70_000] {
            let bytes = Bytes::from(vec![7; len]);
            assert_eq!(decode_lent::<Bytes>(&loan(&bytes)), Ok(bytes.clone()));
            assert_eq!(decode_lent::<Vec<u8>>(&loan(&bytes)), Ok(vec![7; len]));
        }
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
