//! How values become bytes and bytes values again. The only place that names bincode.
//!
//! The format is bincode 2 with little-endian fixed-width integers: the same bytes that bincode 1
//! and its successors write, so the crate behind this module can be exchanged. Decoding is always
//! under a limit (a corrupt length would otherwise abort the process) and must use up its input.
//!
//! What has no limit here is depth: see [`Payload`](crate::Payload). It would take a deserializer
//! around bincode's that counts levels, at a cost to every value of every type; and since dropping such a
//! value needs as much stack as decoding it, growing the stack meanwhile would only move the overflow.
//!
//! - [`whole`] are values that are bytes and nothing else,
//! - [`piecewise`] is decoding what lies in memory of somebody else,
//! - [`records`] are many values in a row.

use std::panic::AssertUnwindSafe;

use bincode::enc::write::Writer;
use bincode::error::EncodeError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::annex::Draft;
use crate::panics::{self, Unwound};
use crate::room;

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
    encode_into(value, &mut Draft::new(buf))
}

/// As [`encode_append`], wherever the draft has its bytes; on an error it has none.
///
/// # Errors
///
/// As [`encode_append`].
pub fn encode_into<T: Serialize>(value: &T, draft: &mut Draft<'_>) -> Result<(), CodecError> {
    encode_guarded(value, draft).map_err(|reason| {
        draft.discard();
        not_encoded::<T>(reason)
    })
}

/// As [`encode_into`], a `Vec<u8>` in one go.
pub(crate) fn encode_typed<T: Serialize + 'static>(
    value: &T,
    draft: &mut Draft<'_>,
) -> Result<(), CodecError> {
    let encoded = match whole::of_list(value) {
        Some(bulk) => encode_guarded(&bulk, draft),
        None => encode_guarded(value, draft),
    };
    encoded.map_err(|reason| {
        draft.discard();
        not_encoded::<T>(reason)
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

/// As [`decode_untrusted`], a `Vec<u8>` in one go.
pub(crate) fn decode_typed<T>(bytes: &[u8]) -> Result<T, CodecError>
where
    T: DeserializeOwned + 'static,
{
    let list = whole::body_of(bytes).and_then(|body| whole::list(|| room::copy(body)));
    list.map_or_else(|| decode_untrusted(bytes), Ok)
}

fn decode_under<T: DeserializeOwned, const LIMIT: usize>(bytes: &[u8]) -> Result<T, CodecError> {
    decode_guarded::<T, LIMIT>(bytes).map_err(|reason| not_decoded::<T>(bytes.len(), reason))
}

fn encode_guarded<T: Serialize>(value: &T, draft: &mut Draft<'_>) -> Result<(), String> {
    match panics::catch(AssertUnwindSafe(|| encode_plain(value, draft))) {
        Ok(encoded) => encoded,
        Err(unwound) => Err(format!("Serialize {unwound}")),
    }
}

/// Appends the encoded `value`, or a part of it and an error. Its `Serialize` may panic.
#[inline]
fn encode_plain<T: Serialize>(value: &T, draft: &mut Draft<'_>) -> Result<(), String> {
    let mut bounded = Bounded { draft, refused: 0 };
    let format = format::<MAX_PAYLOAD_BYTES>();
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is the door to bincode"
    )]
    let encoded = bincode::serde::encode_into_writer(value, &mut bounded, format);
    let refused = bounded.refused;
    match encoded {
        _ if refused > 0 => Err(format!(
            "{refused} bytes or more exceed the limit of {MAX_PAYLOAD_BYTES}"
        )),
        Ok(()) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// A draft that takes no more than one payload.
struct Bounded<'b, 'd> {
    draft: &'b mut Draft<'d>,
    /// How many bytes there would have been with those that were refused; 0 when none were.
    refused: usize,
}

impl Writer for Bounded<'_, '_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        let written = self.draft.len().saturating_add(bytes.len());
        if written > MAX_PAYLOAD_BYTES {
            self.refused = written;
            return Err(EncodeError::Other("too large"));
        }
        self.draft.write(bytes);
        Ok(())
    }
}

fn decode_guarded<T: DeserializeOwned, const LIMIT: usize>(bytes: &[u8]) -> Result<T, String> {
    match panics::catch(AssertUnwindSafe(|| decode_plain::<T, LIMIT>(bytes))) {
        Ok(decoded) => decoded,
        Err(unwound) => Err(format!("Deserialize {unwound}")),
    }
}

/// Decodes a value. Its `Deserialize` may panic.
#[inline]
fn decode_plain<T: DeserializeOwned, const LIMIT: usize>(bytes: &[u8]) -> Result<T, String> {
    if let Some(body) = whole::body_of(bytes).filter(|body| body.len() <= LIMIT)
        && let Some(value) = whole::decode(|| room::copy(body))
    {
        return Ok(value);
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is the door to bincode"
    )]
    let decoded = bincode::serde::decode_from_slice::<T, _>(bytes, format::<LIMIT>());
    match decoded {
        Ok((value, used)) if used == bytes.len() => Ok(value),
        Ok((_, used)) => Err(format!("{} bytes were left over", bytes.len() - used)),
        Err(error) => Err(error.to_string()),
    }
}

/// As [`decode_exact`], for a caller that has a guard against panics, and for a `Vec<u8>` in one go.
pub(crate) fn decode_unguarded<T>(bytes: &[u8]) -> Result<T, CodecError>
where
    T: DeserializeOwned + 'static,
{
    let list = whole::body_of(bytes).and_then(|body| whole::list(|| room::copy(body)));
    if let Some(list) = list {
        return Ok(list);
    }
    decode_plain::<T, MAX_PAYLOAD_BYTES>(bytes)
        .map_err(|reason| not_decoded::<T>(bytes.len(), reason))
}

/// As [`encode_into`], for a caller that has a guard against panics, and discards the draft on an error; a
/// `Vec<u8>` in one go.
pub(crate) fn encode_unguarded<T: Serialize + 'static>(
    value: &T,
    draft: &mut Draft<'_>,
) -> Result<(), CodecError> {
    let encoded = match whole::of_list(value) {
        Some(bulk) => encode_plain(&bulk, draft),
        None => encode_plain(value, draft),
    };
    encoded.map_err(not_encoded::<T>)
}

/// The error for bytes whose `Deserialize` was left by unwinding.
pub(crate) fn undecodable<T>(len_bytes: usize, unwound: &Unwound) -> CodecError {
    not_decoded::<T>(len_bytes, format!("Deserialize {unwound}"))
}

/// The error for a value whose `Serialize` was left by unwinding.
pub(crate) fn unencodable<T>(unwound: &Unwound) -> CodecError {
    not_encoded::<T>(format!("Serialize {unwound}"))
}

fn not_encoded<T>(reason: String) -> CodecError {
    CodecError::Encode {
        type_name: std::any::type_name::<T>().to_owned(),
        reason,
    }
}

fn not_decoded<T>(len_bytes: usize, reason: String) -> CodecError {
    CodecError::Decode {
        type_name: std::any::type_name::<T>().to_owned(),
        len_bytes,
        reason,
    }
}

pub(crate) mod whole;
pub(crate) mod piecewise;
pub(crate) mod records;

#[cfg(test)]
mod tests;
