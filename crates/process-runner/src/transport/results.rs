//! Where a worker's large results lie: memory that the worker writes, and lends its parent.
//!
//! The worker decides where a result lies, encodes it there, and tells its parent with the answer. From
//! then on the place is lent, under a number, until whoever has the value drops it. The parent says so by
//! counting, in a word for each number; the worker compares with its own count, and uses the place again:
//!
//! ```text
//!   worker: place ─▶ bytes ─▶ answer (number, place)      parent: lend ─▶ … ─▶ dropped ─▶ word + 1
//! ```
//!
//! The parent believes nothing of that: a number must not be lent already, a place must lie within the
//! memory. That a worker goes on writing where it has lent something cannot be kept from happening, so
//! bytes are only ever copied out, and each copy is looked at alone. They may be any bytes anyway.
//!
//! The memory belongs to whoever has a loan, so that it outlives the worker; no other worker gets it.

use std::fmt;
use std::ops::Range;
use std::os::fd::AsFd;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anypool_core::Lent;
use nix::errno::Errno;

use crate::sys::mapping::ForeignMemory;
use crate::sys::memory::{PAGE_BYTES, SharedMemory};
use crate::transport::budget::Budget;
use crate::transport::inputs::{REGION_BYTES, STEP_BYTES};
use crate::transport::region::{GIVEN_BACK, LOANS, RESULTS_END, SHARED_BYTES, TRIMMED};
use crate::wire::place::Loan;

mod worker;

pub(crate) use worker::ResultWriter;

/// A loan that no honest worker makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the worker lent a result that cannot be: {0}")]
pub(crate) struct Usury(&'static str);

/// The results of one worker, as its parent sees them.
#[derive(Debug)]
pub(crate) struct Results {
    memory: ForeignMemory,
    /// Where both sides tell each other.
    shared: Arc<SharedMemory>,
    budget: Arc<Budget>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// What is lent, by number.
    lent: [Option<Range<usize>>; LOANS],
    /// How often each number was given back.
    given_back: [u64; LOANS],
    trimmed: u64,
    /// Up to where results have been, as far as is known.
    touched: usize,
    used_at: Instant,
}

/// A result that is lent, until this is dropped.
pub(crate) struct ResultLease {
    results: Arc<Results>,
    number: usize,
    range: Range<usize>,
}

impl Results {
    /// The results that lie in `file` behind what is `shared`.
    pub(crate) fn map(
        file: impl AsFd,
        shared: Arc<SharedMemory>,
        budget: Arc<Budget>,
    ) -> Result<Arc<Self>, Errno> {
        let memory = ForeignMemory::map(file, results_range())?;
        let results = Self {
            memory,
            shared,
            budget,
            state: Mutex::new(State {
                lent: [const { None }; LOANS],
                given_back: [0; LOANS],
                trimmed: 0,
                touched: 0,
                used_at: Instant::now(),
            }),
        };
        results.set_end(&results.lock());
        Ok(Arc::new(results))
    }

    /// Takes up a loan.
    ///
    /// # Errors
    ///
    /// When it is none that an honest worker makes.
    pub(crate) fn lend(self: &Arc<Self>, loan: Loan) -> Result<ResultLease, Usury> {
        let range = loan.place.within(self.memory.len());
        let range = range.ok_or(Usury("it lies outside of the memory"))?;
        let mut state = self.lock();
        let number = usize::try_from(loan.number).unwrap_or(usize::MAX);
        let place = state
            .lent
            .get_mut(number)
            .ok_or(Usury("there is no such number"))?;
        if place.is_some() {
            return Err(Usury("its number is lent already"));
        }
        *place = Some(range.clone());
        let end = range.end.next_multiple_of(PAGE_BYTES);
        self.budget.charge(end.saturating_sub(state.touched));
        state.touched = state.touched.max(end);
        state.used_at = Instant::now();
        self.set_end(&state);
        drop(state);
        Ok(ResultLease {
            results: Arc::clone(self),
            number,
            range,
        })
    }

    /// How much memory they take, or have taken, as far as is known.
    pub(crate) fn bytes(&self) -> usize {
        self.lock().touched
    }

    /// When memory that is not needed is given back, if there is any.
    pub(crate) fn rests_at(&self, rest: Duration) -> Option<Instant> {
        let state = self.lock();
        let is_idle = state.touched > 0 && state.lent.iter().all(Option::is_none);
        is_idle.then(|| state.used_at + rest)
    }

    /// Gives back the memory behind the last result. The worker must have nothing to do.
    pub(crate) fn trim(&self) {
        let mut state = self.lock();
        let end = state.lent.iter().flatten().map(|lent| lent.end).max();
        let end = end.unwrap_or(0).next_multiple_of(PAGE_BYTES);
        // More than is known to be touched may have been, by results that came to nothing.
        let unused = end..self.memory.len();
        if state.touched > end && self.memory.give_back(unused).is_ok() {
            self.budget.give(state.touched - end);
            state.touched = end;
            state.trimmed += 1;
            self.shared.words()[TRIMMED].store(state.trimmed, Ordering::Relaxed);
            self.set_end(&state);
        }
    }

    /// Tells the worker how far results may go.
    fn set_end(&self, state: &State) {
        let end = match self.budget.is_used_up() {
            true => state.touched / STEP_BYTES * STEP_BYTES,
            false => self.memory.len(),
        };
        // Relaxed: nothing else hangs on it.
        self.shared.words()[RESULTS_END].store(end as u64, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Results {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.budget.give(state.touched);
    }
}

/// Where results lie in the file that a worker and its parent share.
pub(crate) fn results_range() -> Range<usize> {
    SHARED_BYTES..SHARED_BYTES + REGION_BYTES
}

impl Lent for ResultLease {
    fn len(&self) -> usize {
        self.range.len()
    }

    fn copy_out(&self, range: Range<usize>, into: &mut Vec<u8>) {
        let end = (self.range.start + range.end).min(self.range.end);
        let start = (self.range.start + range.start).min(end);
        self.results.memory.copy_out(start..end, into);
    }
}

impl Drop for ResultLease {
    fn drop(&mut self) {
        let mut state = self.results.lock();
        // First here: the worker may lend it again as soon as it sees the word.
        state.lent[self.number] = None;
        state.used_at = Instant::now();
        state.given_back[self.number] += 1;
        let count = state.given_back[self.number];
        let word = &self.results.shared.words()[GIVEN_BACK + self.number];
        // Release: the bytes have been read, and may be written again.
        word.store(count, Ordering::Release);
    }
}

impl fmt::Debug for ResultLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResultLease({}, {:?})", self.number, self.range)
    }
}

#[cfg(test)]
mod tests;
