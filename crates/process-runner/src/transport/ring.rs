//! One direction of a stream in shared memory: a ring of words, one writer, one reader.
//!
//! The ring holds *pieces*: a word with the number of bytes, then the bytes, padded to whole words.
//! `tail` counts the words that were ever written, `head` those that were ever read; each is changed by
//! one side alone:
//!
//! ```text
//!   writer: words of a piece ─▶ tail (release)      reader: tail (acquire) ─▶ words ─▶ head (release)
//! ```
//!
//! Each side keeps its own count to itself and only publishes it; of the other's it believes what is
//! possible. So a reader never reads outside of the ring and never more than the ring holds, whatever
//! the other process writes there. Every word is read once, before it is looked at.

use std::sync::Arc;

use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sys::memory::SharedMemory;
use crate::transport::measures::{APART, RING_WORDS};

/// What a ring takes of the memory: both counters, and the words.
pub(crate) const RING_SPAN: usize = 2 * APART + RING_WORDS;

/// The largest piece: the other side can read one while the next is written.
pub(crate) const MAX_PIECE_WORDS: usize = RING_WORDS / 4;

/// How many bytes a word has.
pub(crate) const WORD_BYTES: usize = size_of::<u64>();

/// A ring that the other side has left in a state in which no honest one leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the other side of a ring in shared memory counts wrong")]
pub(crate) struct Miscounted;

/// Where a ring lies.
#[derive(Clone, Debug)]
struct Place {
    memory: Arc<SharedMemory>,
    /// The number of its first word.
    start: usize,
}

impl Place {
    fn word(&self, index: usize) -> &AtomicU64 {
        &self.memory.words()[self.start + index]
    }

    fn tail(&self) -> &AtomicU64 {
        self.word(0)
    }

    fn head(&self) -> &AtomicU64 {
        self.word(APART)
    }

    /// The words from count `from` on, in the two parts in which they lie.
    fn span(&self, from: u64, words: usize) -> (&[AtomicU64], &[AtomicU64]) {
        let data = self.start + 2 * APART;
        let data = &self.memory.words()[data..data + RING_WORDS];
        let first = place(from);
        let until_end = words.min(RING_WORDS - first);
        let (beginning, rest) = (&data[..words - until_end], &data[first..first + until_end]);
        (rest, beginning)
    }
}

/// The side that writes.
#[derive(Debug)]
pub(crate) struct RingWriter {
    place: Place,
    tail: u64,
    /// How far the reader was when last looked at.
    head: u64,
}

/// The side that reads.
#[derive(Debug)]
pub(crate) struct RingReader {
    place: Place,
    head: u64,
    /// Room for a piece, copied out, and how long the last one was.
    piece: Vec<u8>,
    len: usize,
}

impl RingWriter {
    /// The writing side of the ring whose first word is `start`.
    pub(crate) fn new(memory: Arc<SharedMemory>, start: usize) -> Self {
        Self {
            place: Place { memory, start },
            tail: 0,
            head: 0,
        }
    }

