//! Who acts for a pool: one thread at a time, the one that has the *floor*.
//!
//! All that the supervisor knows lies behind one lock. Its own thread has the floor whenever something
//! happens that nobody waits for; while it sleeps, others take the floor for a moment:
//!
//! - who submits a job gives it to a worker at once, and
//! - who waits for a job reads its worker's answers and has what follows sent. Such a thread *leads* that
//!   worker: it watches the worker's ring awake for a moment, then sleeps until the worker wakes it.
//!
//! So a job costs no way from thread to thread and back, each of which is a wake. Nobody waits for the
//! floor to submit: if it is taken, the job goes to the inbox. What only the supervisor's thread does (new
//! workers, limits, the end) it is woken for, by [`Supervisor::is_stirred`].
//!
//! A leader sleeps outside of the lock. Whoever has the floor meanwhile wakes it when its request has
//! ended some other way. And when it goes, the supervisor's thread is the one to be woken again.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use anypool_core::catch;
use nix::sys::signal::{SigSet, Signal};

use crate::acting::{Acting, PoolAddress};
use crate::attend::{Attend, Wait};
use crate::inbox::{Inbox, WorkerKey};
use crate::owed;
use crate::parcel::Parcels;
use crate::report::Shared;
use crate::supervisor::glances::LOOK;
use crate::supervisor::guests::LastBuried;
use crate::supervisor::leading::Lead;
use crate::supervisor::poller::Poller;
use crate::supervisor::run::Turn;
use crate::supervisor::state::Supervisor;

/// A pool's floor.
pub(crate) struct Floor {
    address: PoolAddress,
    inbox: Arc<Inbox>,
    /// Whether other threads than the pool's own may take it.
    is_open: bool,
    last_buried: LastBuried,
    /// `None` when the pool has ended.
    supervisor: Mutex<Option<Supervisor>>,
}

impl Floor {
    pub(crate) fn new(supervisor: Supervisor, shared: &Arc<Shared>, inbox: &Arc<Inbox>) -> Self {
        Self {
            address: Arc::as_ptr(shared).addr(),
            inbox: Arc::clone(inbox),
            is_open: supervisor.is_open(),
            last_buried: supervisor.guests.last_buried.clone(),
            supervisor: Mutex::new(Some(supervisor)),
        }
    }

    /// The floor of a pool that has ended.
    #[cfg(test)]
    pub(crate) fn vacant() -> Self {
        Self {
            address: 0,
            inbox: Arc::new(Inbox::new(1).expect("the kernel has room")),
            is_open: false,
            last_buried: LastBuried::default(),
            supervisor: Mutex::default(),
        }
    }

    /// Runs the pool until it has ended.
    pub(crate) fn run(&self) {
        // A worker that dies while it is written to must not end a program that has made `SIGPIPE`
        // deadly. The threads that this one starts inherit the mask.
        let mut pipe = SigSet::empty();
        pipe.add(Signal::SIGPIPE);
        let _ = pipe.thread_block();
        let mut turn = self.take_turn(|supervisor| {
            supervisor.begin();
            supervisor.turn(Ok(Vec::new()))
        });
        while let Some((poller, deadline)) = turn {
            let events = poller.wait(deadline);
            turn = self.take_turn(|supervisor| supervisor.turn(events));
        }
    }

    /// Takes the floor and does a turn; `None` when it was the last.
    fn take_turn(
        &self,
        turn: impl FnOnce(&mut Supervisor) -> Turn,
    ) -> Option<(Arc<Poller>, Option<Instant>)> {
        let mut floor = self
            .supervisor
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let _acting = Acting::begin(self.address);
        match self.act(&mut floor, turn)? {
            Turn::Sleep(poller, deadline) => Some((poller, deadline)),
            Turn::Over => {
                if let Some(supervisor) = floor.take() {
                    supervisor.finish();
                }
                None
            }
        }
    }

