//! Where other threads leave things for the supervisor: jobs from those who submit, messages from the
//! threads that read the control plane, orders to stop.
//!
//! Whoever leaves something wakes the supervisor only if it sleeps: it says so (`asleep`) under the
//! lock, having seen that nothing is there.

use std::os::fd::{AsFd, BorrowedFd};
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
    /// A message came over a worker's control plane.
    Control(WorkerKey, Vec<u8>),
    /// No more will come over it.
    ControlEnded(WorkerKey),
    /// The output courier has room again.
    OutputRoom,
    /// All workers are to get a signal.
    Signal(Signal),
    /// The pool is to stop.
    Stop(StopOrder),
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
        state.mail.push(mail);
        self.wake(state);
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

    /// How many jobs wait.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiting
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
mod tests {
    use std::time::Duration;

    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    use super::*;
    use crate::parcel::tests::Keeper;

    fn rings(inbox: &Inbox) -> bool {
        let mut watched = [PollFd::new(inbox.as_fd(), PollFlags::POLLIN)];
        poll(&mut watched, PollTimeout::ZERO) == Ok(1)
    }

    #[test]
    fn the_bell_rings_only_for_a_sleeper() {
        let inbox = Inbox::new(10).unwrap();
        inbox.post(Mail::OutputRoom);
        assert!(!rings(&inbox), "nobody sleeps");
        assert_eq!(inbox.take().1.len(), 1);
        inbox.post(Mail::OutputRoom);
        assert!(!rings(&inbox), "something was taken, so it looks again");
        inbox.take();
        assert!(inbox.take().1.is_empty());
        inbox.post(Mail::OutputRoom);
        assert!(rings(&inbox));
        inbox.wake_up();
        assert!(!rings(&inbox));
    }

    #[test]
    fn taking_jobs_leaves_the_mail_and_a_sleeper_asleep() {
        let inbox = Inbox::new(10).unwrap();
        inbox.take();
        assert!(inbox.take_parcels().is_empty());
        inbox.post(Mail::OutputRoom);
        assert!(rings(&inbox));
        assert_eq!(inbox.submit(vec![Keeper::new().chunk(1)]).ok(), Some(()));
        assert_eq!(inbox.take_parcels().len(), 1);
        assert_eq!(inbox.take().1.len(), 1);
    }

    #[test]
    fn a_full_queue_refuses_or_waits_until_there_is_room() {
        let inbox = Inbox::new(2).unwrap();
        assert_eq!(inbox.reserve(5, Patience::None), Ok(()), "it was empty");
        inbox.release(4, 0);
        assert_eq!(inbox.reserve(1, Patience::None), Ok(()));
        let full = Err(SubmitError::QueueFull { limit: 2 });
        assert_eq!(inbox.reserve(1, Patience::None), full);
        let soon = Instant::now() + Duration::from_millis(5);
        assert_eq!(inbox.reserve(1, Patience::Until(soon)), full);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| inbox.reserve(1, Patience::Endless));
            inbox.adjust(-1, 0);
            assert_eq!(waiting.join().unwrap(), Ok(()));
            let waiting = scope.spawn(|| inbox.reserve(1, Patience::Endless));
            inbox.close(SubmitError::Shutdown);
            assert_eq!(waiting.join().unwrap(), Err(SubmitError::Shutdown));
        });
        assert_eq!(inbox.waiting(), 2);
    }

    #[test]
    fn nothing_gets_in_after_it_was_closed_and_the_first_reason_stays() {
        let inbox = Inbox::new(10).unwrap();
        assert_eq!(inbox.reserve(1, Patience::None), Ok(()));
        inbox.close(SubmitError::Shutdown);
        inbox.close(SubmitError::PoolFailed {
            reason: "later".to_owned(),
        });
        let (reason, parcels) = inbox.submit(vec![Keeper::new().chunk(1)]).unwrap_err();
        assert_eq!((reason, parcels.len()), (SubmitError::Shutdown, 1));
        assert!(inbox.take().0.is_empty());
    }
}
