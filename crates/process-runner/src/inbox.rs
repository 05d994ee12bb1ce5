//! Where other threads leave things for the supervisor: jobs from those who submit, word of room
//! from the courier of outputs, orders to stop.
//!
//! Whoever leaves something wakes the supervisor only if it sleeps: it says so (`asleep`) under the
//! lock, having seen that nothing is there.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use anypool_core::{Patience, SubmitError};
use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};

use crate::attend::Attend;
use crate::mail::Mail;
use crate::parcel::{Parcel, Parcels};

/// How many bytes of encoded inputs may wait.
const MAX_WAITING_BYTES: usize = 1 << 30;

pub(crate) use crate::attend::WorkerKey;

/// The place itself.
pub(crate) struct Inbox {
    state: Mutex<State>,
    room: Condvar,
    bell: EventFd,
    limit: usize,
    /// Who lets other threads do the pool's work.
    floor: OnceLock<Weak<dyn Attend>>,
}

#[derive(Debug, Default)]
struct State {
    parcels: Vec<Parcel>,
    mail: Vec<Mail>,
    /// Jobs and bytes that were accepted and have not been given to a worker.
    waiting: usize,
    waiting_bytes: usize,
    /// How many threads sleep until there is room.
    sleepers: usize,
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
            floor: OnceLock::new(),
        })
    }

    /// Lets threads that wait for a job turn to `floor`.
    pub(crate) fn lead_to(&self, floor: Weak<dyn Attend>) {
        // There is one floor for an inbox.
        let _ = self.floor.set(floor);
    }

    /// Where threads that wait for a job may turn to.
    pub(crate) fn floor(&self) -> Option<Arc<dyn Attend>> {
        self.floor.get()?.upgrade()
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
            let left = match patience {
                Patience::None => Some(Duration::ZERO),
                Patience::Endless => None,
                Patience::Until(at) => Some(at.saturating_duration_since(Instant::now())),
            };
            if left == Some(Duration::ZERO) {
                return Err(SubmitError::QueueFull { limit: self.limit });
            }
            state = self.await_room(state, left);
        }
    }

    fn await_room<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        left: Option<Duration>,
    ) -> MutexGuard<'a, State> {
        state.sleepers += 1;
        let mut state = match left {
            None => self
                .room
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner),
            Some(left) => {
                let waited = self.room.wait_timeout(state, left);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
        state.sleepers -= 1;
        state
    }

    /// Tells those who wait for room to look again. To wake nobody would cost a system call all the same.
    fn tell_of_room(&self, state: MutexGuard<'_, State>) {
        let anybody = state.sleepers > 0;
        drop(state);
        if anybody {
            self.room.notify_all();
        }
    }

    /// Leaves jobs for which places were reserved; when it is closed, they stay where they are.
    pub(crate) fn submit(&self, parcels: &mut Parcels) -> Result<(), SubmitError> {
        let mut state = self.lock();
        if let Some(reason) = &state.closed {
            return Err(reason.clone());
        }
        state.waiting_bytes += parcels.iter().map(Parcel::total_bytes).sum::<usize>();
        state.parcels.extend(parcels.drain(..));
        self.wake(state);
        Ok(())
    }

    /// Counts bytes of jobs for which places were reserved, and which go past the inbox, and takes out those
    /// that have come before, as [`Inbox::take`] does. False when it is closed.
    pub(crate) fn pass(&self, bytes: usize, before: &mut Vec<Parcel>) -> bool {
        let mut state = self.lock();
        if state.closed.is_some() {
            return false;
        }
        state.waiting_bytes += bytes;
        std::mem::swap(&mut state.parcels, before);
        true
    }

    /// Gives places in the queue back.
    pub(crate) fn release(&self, jobs: usize, bytes: usize) {
        let mut state = self.lock();
        state.waiting = state.waiting.saturating_sub(jobs);
        state.waiting_bytes = state.waiting_bytes.saturating_sub(bytes);
        self.tell_of_room(state);
    }

    /// Notes that more jobs and bytes wait, or, for negative figures, that fewer do.
    pub(crate) fn adjust(&self, jobs: i64, bytes: i64) {
        if (jobs, bytes) == (0, 0) {
            return;
        }
        let mut state = self.lock();
        state.waiting = changed(state.waiting, jobs);
        state.waiting_bytes = changed(state.waiting_bytes, bytes);
        self.tell_of_room(state);
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
        let mut state = self.lock();
        state.closed.get_or_insert(reason);
        self.tell_of_room(state);
    }

    /// Takes everything out: jobs into an empty list, the memory of which serves those that come next. When
    /// there is nothing, notes that the supervisor goes to sleep.
    pub(crate) fn take(&self, parcels: &mut Vec<Parcel>) -> Vec<Mail> {
        let mut state = self.lock();
        std::mem::swap(&mut state.parcels, parcels);
        let mail = std::mem::take(&mut state.mail);
        state.asleep = parcels.is_empty() && mail.is_empty();
        mail
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

    /// Wakes the supervisor, to look after what has changed.
    pub(crate) fn nudge(&self) {
        self.wake(self.lock());
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

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl AsFd for Inbox {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}

#[cfg(test)]
mod tests;
