//! Messages in a stream: a length of 8 bytes, little-endian, then that many bytes.

use anypool_core::MAX_PAYLOAD_BYTES;

/// The bytes of a frame's length.
pub(crate) const HEADER_BYTES: usize = 8;

/// The longest message: the largest payload and what stands before it.
pub(crate) const MAX_MESSAGE_BYTES: usize = MAX_PAYLOAD_BYTES + (1 << 16);

/// A length that no honest sender writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message of {claimed_bytes} bytes was announced; {MAX_MESSAGE_BYTES} are the limit")]
pub(crate) struct TooLong {
    claimed_bytes: u64,
}

/// Appends a frame to `out`; `write` appends the message.
pub(crate) fn append(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; HEADER_BYTES]);
    write(out);
    let len = (out.len() - start - HEADER_BYTES) as u64;
    out[start..start + HEADER_BYTES].copy_from_slice(&len.to_le_bytes());
}

/// Cuts a stream into messages, whatever pieces it comes in.
///
/// Memory is only ever taken for bytes that have arrived, never for a length that was announced.
#[derive(Debug, Default)]
pub(crate) struct FrameReader {
    buffer: Vec<u8>,
    /// Where the next frame begins.
    start: usize,
}

impl FrameReader {
    /// Takes over the next piece of the stream.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        if self.start > 0 && self.start >= self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(piece);
    }

    /// The next message that is whole.
    pub(crate) fn next_message(&mut self) -> Result<Option<&[u8]>, TooLong> {
        let unread = &self.buffer[self.start..];
        let Some(header) = unread.first_chunk::<HEADER_BYTES>() else {
            return Ok(None);
        };
        let claimed_bytes = u64::from_le_bytes(*header);
        let len = usize::try_from(claimed_bytes)
            .ok()
            .filter(|&len| len <= MAX_MESSAGE_BYTES)
            .ok_or(TooLong { claimed_bytes })?;
        let end = HEADER_BYTES + len;
        if unread.len() < end {
            return Ok(None);
        }
        let message = self.start + HEADER_BYTES..self.start + end;
        self.start += end;
        Ok(Some(&self.buffer[message]))
    }

    /// Whether it has a part of a message, beside whole ones.
    pub(crate) fn holds_part(&self) -> bool {
        self.start < self.buffer.len()
    }

    /// How much memory is taken.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Gives memory back that a large message needed, when nothing is left in it.
    pub(crate) fn shrink(&mut self) {
        const KEPT_BYTES: usize = 1 << 16;
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.buffer.shrink_to(KEPT_BYTES);
            self.start = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(messages: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        for message in messages {
            append(&mut out, |out| out.extend_from_slice(message));
        }
        out
    }

    #[test]
    fn messages_survive_every_way_of_cutting_the_stream() {
        let messages: [&[u8]; 4] = [b"one", b"", b"three", &[7; 300]];
        let stream = stream(&messages);
        for piece in [1, 2, 7, 8, 9, 64, stream.len()] {
            let mut reader = FrameReader::default();
            let mut seen = Vec::new();
            for part in stream.chunks(piece) {
                reader.push(part);
                while let Some(message) = reader.next_message().unwrap() {
                    seen.push(message.to_vec());
                }
            }
            assert_eq!(seen, messages, "in pieces of {piece}");
        }
    }

    #[test]
    fn an_announced_length_takes_no_memory() {
        let mut reader = FrameReader::default();
        reader.push(&(1u64 << 30).to_le_bytes());
        assert_eq!(reader.next_message(), Ok(None));
        assert!(reader.capacity() < 1024);
    }

    #[test]
    fn an_absurd_length_is_refused() {
        let mut reader = FrameReader::default();
        reader.push(&u64::MAX.to_le_bytes());
        assert!(reader.next_message().is_err());
    }
}
