//! Many values in a row, each behind its length: four bytes, little-endian, whose highest bit marks what
//! is no value but an error. One guard against panics serves all of them.

use std::panic::AssertUnwindSafe;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::annex::Draft;
use crate::codec::{CodecError, decode_plain, encode_plain, not_decoded, not_encoded};
use crate::panics;

/// The bytes of a length.
const LENGTH_BYTES: usize = 4;

/// Marks an error. No payload is as long as that.
const MARK: u32 = 1 << 31;

/// Appends a record; `write` appends its bytes. When that fails, there is no record.
///
/// # Errors
///
/// Those of `write`.
pub fn append_record<E>(
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    let start = out.len();
    out.extend_from_slice(&[0; LENGTH_BYTES]);
    // Each arm makes its own result: to hand the first on would copy an error's room for each success.
    match write(out) {
        Ok(()) => {
            close(out, start, 0);
            Ok(())
        }
        Err(error) => {
            out.truncate(start);
            Err(error)
        }
    }
}

/// Appends the record of an error, whose encoded form is `bytes`.
pub(crate) fn append_marked(out: &mut Vec<u8>, bytes: &[u8]) {
    let start = out.len();
    out.extend_from_slice(&[0; LENGTH_BYTES]);
    out.extend_from_slice(bytes);
    close(out, start, MARK);
}

#[inline]
fn close(out: &mut [u8], start: usize, mark: u32) {
    // A payload is never longer than its limit, far below the mark.
    let len = u32::try_from(out.len() - start - LENGTH_BYTES).unwrap_or(MARK - 1);
    out[start..start + LENGTH_BYTES].copy_from_slice(&(len | mark).to_le_bytes());
}

/// One of several [`Records`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// What it holds.
    pub bytes: &'a [u8],
    /// Whether it is an error, not a value.
    pub is_error: bool,
}

/// Reads records, which may be anything.
///
/// ```
/// use anypool_core::{Records, append_record};
///
/// let mut out = Vec::new();
/// append_record(&mut out, |out| Ok::<_, ()>(out.extend(b"one"))).unwrap();
/// let mut records = Records::new(&out);
/// assert_eq!(records.next().map(|record| record.bytes), Some(&b"one"[..]));
/// assert!(records.next().is_none() && records.rest().is_empty());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Records<'a>(&'a [u8]);

impl<'a> Records<'a> {
    /// The records in `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What has not been read. Something is left at the end only when it is no record.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    #[inline]
    fn next(&mut self) -> Option<Record<'a>> {
        let (length, rest) = self.0.split_first_chunk::<LENGTH_BYTES>()?;
        let length = u32::from_le_bytes(*length);
        let (bytes, rest) = rest.split_at_checked((length & !MARK) as usize)?;
        self.0 = rest;
        let is_error = length & MARK != 0;
        Some(Record { bytes, is_error })
    }
}

/// Appends a record for each of `values` that can be encoded; tells which cannot.
pub(crate) fn encode_each<'v, T: Serialize + 'v>(
    mut values: impl Iterator<Item = &'v T>,
    out: &mut Vec<u8>,
    mut failed: impl FnMut(usize, CodecError),
) {
    let mut at = 0;
    loop {
        let mut start = out.len();
        let encode = AssertUnwindSafe(|| {
            for value in values.by_ref() {
                start = out.len();
                at += 1;
                let encode = |out: &mut Vec<u8>| encode_plain(value, &mut Draft::new(out));
                let encoded = append_record(out, encode);
                if let Err(reason) = encoded {
                    failed(at - 1, not_encoded::<T>(reason));
                }
            }
        });
        let Err(unwound) = panics::catch(encode) else {
            return;
        };
        out.truncate(start);
        failed(at - 1, not_encoded::<T>(format!("Serialize {unwound}")));
    }
}

