//! Where other threads leave things for the supervisor: jobs from those who submit, word of room
//! from the courier of outputs, orders to stop.
//!
//! Whoever leaves something wakes the supervisor only if it sleeps: it says so (`asleep`) under the
//! lock, having seen that nothing is there.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::mpsc::SyncSender;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anypool_core::{Patience, SubmitError};
use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signal::Signal;

use crate::parcel::Parcel;

/// How many bytes of encoded inputs may wait.
const MAX_WAITING_BYTES: usize = 1 << 30;

/// A worker's number, never used twice.
pub(crate) type WorkerKey = u64;

/// What is left for the supervisor beside jobs.
#[derive(Debug)]
pub(crate) enum Mail {
    /// The output courier has room again.
    OutputRoom,
    /// All workers are to get a signal.
    Signal(Signal),
    /// A job was withdrawn between two attempts.
    Withdrawn,
    /// What a worker was given under this sequence is to end.
    Kill(WorkerKey, u64),
    /// The pool is to be held; the answer comes when it is.
    Suspend(SyncSender<()>),
    /// It is to go on.
    Resume,
    /// A courier that was told that no more comes has run what it had.
    CourierEnded(Errands),
    /// Somebody wants the pool's figures.
    Census,
    /// The pool is to stop.
    Stop(StopOrder),
}

/// What one of a pool's couriers is sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errands {
    /// Writing output, and settling jobs in its order.
    Deliveries,
    /// Telling events.
    Events,
    /// Calling callbacks.
    Callbacks,
}

/// How a pool is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopOrder {
    /// When all accepted work is done.
    Drain,
    /// At once: cancel what waits, end what runs.
    Now,
}

/// The place itself.
#[derive(Debug)]
pub(crate) struct Inbox {
    state: Mutex<State>,
    room: Condvar,
    bell: EventFd,
    limit: usize,
}

#[derive(Debug, Default)]
struct State {
    parcels: Vec<Parcel>,
    mail: Vec<Mail>,
    /// Jobs and bytes that were accepted and have not been given to a worker.
    waiting: usize,
    waiting_bytes: usize,
    closed: Option<SubmitError>,
    asleep: bool,
    /// Whether nobody reads mail any more.
    retired: bool,
}

impl Inbox {
    pub(crate) fn new(limit: usize) -> Result<Self, Errno> {
        Ok(Self {
            state: Mutex::default(),
            room: Condvar::new(),
            bell: EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?,
            limit,
        })
    }

    /// Takes places in the queue for `jobs` jobs.
    pub(crate) fn reserve(&self, jobs: usize, patience: Patience) -> Result<(), SubmitError> {
        let mut state = self.lock();
        loop {
            if let Some(reason) = &state.closed {
                return Err(reason.clone());
            }
            // A chunk that is larger than the queue gets in when the queue is empty.
            let fits = state.waiting + jobs <= self.limit || state.waiting == 0;
            if fits && state.waiting_bytes < MAX_WAITING_BYTES {
                state.waiting += jobs;
                return Ok(());
            }
            let limit = self.limit;
            let full = SubmitError::QueueFull { limit };
            state = match patience {
                Patience::None => return Err(full),
                Patience::Endless => self
                    .room
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Patience::Until(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(full);
                    }
                    let waited = self.room.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Leaves jobs for which places were reserved.
    pub(crate) fn submit(&self, parcels: Vec<Parcel>) -> Result<(), (SubmitError, Vec<Parcel>)> {
        let mut state = self.lock();
        if let Some(reason) = &state.closed {
            return Err((reason.clone(), parcels));
        }
        state.waiting_bytes += parcels.iter().map(Parcel::total_bytes).sum::<usize>();
        state.parcels.extend(parcels);
        self.wake(state);
        Ok(())
    }

    /// Gives places in the queue back.
    pub(crate) fn release(&self, jobs: usize, bytes: usize) {
        let mut state = self.lock();
        state.waiting = state.waiting.saturating_sub(jobs);
        state.waiting_bytes = state.waiting_bytes.saturating_sub(bytes);
        drop(state);
        self.room.notify_all();
    }

    /// Notes that more jobs and bytes wait, or, for negative figures, that fewer do.
    pub(crate) fn adjust(&self, jobs: i64, bytes: i64) {
        if (jobs, bytes) == (0, 0) {
            return;
        }
        let mut state = self.lock();
        state.waiting = changed(state.waiting, jobs);
        state.waiting_bytes = changed(state.waiting_bytes, bytes);
        drop(state);
        self.room.notify_all();
    }

    /// Leaves a message.
    pub(crate) fn post(&self, mail: Mail) {
        let mut state = self.lock();
        if !state.retired {
            state.mail.push(mail);
            self.wake(state);
        }
    }

    /// Drops all mail, now and from now on. Nothing waits any more.
    pub(crate) fn retire(&self) {
        let mut state = self.lock();
        state.retired = true;
        state.mail.clear();
        (state.waiting, state.waiting_bytes) = (0, 0);
    }

    /// Accepts no more jobs, for `reason`; the first reason stays. Those who wait are told.
    pub(crate) fn close(&self, reason: SubmitError) {
        self.lock().closed.get_or_insert(reason);
        self.room.notify_all();
    }

    /// Takes everything out. When there is nothing, notes that the supervisor goes to sleep.
    pub(crate) fn take(&self) -> (Vec<Parcel>, Vec<Mail>) {
        let mut state = self.lock();
        let taken = (
            std::mem::take(&mut state.parcels),
            std::mem::take(&mut state.mail),
        );
        state.asleep = taken.0.is_empty() && taken.1.is_empty();
        taken
    }

    /// Takes the jobs out; the mail stays, to be read in its order.
    pub(crate) fn take_parcels(&self) -> Vec<Parcel> {
        std::mem::take(&mut self.lock().parcels)
    }

    /// Notes that the supervisor is awake, and silences the bell.
    pub(crate) fn wake_up(&self) {
        self.lock().asleep = false;
        // Nothing to read means that something else woke it.
        let _ = self.bell.read();
    }

    /// How many jobs wait, and how many bytes of encoded inputs.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        let state = self.lock();
        (state.waiting, state.waiting_bytes)
    }

    fn wake(&self, mut state: MutexGuard<'_, State>) {
        if std::mem::take(&mut state.asleep) {
            drop(state);
            // Full means that it rings already.
            let _ = self.bell.write(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn changed(count: usize, by: i64) -> usize {
    let amount = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
    if by < 0 {
        count.saturating_sub(amount)
    } else {
        count.saturating_add(amount)
    }
}

impl AsFd for Inbox {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}

#[cfg(test)]
mod tests;
