//! The encoded inputs of some items, in records, or where the only one lies. Those of one small item lie in here,
//! without memory of their own: a million of them may wait.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use crate::transport::inputs::InputLease;

/// The longest input that lies in here, with its record's length: numbers, pairs of numbers, short words.
const SMALL_BYTES: usize = 22;

/// A thread's buffer is kept up to this size.
const KEPT_BYTES: usize = 4 * 1024;

thread_local! {
    /// Where records are written.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Records, the bytes of which may be shared with other packets, or a place.
#[derive(Clone, Debug)]
pub(super) enum Packet {
    /// So many of these bytes.
    Small(u8, [u8; SMALL_BYTES]),
    /// These bytes.
    Whole(Arc<Vec<u8>>),
    /// Some of them.
    Part(Box<(Arc<Vec<u8>>, Range<usize>)>),
    /// No records: the only input lies here.
    Elsewhere(Arc<InputLease>),
}

impl Packet {
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
        Self::Whole(Arc::new(records))
    }

    /// The records; none when the input lies elsewhere.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Small(len, bytes) => &bytes[..usize::from(*len)],
            Self::Whole(bytes) => bytes,
            Self::Part(part) => &part.0[part.1.clone()],
            Self::Elsewhere(_) => &[],
        }
    }

    /// The size of what is kept for it.
    pub(super) fn kept_bytes(&self) -> usize {
        match self {
            Self::Small(len, _) => usize::from(*len),
            Self::Whole(bytes) => bytes.len(),
            Self::Part(part) => part.0.len(),
            Self::Elsewhere(lease) => lease.len(),
        }
    }

    /// Where the only input lies, if it is not in records.
    pub(super) fn lease(&self) -> Option<&Arc<InputLease>> {
        match self {
            Self::Elsewhere(lease) => Some(lease),
            _ => None,
        }
    }

    /// Cuts off the first `count` bytes, of which there must be so many. An input that lies elsewhere stays there for
    /// both.
    pub(super) fn cut(&mut self, count: usize) -> Self {
        let of = |bytes: &Arc<Vec<u8>>, within: Range<usize>| {
            Self::Part(Box::new((Arc::clone(bytes), within)))
        };
        let (front, back) = match &*self {
            Self::Small(..) => {
                let (front, back) = self.bytes().split_at(count);
                let part = |bytes| Self::small(bytes).unwrap_or(Self::Small(0, [0; SMALL_BYTES]));
                (part(front), part(back))
            }
            Self::Whole(bytes) => (of(bytes, 0..count), of(bytes, count..bytes.len())),
            Self::Part(part) => {
                let (bytes, within) = &**part;
                let middle = within.start + count;
                (
                    of(bytes, within.start..middle),
                    of(bytes, middle..within.end),
                )
            }
            Self::Elsewhere(_) => return self.clone(),
        };
        *self = back;
        front
    }
}

const _: () = assert!(
    size_of::<Packet>() == 24,
    "the small form fills what the others leave"
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