/// Decodes the values in `records`, which somebody wrote who is not trusted; what is marked, or is no
/// value, comes as an error.
pub(crate) fn decode_each<T: DeserializeOwned, E>(
    mut records: Records<'_>,
    marked: impl Fn(&[u8]) -> E,
    undecoded: impl Fn(CodecError) -> E,
    mut each: impl FnMut(Result<T, E>),
) {
    loop {
        let mut len = 0;
        let decode = AssertUnwindSafe(|| {
            for Record { bytes, is_error } in records.by_ref() {
                len = bytes.len();
                if is_error {
                    each(Err(marked(bytes)));
                    continue;
                }
                let decoded = decode_sized(bytes);
                each(decoded.map_err(|reason| undecoded(not_decoded::<T>(len, reason))));
            }
        });
        let Err(unwound) = panics::catch(decode) else {
            return;
        };
        let reason = format!("Deserialize {unwound}");
        each(Err(undecoded(not_decoded::<T>(len, reason))));
    }
}

/// Takes memory only in some proportion to the bytes that are there.
#[inline]
fn decode_sized<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    match bytes.len() {
        0..=0xffff => decode_plain::<T, { 1 << 16 }>(bytes),
        0x1_0000..=0x3f_ffff => decode_plain::<T, { 1 << 22 }>(bytes),
        _ => decode_plain::<T, { super::MAX_PAYLOAD_BYTES }>(bytes),
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::*;

    /// A number of which 3 panics on both ways, and 5 fails.
    #[derive(Debug, PartialEq)]
    struct Awkward(u32);

    impl Serialize for Awkward {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self.0 {
                3 => panic!("not 3"),
                5 => Err(serde::ser::Error::custom("not 5")),
                n => serializer.serialize_u32(n),
            }
        }
    }

    impl<'de> Deserialize<'de> for Awkward {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            match u32::deserialize(deserializer)? {
                3 => panic!("not 3"),
                5 => Err(serde::de::Error::custom("not 5")),
                n => Ok(Self(n)),
            }
        }
    }

    #[test]
    fn values_that_cannot_be_encoded_leave_no_record_and_stop_nobody() {
        panics::set_quiet(true);
        let values = [1, 3, 5, 7, 3].map(Awkward);
        let (mut out, mut failed) = (Vec::new(), Vec::new());
        encode_each(values.iter(), &mut out, |at, error| {
            failed.push((at, error.to_string()));
        });
        let places: Vec<_> = failed.iter().map(|(at, _)| *at).collect();
        assert_eq!(places, [1, 2, 4]);
        assert!(failed[0].1.contains("Serialize panicked") && failed[1].1.contains("not 5"));
        let records: Vec<_> = Records::new(&out).map(|record| record.bytes).collect();
        assert_eq!(records, [[1, 0, 0, 0], [7, 0, 0, 0]]);
    }

    #[test]
    fn what_cannot_be_decoded_is_an_error_in_its_place() {
        panics::set_quiet(true);
        let mut out = Vec::new();
        for n in [1_u32, 3, 5, 7] {
            let record = append_record(&mut out, |out| encode_plain(&n, &mut Draft::new(out)));
            assert_eq!(record, Ok(()));
        }
        append_marked(&mut out, b"broken");
        let mut seen = Vec::new();
        decode_each::<Awkward, String>(
            Records::new(&out),
            |bytes| format!("marked {}", bytes.len()),
            |error| error.to_string(),
            |decoded| seen.push(decoded),
        );
        assert_eq!((&seen[0], &seen[3]), (&Ok(Awkward(1)), &Ok(Awkward(7))));
        let error = |at: usize| seen[at].as_ref().unwrap_err().as_str();
        assert!(error(1).contains("panicked") && error(2).contains("not 5"));
        assert_eq!((error(4), seen.len()), ("marked 6", 5));
    }

    #[test]
    fn bytes_that_are_no_record_are_left() {
        for bytes in [&b"\x01\0\0"[..], b"\x05\0\0\0four", b"\xff\xff\xff\xff"] {
            let mut records = Records::new(bytes);
            assert_eq!(records.next(), None);
            assert_eq!(records.rest(), bytes);
        }
    }
}
