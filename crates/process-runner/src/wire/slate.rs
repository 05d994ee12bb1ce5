//! The slate: answers that a worker has gathered and not sent yet, in memory that survives it.
//!
//! It lies at the end of the memory that worker and parent share: three words that say whose answers these
//! are and how many of their bytes count, then the bytes, as they will be sent.
//!
//! ```text
//!   worker: begin (request, first item, 0) ─▶ bytes of an answer ─▶ count ─▶ … ─▶ sent ─▶ count = 0
//!   parent, when the worker is dead: whatever counts, and has not been read elsewhere
//! ```
//!
//! There is nothing to synchronise: the worker writes, and the parent reads when nobody writes any more.
//! The order of the worker's stores is all that matters, so that what counts is whole wherever it dies.
//! The parent copies what is there before it looks at it, as all that a worker writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::sys::memory::SharedMemory;

/// How many bytes of answers there is room for.
pub(crate) const SLATE_BYTES: usize = 32 * 1024;

const WORD_BYTES: usize = size_of::<u64>();
const REQUEST: usize = 0;
const FIRST: usize = 1;
const COUNTED: usize = 2;
/// The bytes begin on a cache line of their own.
const BYTES: usize = 8;
const WORDS: usize = BYTES + SLATE_BYTES / WORD_BYTES;

/// What the slate takes of the shared memory, in bytes.
pub(crate) const SLATE_SPAN: usize = WORDS * WORD_BYTES;

/// The slate of one worker.
#[derive(Debug)]
pub(crate) struct Slate {
    memory: Arc<SharedMemory>,
    /// The number of its first word.
    start: usize,
    /// How many bytes are there already; the worker's side alone.
    written: usize,
}

/// What a dead worker left on its slate, by its own word.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gathered {
    /// The request's number.
    pub(crate) sequence: u64,
    /// The item whose answer comes first.
    pub(crate) first: u32,
    /// The answers, in records.
    pub(crate) records: Vec<u8>,
}

impl Slate {
    /// The slate at the end of `memory`; `None` where there is no room for one.
    pub(crate) fn new(memory: Arc<SharedMemory>) -> Option<Self> {
        let start = memory.words().len().checked_sub(WORDS)?;
        Some(Self {
            memory,
            start,
            written: 0,
        })
    }

    /// Worker: what is written from now on answers request `sequence`, from item `first` on.
    pub(crate) fn begin(&mut self, sequence: u64, first: u32) {
        self.written = 0;
        // Release, here and below: what counts must not be taken for what comes later.
        self.word(COUNTED).store(0, Ordering::Release);
        self.word(REQUEST).store(sequence, Ordering::Release);
        self.word(FIRST).store(u64::from(first), Ordering::Release);
    }

    /// Worker: `records` are the answers so far. False when there is no room for all: then the last one
    /// is not there.
    #[inline]
    pub(crate) fn write(&mut self, records: &[u8]) -> bool {
        if records.len() > SLATE_BYTES {
            return false;
        }
        let from = self.written / WORD_BYTES;
        // The word in which the last answer ends is written again: its bytes stay as they are.
        for (index, bytes) in records[from * WORD_BYTES..].chunks(WORD_BYTES).enumerate() {
            let word = match bytes.first_chunk() {
                Some(whole) => u64::from_le_bytes(*whole),
                None => part_of_word(bytes),
            };
            self.word(BYTES + from + index)
                .store(word, Ordering::Relaxed);
        }
        self.written = records.len();
        self.word(COUNTED)
            .store(records.len() as u64, Ordering::Release);
        true
    }

    /// Parent: what the worker has left, now that it is dead.
    pub(crate) fn read(&self) -> Option<Gathered> {
        let counted = self.word(COUNTED).load(Ordering::Acquire);
        let counted = usize::try_from(counted).unwrap_or(usize::MAX);
        if counted == 0 || counted > SLATE_BYTES {
            return None;
        }
        let words = 0..counted.div_ceil(WORD_BYTES);
        let word = |index| self.word(BYTES + index).load(Ordering::Relaxed);
        let mut records: Vec<u8> = words.flat_map(|index| word(index).to_le_bytes()).collect();
        records.truncate(counted);
        Some(Gathered {
            sequence: self.word(REQUEST).load(Ordering::Acquire),
            first: u32::try_from(self.word(FIRST).load(Ordering::Acquire)).ok()?,
            records,
        })
    }

    fn word(&self, index: usize) -> &AtomicU64 {
        &self.memory.words()[self.start + index]
    }
}

/// The word that begins with `bytes`, which are less than a word. Put together without memory: a processor
/// waits for bytes that it has just written before it reads them as a word.
#[inline]
fn part_of_word(bytes: &[u8]) -> u64 {
    let append = |word, &byte| word << u8::BITS | u64::from(byte);
    bytes.iter().rev().fold(0, append)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides() -> (Slate, Slate) {
        let memory = SharedMemory::create(SLATE_SPAN.next_multiple_of(4096)).unwrap();
        let side = || {
            let memory = SharedMemory::map(&memory).unwrap();
            Slate::new(Arc::new(memory)).unwrap()
        };
        (side(), side())
    }

    #[test]
    fn what_was_gathered_is_there_until_it_was_sent() {
        let (mut worker, parent) = sides();
        assert_eq!(parent.read(), None);
        worker.begin(7, 3);
        let mut records = Vec::new();
        for n in 1..=200 {
            records.extend(std::iter::repeat_n(n, usize::from(n) % 13 + 1));
            assert!(worker.write(&records));
            let gathered = Gathered {
                sequence: 7,
                first: 3,
                records: records.clone(),
            };
            assert_eq!(parent.read(), Some(gathered));
        }
        worker.begin(7, 203);
        assert_eq!(parent.read(), None);
    }

    #[test]
    fn an_answer_that_is_too_large_is_not_there_and_those_before_it_stay() {
        let (mut worker, parent) = sides();
        worker.begin(1, 0);
        assert!(worker.write(&[1; 20]));
        assert!(!worker.write(&[1; SLATE_BYTES + 1]));
        assert_eq!(parent.read().unwrap().records, [1; 20]);
        assert!(worker.write(&[1; SLATE_BYTES]));
        assert_eq!(parent.read().unwrap().records.len(), SLATE_BYTES);
    }

    #[test]
    fn a_scribbled_slate_is_read_within_its_bounds() {
        let (worker, parent) = sides();
        for count in [u64::MAX, SLATE_BYTES as u64 + 1] {
            worker.word(COUNTED).store(count, Ordering::Release);
            assert_eq!(parent.read(), None);
        }
        worker.word(COUNTED).store(5, Ordering::Release);
        worker.word(FIRST).store(u64::MAX, Ordering::Release);
        assert_eq!(parent.read(), None);
    }
}
