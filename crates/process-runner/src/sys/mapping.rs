//! Mapped memory in which large payloads lie: one of two processes writes there, the other one reads.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::os::fd::AsFd;
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::errno::Errno;
use nix::libc::off_t;
use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap, munmap};

use crate::sys::memory::PAGE_BYTES;

const WORD_BYTES: usize = size_of::<AtomicU64>();

/// How many words are copied at a time, which stay in the nearest cache.
const BLOCK_WORDS: usize = 512;

/// A mapping of a part of a memory file. Only what is written takes memory.
#[derive(Debug)]
struct Mapped {
    start: NonNull<c_void>,
    bytes: NonZeroUsize,
}

// SAFETY: the memory is the process's, not a thread's; what is done with it is said by the types below.
unsafe impl Send for Mapped {}
// SAFETY: as above.
unsafe impl Sync for Mapped {}

/// The side that writes.
#[derive(Debug)]
pub(crate) struct WrittenMemory(Mapped);

/// The side of whoever trusts the one that writes.
#[derive(Debug)]
pub(crate) struct TrustedMemory(Mapped);

/// The side of whoever does not: every byte may change at any time.
#[derive(Debug)]
pub(crate) struct ForeignMemory(Mapped);

impl Mapped {
    fn new(memory: impl AsFd, range: Range<usize>, protection: ProtFlags) -> Result<Self, Errno> {
        let bytes = NonZeroUsize::new(range.len()).ok_or(Errno::EINVAL)?;
        let from = off_t::try_from(range.start).map_err(|_| Errno::EFBIG)?;
        let flags = MapFlags::MAP_SHARED | MapFlags::MAP_NORESERVE;
        // SAFETY: a new mapping at a place of the kernel's choice touches no memory of ours.
        let start = unsafe { mmap(None, bytes, protection, flags, memory, from) }?;
        Ok(Self { start, bytes })
    }

    /// Where byte `at` is, from which on `len` bytes are within the mapping.
    ///
    /// # Panics
    ///
    /// When they are not, which is a bug of ours: what others say is checked before.
    fn place(&self, at: usize, len: usize) -> NonNull<u8> {
        let end = at.checked_add(len);
        assert!(
            end.is_some_and(|end| end <= self.bytes.get()),
            "{len} bytes at {at} are not in {} bytes of memory",
            self.bytes
        );
        // SAFETY: the place is within the mapping, or right behind its end.
        unsafe { self.start.cast::<u8>().add(at) }
    }

    fn advise(&self, range: Range<usize>, advice: MmapAdvise) -> Result<(), Errno> {
        let place = self.place(range.start, range.len());
        // SAFETY: the pages are this mapping's, and both kinds of advice that are given here leave it one
        // of readable bytes.
        unsafe { madvise(place.cast(), range.len(), advice) }
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: `new` made the mapping, and no reference into it outlives `self`.
        let unmapped = unsafe { munmap(self.start, self.bytes.get()) };
        debug_assert_eq!(unmapped, Ok(()));
    }
}

impl WrittenMemory {
    /// Maps `range` of `memory`.
    pub(crate) fn map(memory: impl AsFd, range: Range<usize>) -> Result<Self, Errno> {
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        Mapped::new(memory, range, protection).map(Self)
    }

    /// Has the kernel find memory for whole pages. Without this, writing there would be what finds out that
    /// there is none, and would end the process.
    pub(crate) fn populate(&self, range: Range<usize>) -> Result<(), Errno> {
        match self.0.advise(range, MmapAdvise::MADV_POPULATE_WRITE) {
            // A kernel before 5.14, which finds the memory when it is written to.
            Err(Errno::EINVAL) => Ok(()),
            populated => populated,
        }
    }

    /// Gives the memory of whole pages back; they are zero from then on.
    pub(crate) fn give_back(&self, range: Range<usize>) -> Result<(), Errno> {
        self.0.advise(range, MmapAdvise::MADV_REMOVE)
    }

    /// Copies `bytes` to byte `at` and those behind it. Who writes there is the caller's to know.
    pub(crate) fn write(&self, at: usize, bytes: &[u8]) {
        let place = self.0.place(at, bytes.len());
        // SAFETY: the place is within the mapping; `bytes` are not, since nothing here lends any of it; and
        // no reference is to what is written in this process, as only `TrustedMemory` gives some.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), place.as_ptr(), bytes.len()) };
    }

    /// Copies `range` of `other`, which is another mapping, to byte `at` and those behind it.
    pub(crate) fn copy_from(&self, at: usize, other: &Self, range: Range<usize>) {
        let from = other.0.place(range.start, range.len());
        let place = self.0.place(at, range.len());
        // SAFETY: both places are within their mappings, which may be the same, and there are no references
        // to either.
        unsafe { ptr::copy(from.as_ptr(), place.as_ptr(), range.len()) };
    }