    /// Acts for the pool. Should this thread panic, the pool has failed.
    fn act<R>(
        &self,
        floor: &mut MutexGuard<'_, Option<Supervisor>>,
        act: impl FnOnce(&mut Supervisor) -> R,
    ) -> Option<R> {
        let supervisor = floor.as_mut()?;
        owed::watch_panics();
        // Nothing of the supervisor is used afterwards but to be let go of.
        let acted = catch(AssertUnwindSafe(|| act(supervisor)));
        owed::watch_nothing();
        match acted {
            Ok(done) => Some(done),
            Err(unwound) => {
                if let Some(supervisor) = floor.take() {
                    supervisor.wreck(&unwound);
                    // This thread may go on for long, with jobs of other pools.
                    owed::watch_nothing();
                }
                self.inbox.nudge();
                None
            }
        }
    }

    /// Acts for the pool on a thread that is not its own, if that may be done.
    fn act_briefly<R>(
        &self,
        enter: impl FnOnce(&Mutex<Option<Supervisor>>) -> Option<Entered<'_>>,
        act: impl FnOnce(&mut Supervisor) -> R,
    ) -> Option<R> {
        let _acting = Acting::begin(self.address).filter(|_| self.is_open)?;
        let mut floor = enter(&self.supervisor)?;
        if !floor.as_ref()?.lets_others_act() {
            return None;
        }
        let (done, is_stirred) = self.act(&mut floor, |supervisor| {
            let done = act(supervisor);
            supervisor.rouse_leaders();
            (done, supervisor.is_stirred())
        })?;
        drop(floor);
        if is_stirred {
            self.inbox.nudge();
        }
        Some(done)
    }

    /// Takes over parcels for which places were reserved, and gives workers what they can take. Leaves them
    /// where they must go to the inbox. After a panic none are left: they are lost with the pool, and have been
    /// told so.
    pub(crate) fn accept(&self, parcels: &mut Parcels) {
        self.act_briefly(at_once, |supervisor| supervisor.accept_here(parcels));
    }
}

type Entered<'a> = MutexGuard<'a, Option<Supervisor>>;

/// The floor if it is free.
fn at_once(floor: &Mutex<Option<Supervisor>>) -> Option<Entered<'_>> {
    match floor.try_lock() {
        Ok(entered) => Some(entered),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// The floor as soon as it is free. For those who wait anyway.
fn patiently(floor: &Mutex<Option<Supervisor>>) -> Option<Entered<'_>> {
    Some(floor.lock().unwrap_or_else(PoisonError::into_inner))
}

/// How long a thread that cannot wait for the floor without end lets others have it.
const PAUSE: Duration = Duration::from_micros(50);

/// The floor if it gets free in time.
fn in_time<'a>(floor: &'a Mutex<Option<Supervisor>>, wait: &Wait<'_>) -> Option<Entered<'a>> {
    if wait.deadline.is_none() {
        return patiently(floor);
    }
    loop {
        match at_once(floor) {
            None if wait.is_late() => return None,
            None => thread::sleep(PAUSE),
            entered => return entered,
        }
    }
}

impl Attend for Floor {
    fn attend(&self, worker: WorkerKey, sequence: u64, wait: Wait<'_>) -> bool {
        while !self.last_buried.is(worker) {
            let lead = |supervisor: &mut Supervisor| supervisor.lead(worker, sequence);
            let (post, spins) = match self.act_briefly(|floor| in_time(floor, &wait), lead) {
                Some(Lead::Watch(post, spins)) => (post, spins),
                Some(Lead::Over) => return true,
                Some(Lead::Impossible) | None => return false,
            };
            if post.watch(spins, || post.has_come() || (wait.is_over)()) {
                continue;
            }
            let look = Instant::now() + LOOK;
            post.sleep(
                wait.is_over,
                Some(wait.deadline.map_or(look, |at| at.min(look))),
            );
            if look <= Instant::now() {
                // Its own thread may not know that there is something to look after.
                self.inbox.nudge();
            }
            if wait.is_late() {
                self.act_briefly(patiently, |supervisor| supervisor.leave(worker));
                return false;
            }
        }
        true
    }
}
