//! How values become bytes and bytes values again. The only place that names bincode.
//!
//! The format is bincode 2 with little-endian fixed-width integers: the same bytes that bincode 1
//! and its successors write, so the crate behind this module can be exchanged. Decoding is always
//! under a limit (a corrupt length would otherwise abort the process) and must use up its input.
//!
//! What has no limit here is depth: see [`Payload`](crate::Payload). It would take a deserializer
//! around bincode's that counts levels, at a cost to every value of every type; and since dropping such a
//! value needs as much stack as decoding it, growing the stack meanwhile would only move the overflow.

use std::io;
use std::panic::AssertUnwindSafe;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::panics;

/// The name of this format in the hello between parent and worker.
pub const CODEC_ID: u16 = 1;

/// The most bytes one encoded value may have: 1 GiB of data and room for its framing.
pub const MAX_PAYLOAD_BYTES: usize = (1 << 30) + (1 << 16);

/// The format, with a limit on what decoding may take memory for.
type Format<const LIMIT: usize> = bincode::config::Configuration<
    bincode::config::LittleEndian,
    bincode::config::Fixint,
    bincode::config::Limit<LIMIT>,
>;

const fn format<const LIMIT: usize>() -> Format<LIMIT> {
    bincode::config::standard()
        .with_little_endian()
        .with_fixed_int_encoding()
        .with_limit::<LIMIT>()
}

/// A value that did not survive the way to bytes or back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum CodecError {
    /// `Serialize` refused the value, or it is too large.
    #[error("cannot encode a value of `{type_name}`: {reason}")]
    Encode {
        /// The Rust type of the value.
        type_name: String,
        /// What went wrong, in the serializer's words.
        reason: String,
    },
    /// The bytes are not a value of the type.
    #[error("cannot decode {len_bytes} bytes as `{type_name}`: {reason}")]
    Decode {
        /// The Rust type that was expected.
        type_name: String,
        /// How many bytes there were.
        len_bytes: usize,
        /// What went wrong, in the deserializer's words.
        reason: String,
    },
    /// The job has no encoded form: it was made from a closure with captures.
    #[error("this job cannot leave its process: it was made from a closure, not from a task")]
    NoEncodedForm,
}

/// Appends the encoded `value` to `buf`; on an error `buf` is as it was before.
///
/// # Errors
///
/// [`CodecError::Encode`] when `Serialize` fails or panics, or the bytes exceed
/// [`MAX_PAYLOAD_BYTES`]. No more than that is ever kept, however large the value is.
pub fn encode_append<T: Serialize>(value: &T, buf: &mut Vec<u8>) -> Result<(), CodecError> {
    let before = buf.len();
    let encoded = encode_guarded(value, buf);
    let Err(reason) = encoded else {
        return Ok(());
    };
    buf.truncate(before);
    Err(CodecError::Encode {
        type_name: std::any::type_name::<T>().to_owned(),
        reason,
    })
}

/// Decodes a value from exactly `bytes`.
///
/// # Errors
///
/// [`CodecError::Decode`] when the bytes are not a value of `T`, bytes are left over, or
/// `Deserialize` panics.
pub fn decode_exact<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    decode_under::<T, MAX_PAYLOAD_BYTES>(bytes)
}

/// As [`decode_exact`], for bytes from somebody who is not trusted: a length that they announce takes
/// memory in some proportion to the bytes that are really there.
///
/// The decoder is compiled for each of three limits: the format's limit is a constant.
///
/// # Errors
///
/// As [`decode_exact`].
pub fn decode_untrusted<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    match bytes.len() {
        0..=0xffff => decode_under::<T, { 1 << 16 }>(bytes),
        0x1_0000..=0x3f_ffff => decode_under::<T, { 1 << 22 }>(bytes),
        _ => decode_exact(bytes),
    }
}

fn decode_under<T: DeserializeOwned, const LIMIT: usize>(bytes: &[u8]) -> Result<T, CodecError> {
    decode_guarded::<T, LIMIT>(bytes).map_err(|reason| CodecError::Decode {
        type_name: std::any::type_name::<T>().to_owned(),
        len_bytes: bytes.len(),
        reason,
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "this module is the door to bincode"
)]
fn encode_guarded<T: Serialize>(value: &T, buf: &mut Vec<u8>) -> Result<(), String> {
    let mut bounded = Bounded { buf, written: 0 };
    let encode = AssertUnwindSafe(|| {
        let format = format::<MAX_PAYLOAD_BYTES>();
        bincode::serde::encode_into_std_write(value, &mut bounded, format)
    });
    let encoded = panics::catch(encode);
    let written = bounded.written;
    match encoded {
        Ok(_) if written > MAX_PAYLOAD_BYTES => Err(format!(
            "{written} bytes or more exceed the limit of {MAX_PAYLOAD_BYTES}"
        )),
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(unwound) => Err(format!("Serialize {unwound}")),
    }
}

/// A buffer that takes no more than one payload.
struct Bounded<'b> {
    buf: &'b mut Vec<u8>,
    /// How many bytes were to be written, those that were refused among them.
    written: usize,
}

