//! The encoded inputs of some items, in records. Those of one small item lie in here, without memory of their own:
//! a million of them may wait.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

/// The longest input that lies in here, with its record's length: numbers, pairs of numbers, short words. No
/// packet is larger for it than for the other form.
const SMALL_BYTES: usize = 30;

/// A thread's buffer is kept up to this size.
const KEPT_BYTES: usize = 4 * 1024;

thread_local! {
    /// Where records are written.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Records, the bytes of which may be shared with other packets.
#[derive(Clone, Debug)]
pub(super) enum Packet {
    /// So many of these bytes.
    Small(u8, [u8; SMALL_BYTES]),
    /// These of the bytes.
    Shared(Arc<Vec<u8>>, Range<usize>),
}

impl Packet {
    /// Nothing.
    pub(super) const EMPTY: Self = Self::Small(0, [0; SMALL_BYTES]);

    /// The record that `write` appends to a buffer, or nothing, and what else comes of that. The buffer serves
    /// the thread again where the record is small.
    pub(super) fn of_one<R>(write: impl FnOnce(&mut Vec<u8>) -> R) -> (Self, R) {
        // Who gets here meanwhile, from the user's code, finds another one; so does a thread at its end.
        let mut record = BUFFER.try_with(Cell::take).unwrap_or_default();
        record.clear();
        let written = write(&mut record);
        let Some(small) = Self::small(&record) else {
            return (Self::of_many(record), written);
        };
        if record.capacity() <= KEPT_BYTES {
            let _ = BUFFER.try_with(|buffer| buffer.set(record));
        }
        (small, written)
    }

    fn small(record: &[u8]) -> Option<Self> {
        let len = u8::try_from(record.len()).ok()?;
        let mut bytes = [0; SMALL_BYTES];
        bytes.get_mut(..record.len())?.copy_from_slice(record);
        Some(Self::Small(len, bytes))
    }

    /// Records that lie elsewhere, whatever their size.
    pub(super) fn of_many(records: Vec<u8>) -> Self {
        let all = 0..records.len();
        Self::Shared(Arc::new(records), all)
    }

    /// The records.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Small(len, bytes) => &bytes[..usize::from(*len)],
            Self::Shared(bytes, within) => &bytes[within.clone()],
        }
    }

    /// The size of what is kept in memory for it.
    pub(super) fn kept_bytes(&self) -> usize {
        match self {
            Self::Small(len, _) => usize::from(*len),
            Self::Shared(bytes, _) => bytes.len(),
        }
    }

    /// Cuts off the first `count` bytes, of which there must be so many.
    pub(super) fn cut(&mut self, count: usize) -> Self {
        match self {
            Self::Small(..) => {
                let (front, back) = self.bytes().split_at(count);
                let part = |bytes| Self::small(bytes).unwrap_or(Self::EMPTY);
                let (front, back) = (part(front), part(back));
                *self = back;
                front
            }
            Self::Shared(bytes, within) => {
                let middle = within.start + count;
                let front = Self::Shared(Arc::clone(bytes), within.start..middle);
                within.start = middle;
                front
            }
        }
    }
}

const _: () = assert!(
    size_of::<Packet>() == 32,
    "the small form is no larger than the other"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_any_size_is_kept_and_cut() {
        for len in [0, 1, 12, SMALL_BYTES - 1, SMALL_BYTES, SMALL_BYTES + 1, 300] {
            let record: Vec<u8> = (0..=255).cycle().take(len).collect();
            let (one, written) = Packet::of_one(|out| out.extend_from_slice(&record));
            let is_small = matches!(one, Packet::Small(..));
            assert_eq!((is_small, written), (len <= SMALL_BYTES, ()));
            for packet in [one, Packet::of_many(record.clone())] {
                assert_eq!((packet.bytes(), packet.kept_bytes()), (&record[..], len));
                for at in [0, len / 2, len] {
                    let mut rest = packet.clone();
                    let front = rest.cut(at);
                    assert_eq!(front.bytes(), &record[..at]);
                    assert_eq!(rest.bytes(), &record[at..]);
                }
            }
        }
    }

    #[test]
    fn a_record_that_is_written_while_another_is_does_not_disturb_it() {
        let (outer, inner) = Packet::of_one(|out| {
            out.push(1);
            let (inner, ()) = Packet::of_one(|out| out.push(2));
            out.push(3);
            inner
        });
        assert_eq!((outer.bytes(), inner.bytes()), (&[1, 3][..], &[2][..]));
        let (next, ()) = Packet::of_one(|out| out.push(4));
        assert_eq!(next.bytes(), [4]);
    }
}
