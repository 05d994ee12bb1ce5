//! Where a worker's large inputs lie: memory that its parent writes, and that the worker can only read.
//!
//! The worker gets a descriptor that is open for reading alone, and closes it before any task runs. So
//! what a task does there, or a worker that has been taken over, is nothing: an input that comes back
//! unstarted is as it was, and can be given to another worker.
//!
//! An input has its place from the moment at which it is encoded until its item has ended or lies
//! elsewhere. Nobody else is told of that: the worker learns where it is with its request.

use std::fs::OpenOptions;
use std::ops::Range;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};

use crate::sys::mapping::WrittenMemory;
use crate::sys::memory::SharedMemory;
use crate::transport::budget::Budget;
use crate::transport::extents::Extents;
use crate::wire::place::Place;

/// How much memory the inputs of a worker, or its results, may take: room for two of the largest. It is
/// taken when it is needed.
pub(crate) const REGION_BYTES: usize = 1 << 31;

/// Memory is taken in steps of so many bytes.
pub(crate) const STEP_BYTES: usize = 64 * 1024;

/// Whether this process may have memory files of `bytes`: who makes one that is larger than files may be is
/// killed, and where the address space has a limit, the program needs it for itself.
pub(crate) fn may_have(bytes: usize) -> bool {
    let soft = |resource| getrlimit(resource).map_or(0, |(soft, _)| soft);
    soft(Resource::RLIMIT_FSIZE) >= bytes as u64 && soft(Resource::RLIMIT_AS) == RLIM_INFINITY
}

/// The inputs of one worker.
#[derive(Debug)]
pub(crate) struct Inputs {
    memory: WrittenMemory,
    budget: Arc<Budget>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    extents: Extents,
    /// Up to where memory has been taken.
    touched: usize,
    used_at: Instant,
}

/// An input's place, until this is dropped.
#[derive(Debug)]
pub(crate) struct InputLease {
    inputs: Arc<Inputs>,
    start: usize,
    room: usize,
    len: usize,
}

impl Inputs {
    /// The inputs of a new worker, and its descriptor for them.
    pub(crate) fn create(budget: Arc<Budget>) -> Result<(Arc<Self>, OwnedFd), Errno> {
        if !may_have(REGION_BYTES) {
            return Err(Errno::EFBIG);
        }
        let file = SharedMemory::create(REGION_BYTES)?;
        let path = format!("/proc/self/fd/{}", file.as_raw_fd());
        let theirs = OpenOptions::new().read(true).open(path);
        let theirs = theirs.map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(0)))?;
        let inputs = Self {
            memory: WrittenMemory::map(&file, 0..REGION_BYTES)?,
            budget,
            state: Mutex::new(State {
                extents: Extents::new(REGION_BYTES),
                touched: 0,
                used_at: Instant::now(),
            }),
        };
        Ok((Arc::new(inputs), theirs.into()))
    }

    /// A place for an input of `bytes`, which is yet to be written there.
    pub(crate) fn lease(self: &Arc<Self>, bytes: usize) -> Option<InputLease> {
        let (start, fresh) = {
            let mut state = self.lock();
            let start = state.extents.take(bytes)?;
            (start, self.touch(&mut state, start + bytes))
        };
        let lease = InputLease {
            inputs: Arc::clone(self),
            start,
            room: bytes,
            len: 0,
        };
        self.populate(fresh).then_some(lease)
    }

    /// How many inputs lie there.
    pub(crate) fn count(&self) -> usize {
        self.lock().extents.count()
    }

    /// How much memory they take, or have taken.
    pub(crate) fn bytes(&self) -> usize {
        self.lock().touched
    }

    /// When memory that is not needed is given back, if there is any.
    pub(crate) fn rests_at(&self, rest: Duration) -> Option<Instant> {
        let state = self.lock();
        let unused = state.touched > state.extents.end();
        (unused && state.extents.count() == 0).then(|| state.used_at + rest)
    }

    /// Gives back the memory behind the last input.
    pub(crate) fn trim(&self) {
        let mut state = self.lock();
        let unused = state.extents.end()..state.touched;
        // It is the lock that keeps it unused.
        if !unused.is_empty() && self.memory.give_back(unused.clone()).is_ok() {
            state.touched = unused.start;
            self.budget.give(unused.len());
        }
    }

    /// Notes that memory is needed up to `end`. Returns what is to be populated; `None` when the budget
    /// does not allow it.
    fn touch(&self, state: &mut State, end: usize) -> Option<Range<usize>> {
        state.used_at = Instant::now();
        let end = end.next_multiple_of(STEP_BYTES).min(REGION_BYTES);
        let fresh = state.touched..end.max(state.touched);
        if !self.budget.take(fresh.len()) {
            return None;
        }
        state.touched = fresh.end;
        Some(fresh)
    }

    /// Has the kernel find memory for `fresh`; false when there is none.
    fn populate(&self, fresh: Option<Range<usize>>) -> bool {
        let Some(fresh) = fresh else {
            return false;
        };
        if fresh.is_empty() || self.memory.populate(fresh.clone()).is_ok() {
            return true;
        }
        let mut state = self.lock();
        // Whoever comes next finds out anew.
        let given = state.touched.saturating_sub(fresh.start);
        state.touched -= given;
        self.budget.give(given);
        false
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inputs {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.budget.give(state.touched);
    }
}