    /// Writes as much of `bytes` as there is room for, and says how much that was.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<usize, Miscounted> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let needed = 1 + rest.len().div_ceil(WORD_BYTES).min(MAX_PIECE_WORDS);
            if self.room() < needed {
                self.look()?;
            }
            let room = self.room().min(needed);
            if room < 2 {
                break;
            }
            let len = rest.len().min((room - 1) * WORD_BYTES);
            let (piece, more) = rest.split_at(len);
            self.put(piece);
            rest = more;
        }
        Ok(bytes.len() - rest.len())
    }

    /// Whether nothing can be written now.
    pub(crate) fn is_full(&mut self) -> Result<bool, Miscounted> {
        self.look()?;
        Ok(self.room() < 2)
    }

    fn put(&mut self, piece: &[u8]) {
        let words = piece.len().div_ceil(WORD_BYTES);
        // Relaxed, here and below: the tail publishes it.
        let header = &self.place.span(self.tail, 1).0[0];
        header.store(piece.len() as u64, Ordering::Relaxed);
        let (first, second) = self.place.span(self.tail + 1, words);
        let (whole, last) = piece.as_chunks::<WORD_BYTES>();
        let (beginning, rest) = whole.split_at(whole.len().min(first.len()));
        for (places, words) in [(first, beginning), (second, rest)] {
            for (place, word) in places.iter().zip(words) {
                place.store(u64::from_le_bytes(*word), Ordering::Relaxed);
            }
        }
        if !last.is_empty() {
            let mut word = [0; WORD_BYTES];
            word[..last.len()].copy_from_slice(last);
            let place = first.iter().chain(second).nth(words - 1);
            if let Some(place) = place {
                place.store(u64::from_le_bytes(word), Ordering::Relaxed);
            }
        }
        self.tail += 1 + words as u64;
        // Release: the reader that sees the tail sees the words.
        self.place.tail().store(self.tail, Ordering::Release);
    }

    fn room(&self) -> usize {
        RING_WORDS - usize::try_from(self.tail - self.head).unwrap_or(RING_WORDS)
    }

    fn look(&mut self) -> Result<(), Miscounted> {
        // Acquire: the reader has read what it gives back.
        let head = self.place.head().load(Ordering::Acquire);
        if head < self.head || head > self.tail {
            return Err(Miscounted);
        }
        self.head = head;
        Ok(())
    }
}

impl RingReader {
    /// The reading side of the ring whose first word is `start`.
    pub(crate) fn new(memory: Arc<SharedMemory>, start: usize) -> Self {
        Self {
            place: Place { memory, start },
            head: 0,
            piece: Vec::new(),
            len: 0,
        }
    }

    /// How far it has read.
    pub(crate) fn seen(&self) -> u64 {
        self.head
    }

    /// Whether there is something to read.
    pub(crate) fn has_more(&self) -> bool {
        self.place.tail().load(Ordering::Acquire) != self.head
    }

    /// Hands over what has been written, at most as much as a ring holds; says whether there was any.
    pub(crate) fn read(&mut self, into: &mut dyn FnMut(&[u8])) -> Result<bool, Miscounted> {
        // Acquire: the words up to here are whole.
        let tail = self.place.tail().load(Ordering::Acquire);
        let written = tail.checked_sub(self.head).ok_or(Miscounted)?;
        let mut left = usize::try_from(written).map_err(|_| Miscounted)?;
        if left > RING_WORDS {
            return Err(Miscounted);
        }
        let any = left > 0;
        while left > 0 {
            left -= self.take(left)?;
            into(&self.piece[..self.len]);
            // Release: the words have been read, and may be written again.
            self.place.head().store(self.head, Ordering::Release);
        }
        Ok(any)
    }

    /// Copies the next piece out, of which `most` words are there. Returns how many it had.
    fn take(&mut self, most: usize) -> Result<usize, Miscounted> {
        let (first, _) = self.place.span(self.head, 1);
        let len = first[0].load(Ordering::Relaxed);
        let len = usize::try_from(len).map_err(|_| Miscounted)?;
        let words = 1 + len.div_ceil(WORD_BYTES);
        if words > most.min(1 + MAX_PIECE_WORDS) {
            return Err(Miscounted);
        }
        let (first, second) = self.place.span(self.head + 1, words - 1);
        if self.piece.len() < words * WORD_BYTES {
            self.piece.resize(words * WORD_BYTES, 0);
        }
        let (chunks, _) = self.piece.as_chunks_mut::<WORD_BYTES>();
        let (beginning, rest) = chunks.split_at_mut(first.len());
        for (places, chunks) in [(first, beginning), (second, rest)] {
            for (place, chunk) in places.iter().zip(chunks) {
                *chunk = place.load(Ordering::Relaxed).to_le_bytes();
            }
        }
        self.len = len;
        self.head += words as u64;
        Ok(words)
    }
}

fn place(count: u64) -> usize {
    usize::try_from(count % RING_WORDS as u64).unwrap_or(0)
}