    /// Appends the bytes in `range` to `into`.
    pub(crate) fn copy_out(&self, range: Range<usize>, into: &mut Vec<u8>) {
        copy_words(&self.0, range, into);
    }
}

impl TrustedMemory {
    /// Maps `range` of `memory`, which may be open for reading alone.
    pub(crate) fn map(memory: impl AsFd, range: Range<usize>) -> Result<Self, Errno> {
        Mapped::new(memory, range, ProtFlags::PROT_READ).map(Self)
    }

    /// The bytes in `range`; `None` when it is not within the memory. The other side leaves them alone as
    /// long as this side is told that they are its to read.
    pub(crate) fn bytes(&self, range: Range<usize>) -> Option<&[u8]> {
        if range.start > range.end || range.end > self.0.bytes.get() {
            return None;
        }
        let place = self.0.place(range.start, range.len());
        // SAFETY: the bytes are within the mapping, which lives as long as `self` and cannot shrink; any
        // bytes are valid; who writes them is trusted not to do so meanwhile.
        Some(unsafe { slice::from_raw_parts(place.as_ptr(), range.len()) })
    }
}

impl ForeignMemory {
    /// Maps `range` of `memory`.
    pub(crate) fn map(memory: impl AsFd, range: Range<usize>) -> Result<Self, Errno> {
        // Writable, since memory is given back by who may write.
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        Mapped::new(memory, range, protection).map(Self)
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.0.bytes.get()
    }

    /// Appends the bytes in `range` to `into`, as they are at this moment; each is read once.
    pub(crate) fn copy_out(&self, range: Range<usize>, into: &mut Vec<u8>) {
        copy_words(&self.0, range, into);
    }

    /// Gives the memory of whole pages back; they are zero from then on.
    pub(crate) fn give_back(&self, range: Range<usize>) -> Result<(), Errno> {
        self.0.advise(range, MmapAdvise::MADV_REMOVE)
    }
}

/// Copies memory that may change meanwhile, by the word.
fn copy_words(mapped: &Mapped, range: Range<usize>, into: &mut Vec<u8>) {
    if range.is_empty() {
        return;
    }
    // Mappings begin and end between words.
    let first = range.start / WORD_BYTES * WORD_BYTES;
    let last = range.end.next_multiple_of(WORD_BYTES);
    let place = mapped.place(first, last - first);
    let count = (last - first) / WORD_BYTES;
    // SAFETY: the words are within the mapping, aligned as it is, live as long as it, and are valid atomics
    // whatever their bytes. Who else writes there is another process, whose stores these loads may see.
    let words = unsafe { slice::from_raw_parts(place.cast::<AtomicU64>().as_ptr(), count) };
    into.reserve(range.len());
    let mut skipped = range.start - first;
    let mut left = range.len();
    let mut block = [[0; WORD_BYTES]; BLOCK_WORDS];
    for words in words.chunks(BLOCK_WORDS) {
        for (bytes, word) in block.iter_mut().zip(words) {
            *bytes = word.load(Ordering::Relaxed).to_le_bytes();
        }
        let bytes = block[..words.len()].as_flattened();
        let bytes = &bytes[skipped..bytes.len().min(skipped + left)];
        into.extend_from_slice(bytes);
        left -= bytes.len();
        skipped = 0;
    }
}

const _: () = assert!(PAGE_BYTES.is_multiple_of(WORD_BYTES));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::memory::SharedMemory;

    #[test]
    fn what_one_side_writes_the_others_read() {
        let file = SharedMemory::create(4 * PAGE_BYTES).unwrap();
        let range = PAGE_BYTES..4 * PAGE_BYTES;
        let written = WrittenMemory::map(&file, range.clone()).unwrap();
        let trusted = TrustedMemory::map(&file, range.clone()).unwrap();
        let foreign = ForeignMemory::map(&file, range).unwrap();
        let bytes: Vec<u8> = (0..=255).cycle().take(9_000).collect();
        written.populate(0..2 * PAGE_BYTES).unwrap();
        written.write(40, &bytes);
        for part in [0..9_000, 0..1, 5..8_999, 17..17, 8..4_104, 3..4_099] {
            let there = part.start + 40..part.end + 40;
            assert_eq!(trusted.bytes(there.clone()), Some(&bytes[part.clone()]));
            let mut copies = [b"before".to_vec(), b"before".to_vec()];
            foreign.copy_out(there.clone(), &mut copies[0]);
            written.copy_out(there, &mut copies[1]);
            for copy in copies {
                assert_eq!(
                    (&copy[..6], &copy[6..]),
                    (&b"before"[..], &bytes[part.clone()])
                );
            }
        }
        foreign.give_back(0..PAGE_BYTES).unwrap();
        assert_eq!(trusted.bytes(100..104), Some(&[0; 4][..]));
        assert_eq!(trusted.bytes(0..3 * PAGE_BYTES + 1), None);
    }
}
