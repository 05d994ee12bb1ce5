//! Decoding bytes that are not at hand and may change meanwhile: a piece at a time is copied, and only copies
//! are looked at.

use std::ops::Range;
use std::panic::AssertUnwindSafe;

use bincode::de::read::Reader;
use bincode::error::DecodeError;
use serde::de::DeserializeOwned;

use crate::codec::{CodecError, MAX_PAYLOAD_BYTES, format, not_decoded};
use crate::panics;

/// How much is copied at once: it stays in the nearest cache until it has been read.
const PIECE_BYTES: usize = 4 * 1024;

/// Appends the bytes of a range to a buffer.
pub(crate) type CopyOut<'a> = &'a dyn Fn(Range<usize>, &mut Vec<u8>);

/// Decodes a value from exactly `len` bytes of somebody who is not trusted, each of which is copied once.
///
/// # Errors
///
/// As [`decode_exact`](crate::decode_exact).
pub(crate) fn decode<T: DeserializeOwned>(
    len: usize,
    copy_out: CopyOut<'_>,
) -> Result<T, CodecError> {
    let decode = || match len {
        0..=0xffff => read::<T, { 1 << 16 }>(len, copy_out),
        0x1_0000..=0x3f_ffff => read::<T, { 1 << 22 }>(len, copy_out),
        _ => read::<T, MAX_PAYLOAD_BYTES>(len, copy_out),
    };
    let decoded = panics::catch(AssertUnwindSafe(decode));
    let decoded = decoded.unwrap_or_else(|unwound| Err(format!("Deserialize {unwound}")));
    decoded.map_err(|reason| not_decoded::<T>(len, reason))
}

fn read<T: DeserializeOwned, const LIMIT: usize>(
    len: usize,
    copy_out: CopyOut<'_>,
) -> Result<T, String> {
    let mut source = Source {
        copy_out,
        left: 0..len,
        piece: Vec::with_capacity(PIECE_BYTES.min(len)),
        read: 0,
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is part of the door to bincode"
    )]
    let decoded = bincode::serde::decode_from_reader::<T, _, _>(&mut source, format::<LIMIT>());
    match (decoded, source.unread()) {
        (Ok(value), 0) => Ok(value),
        (Ok(_), unread) => Err(format!("{unread} bytes were left over")),
        (Err(error), _) => Err(error.to_string()),
    }
}

/// The bytes, as they are read.
struct Source<'a> {
    copy_out: CopyOut<'a>,
    /// What has not been copied.
    left: Range<usize>,
    piece: Vec<u8>,
    /// How much of the piece has been read.
    read: usize,
}

impl Source<'_> {
    fn unread(&self) -> usize {
        self.left.len() + self.piece.len() - self.read
    }

    fn next_piece(&mut self) {
        let end = self.left.end.min(self.left.start + PIECE_BYTES);
        self.piece.clear();
        self.read = 0;
        (self.copy_out)(self.left.start..end, &mut self.piece);
        self.left.start = end;
    }
}

impl Reader for Source<'_> {
    #[inline]
    fn read(&mut self, bytes: &mut [u8]) -> Result<(), DecodeError> {
        if let Some(next) = self.peek_read(bytes.len()) {
            bytes.copy_from_slice(next);
            self.read += bytes.len();
            return Ok(());
        }
        if let Some(additional) = bytes.len().checked_sub(self.unread() + 1) {
            let additional = additional + 1;
            return Err(DecodeError::UnexpectedEnd { additional });
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.read == self.piece.len() {
                self.next_piece();
            }
            let piece = &self.piece[self.read..];
            let (now, later) = rest.split_at_mut(piece.len().min(rest.len()));
            now.copy_from_slice(&piece[..now.len()]);
            self.read += now.len();
            rest = later;
        }
        Ok(())
    }

    #[inline]
    fn peek_read(&mut self, n: usize) -> Option<&[u8]> {
        self.piece.get(self.read..self.read.checked_add(n)?)
    }

    #[inline]
    fn consume(&mut self, n: usize) {
        self.read += n;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec::{decode_untrusted, encode_append};

    type Value = Vec<(u8, String, Vec<u16>)>;

    fn decode_copies<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
        decode(bytes.len(), &|range, into: &mut Vec<u8>| {
            into.extend_from_slice(&bytes[range]);
        })
    }

    proptest! {
        #[test]
        fn the_pieces_give_what_the_whole_gives(
            seeds in prop::collection::vec((any::<u8>(), 0..6_000_usize, 0..3_000_usize), 0..6),
            cut in 0..3_usize,
        ) {
            let value: Value = seeds
                .into_iter()
                .map(|(tag, letters, numbers)| (tag, "é".repeat(letters), vec![u16::from(tag); numbers]))
                .collect();
            let mut bytes = Vec::new();
            encode_append(&value, &mut bytes).unwrap();
            prop_assert_eq!(decode_copies::<Value>(&bytes), Ok(value));
            bytes.truncate(bytes.len() - cut.min(bytes.len()));
            prop_assert_eq!(decode_copies::<Value>(&bytes), decode_untrusted::<Value>(&bytes));
        }

        #[test]
        fn any_bytes_are_refused_or_meant(bytes in any::<Vec<u8>>()) {
            prop_assert_eq!(decode_copies::<Value>(&bytes).ok(), decode_untrusted::<Value>(&bytes).ok());
        }
    }

    #[test]
    fn a_length_that_is_only_announced_is_an_error() {
        for len in [1_u64 << 20, 1 << 40, u64::MAX] {
            let mut bytes = len.to_le_bytes().to_vec();
            bytes.resize(10_000, 7);
            assert!(decode_copies::<String>(&bytes).is_err());
        }
    }

    #[test]
    fn what_is_left_over_is_an_error() {
        let mut bytes = Vec::new();
        encode_append(&"x".repeat(10_000), &mut bytes).unwrap();
        bytes.extend([0; 5_000]);
        let error = decode_copies::<String>(&bytes).unwrap_err().to_string();
        assert!(error.contains("5000 bytes were left over"), "{error}");
    }
}