impl io::Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written = self.written.saturating_add(bytes.len());
        if self.written > MAX_PAYLOAD_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.buf.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this module is the door to bincode"
)]
fn decode_guarded<T: DeserializeOwned, const LIMIT: usize>(bytes: &[u8]) -> Result<T, String> {
    let decode =
        AssertUnwindSafe(|| bincode::serde::decode_from_slice::<T, _>(bytes, format::<LIMIT>()));
    match panics::catch(decode) {
        Ok(Ok((value, used))) if used == bytes.len() => Ok(value),
        Ok(Ok((_, used))) => Err(format!("{} bytes were left over", bytes.len() - used)),
        Ok(Err(error)) => Err(error.to_string()),
        Err(unwound) => Err(format!("Deserialize {unwound}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
    struct Record {
        id: u32,
        name: String,
        parent: Option<u64>,
        values: Vec<i16>,
    }

    fn encoded<T: Serialize>(value: &T) -> Vec<u8> {
        let mut buf = Vec::new();
        encode_append(value, &mut buf).unwrap();
        buf
    }

    #[test]
    fn golden_bytes() {
        let record = Record {
            id: 7,
            name: "né".to_owned(),
            parent: Some(9),
            values: vec![-1, 2],
        };
        let golden = [
            7, 0, 0, 0, // u32, little-endian
            3, 0, 0, 0, 0, 0, 0, 0, b'n', 0xc3, 0xa9, // u64 length, then UTF-8
            1, 9, 0, 0, 0, 0, 0, 0, 0, // Some, u64
            2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 2, 0, // u64 length, then i16
        ];
        assert_eq!(encoded(&record), golden);
        assert_eq!(decode_exact::<Record>(&golden).unwrap(), record);
    }

    #[test]
    fn leftover_bytes_are_an_error() {
        let error = decode_exact::<u32>(&[1, 0, 0, 0, 9]).unwrap_err();
        assert!(error.to_string().contains("1 bytes were left over"));
    }

    #[test]
    fn a_corrupt_length_is_an_error_not_an_abort() {
        let mut bytes = (1u64 << 40).to_le_bytes().to_vec();
        bytes.extend([1, 2, 3]);
        assert!(decode_exact::<String>(&bytes).is_err());
        assert!(decode_exact::<Vec<u64>>(&bytes).is_err());
    }

    /// Bytes in one piece.
    struct Bytes(Vec<u8>);

    impl Serialize for Bytes {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(&self.0)
        }
    }

    #[test]
    fn a_value_over_the_limit_is_refused_with_both_figures_and_not_copied() {
        let mut buf = vec![1, 2];
        // Memory that is never written to is not there.
        let much = Bytes(vec![0; MAX_PAYLOAD_BYTES]);
        let error = encode_append(&much, &mut buf).unwrap_err();
        let (size, limit) = (MAX_PAYLOAD_BYTES + 8, MAX_PAYLOAD_BYTES);
        let text = error.to_string();
        assert!(text.contains(&size.to_string()), "{text}");
        assert!(text.contains(&limit.to_string()), "{text}");
        assert_eq!(buf, [1, 2]);
        assert!(buf.capacity() < 1024);
    }

    #[test]
    fn untrusted_bytes_are_decoded_as_others_are() {
        for len in [
            0, 0xfff7, 0xfff8, 0x1_0000, 0x3f_fff7, 0x3f_fff8, 0x100_0000,
        ] {
            let text = "x".repeat(len);
            assert_eq!(decode_untrusted::<String>(&encoded(&text)), Ok(text));
        }
        let mut bytes = (1u64 << 30).to_le_bytes().to_vec();
        bytes.extend([b'x'; 100]);
        assert!(decode_untrusted::<String>(&bytes).is_err());
    }

    #[test]
    fn a_panicking_serialize_is_an_error_and_leaves_the_buffer() {
        struct Bomb;
        impl Serialize for Bomb {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                panic!("boom")
            }
        }
        let mut buf = vec![1, 2];
        let error = encode_append(&(5u8, Bomb), &mut buf).unwrap_err();
        assert!(error.to_string().contains("boom"), "{error}");
        assert_eq!(buf, [1, 2]);
    }
}
