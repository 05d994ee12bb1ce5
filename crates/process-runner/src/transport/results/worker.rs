//! The worker's side: it encodes a result where its parent will read it.

use std::ops::Range;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anypool_core::Annex;
use nix::errno::Errno;

use crate::fault::{self, Point};
use crate::sys::mapping::WrittenMemory;
use crate::sys::memory::SharedMemory;
use crate::transport::extents::Extents;
use crate::transport::inputs::STEP_BYTES;
use crate::transport::region::{GIVEN_BACK, LARGE_BYTES, LOANS, RESULTS_END, TRIMMED};
use crate::transport::results::results_range;
use crate::wire::place::{Loan, Place};

/// Where results are written.
#[derive(Debug)]
pub(crate) struct ResultWriter {
    memory: WrittenMemory,
    shared: Arc<SharedMemory>,
    extents: Extents,
    /// For each number, where what is lent begins, and how often it has been lent.
    lent: [(Option<usize>, u64); LOANS],
    /// The result that is being written.
    current: Option<Current>,
    /// Up to where memory has been found.
    touched: usize,
    trimmed: u64,
}

#[derive(Debug)]
struct Current {
    start: usize,
    room: usize,
    len: usize,
}

impl ResultWriter {
    /// The writer for the results in `file`, behind what is `shared`.
    pub(crate) fn map(file: impl AsFd, shared: Arc<SharedMemory>) -> Result<Self, Errno> {
        let range = results_range();
        Ok(Self {
            extents: Extents::new(range.len()),
            memory: WrittenMemory::map(file, range)?,
            shared,
            lent: [(None, 0); LOANS],
            current: None,
            touched: 0,
            trimmed: 0,
        })
    }

    /// Lends the result that was written; `None` when none was.
    pub(crate) fn lend(&mut self) -> Option<Loan> {
        let current = self.current.take()?;
        self.extents.resize(current.start, current.len);
        let number = self.lent.iter().position(|(lent, _)| lent.is_none())?;
        let (lent, count) = &mut self.lent[number];
        *lent = Some(current.start);
        *count += 1;
        Some(Loan {
            number: u32::try_from(number).ok()?,
            place: Place {
                at: current.start as u64,
                len: current.len as u64,
            },
        })
    }

    /// Takes back what the parent needs no more.
    fn collect(&mut self) {
        let words = &self.shared.words()[GIVEN_BACK..GIVEN_BACK + LOANS];
        for ((lent, count), word) in self.lent.iter_mut().zip(words) {
            // Acquire: the parent has read what it gives back.
            if lent.is_some() && word.load(Ordering::Acquire) == *count {
                self.extents.give(lent.take().unwrap_or_default());
            }
        }
        let trimmed = self.shared.words()[TRIMMED].load(Ordering::Relaxed);
        if trimmed != self.trimmed {
            (self.trimmed, self.touched) = (trimmed, 0);
        }
    }

    /// A place for a result that begins with `bytes` bytes.
    fn begin(&mut self, bytes: usize) -> Option<Current> {
        self.collect();
        // One that could not be lent would have been written for nothing.
        self.lent.iter().position(|(lent, _)| lent.is_none())?;
        let start = self.extents.take(bytes)?;
        let current = Current {
            start,
            room: bytes,
            len: 0,
        };
        if self.populate(start..start + bytes) {
            return Some(current);
        }
        self.extents.give(start);
        None
    }

    /// Makes room for `needed` bytes and some that may follow, here or elsewhere.
    fn grow(&mut self, current: &mut Current, needed: usize) -> bool {
        let ample = needed.max(current.room.saturating_mul(2));
        for room in [ample, needed] {
            let (start, end) = (current.start, current.start.saturating_add(room));
            if self.extents.resize(start, room) && self.populate(start..end) {
                current.room = room;
                return true;
            }
        }
        let Some(start) = self.extents.take(ample) else {
            return false;
        };
        if !self.populate(start..start + ample) {
            self.extents.give(start);
            return false;
        }
        let memory = &self.memory;
        memory.copy_from(start, memory, current.start..current.start + current.len);
        self.extents.give(current.start);
        (current.start, current.room) = (start, ample);
        true
    }

    /// Has the kernel find memory up to the end of `range`; false when it may not be, or there is none.
    fn populate(&mut self, range: Range<usize>) -> bool {
        let end = range.end.next_multiple_of(STEP_BYTES);
        let most = self.shared.words()[RESULTS_END].load(Ordering::Relaxed);
        if usize::try_from(most).is_ok_and(|most| end > most) {
            return false;
        }
        if end <= self.touched {
            return true;
        }
        let found = self.memory.populate(self.touched..end).is_ok();
        if found {
            self.touched = end;
        }
        found
    }
}

impl Annex for ResultWriter {
    fn threshold(&self) -> usize {
        LARGE_BYTES
    }

    fn append(&mut self, bytes: &[u8]) -> bool {
        let (current, is_new) = match self.current.take() {
            Some(current) => (Some(current), false),
            None => (self.begin(bytes.len()), true),
        };
        let Some(mut current) = current else {
            return false;
        };
        let needed = current.len.saturating_add(bytes.len());
        let fits = needed <= current.room || self.grow(&mut current, needed);
        if fits {
            let half = bytes.len() / 2;
            self.memory
                .write(current.start + current.len, &bytes[..half]);
            fault::reach(Point::WorkerLending);
            self.memory
                .write(current.start + current.len + half, &bytes[half..]);
            current.len = needed;
        }
        debug_assert!(
            fits || !is_new,
            "a new place has room for what it was taken for"
        );
        self.current = Some(current);
        fits
    }

    fn take_out(&mut self, into: &mut Vec<u8>) {
        if let Some(current) = self.current.take() {
            self.memory
                .copy_out(current.start..current.start + current.len, into);
            self.extents.give(current.start);
        }
    }

    fn clear(&mut self) {
        if let Some(current) = self.current.take() {
            self.extents.give(current.start);
        }
    }
}