impl InputLease {
    /// How many bytes the input has.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether it lies among `inputs`.
    pub(crate) fn lies_in(&self, inputs: &Arc<Inputs>) -> bool {
        Arc::ptr_eq(&self.inputs, inputs)
    }

    /// Where it lies, as its worker is told.
    pub(crate) fn place(&self) -> Place {
        Place {
            at: self.start as u64,
            len: self.len as u64,
        }
    }

    /// Appends to the input. False when there is no room.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> bool {
        let Some(needed) = self.len.checked_add(bytes.len()) else {
            return false;
        };
        if needed > self.room && !self.grow(needed) {
            return false;
        }
        self.inputs.memory.write(self.start + self.len, bytes);
        self.len = needed;
        true
    }

    /// The input is whole: gives back what it has too much.
    pub(crate) fn close(&mut self) {
        self.room = self.len;
        self.inputs.lock().extents.resize(self.start, self.len);
    }

    /// A copy of it among `inputs`; `None` when there is no room.
    pub(crate) fn copied_to(&self, inputs: &Arc<Inputs>) -> Option<Self> {
        let mut copy = inputs.lease(self.len)?;
        inputs
            .memory
            .copy_from(copy.start, &self.inputs.memory, self.range());
        copy.len = self.len;
        Some(copy)
    }

    /// Appends its bytes to `into`.
    pub(crate) fn copy_out(&self, into: &mut Vec<u8>) {
        self.inputs.memory.copy_out(self.range(), into);
    }

    fn range(&self) -> Range<usize> {
        self.start..self.start + self.len
    }

    /// Makes room for `needed` bytes and some that may follow, here or elsewhere.
    fn grow(&mut self, needed: usize) -> bool {
        let ample = needed.max(self.room.saturating_mul(2));
        for room in [ample, needed] {
            let mut state = self.inputs.lock();
            if !state.extents.resize(self.start, room) {
                continue;
            }
            let fresh = self.inputs.touch(&mut state, self.start + room);
            drop(state);
            if self.inputs.populate(fresh) {
                self.room = room;
                return true;
            }
        }
        let Some(mut moved) = self
            .inputs
            .lease(ample)
            .or_else(|| self.inputs.lease(needed))
        else {
            return false;
        };
        let memory = &self.inputs.memory;
        memory.copy_from(moved.start, memory, self.range());
        moved.len = self.len;
        // The old place is given back.
        *self = moved;
        true
    }
}

impl Drop for InputLease {
    fn drop(&mut self) {
        let mut state = self.inputs.lock();
        state.extents.give(self.start);
        state.used_at = Instant::now();
    }
}

#[cfg(test)]
mod tests;
