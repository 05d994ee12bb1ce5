//! A lock that tasks hold while they compute, and hand over to each other in turn: a model of the one lock that some
//! interpreters have in each of their processes.
//!
//! Who finds the lock held sleeps until it is free. When an interval has passed in which the lock has not changed
//! hands, the sleeper *asks* for it. The holder sees that at its next checkpoint, frees the lock, and does not queue
//! for it again before somebody else has taken it; else it would have it back before the sleeper is awake. Who takes
//! the lock takes back what was asked: those who still wait ask again when they have waited for an interval of the new
//! holder's. A sleeper that is told to stop leaves the queue at the next interval.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::sync::{lock, wait_for, wait_until};

/// Of the tasks that hold one such lock, one computes at a time.
///
/// A task computes inside of [`Context::holding`](crate::Context::holding), offers to hand over at each
/// [`Context::checkpoint`](crate::Context::checkpoint), and lets go for as long as it is
/// [`Context::blocking`](crate::Context::blocking). The lock lies in a static, so each process has one of its own: on
/// threads tasks take turns, on processes they do not.
///
/// ```
/// use anypool_core::{Context, Executor as _, GlobalLock, InlineExecutor};
/// use std::time::Duration;
///
/// static LOCK: GlobalLock = GlobalLock::new(Duration::from_millis(5));
///
/// fn sum(end: u64, ctx: &Context) -> u64 {
///     ctx.holding(&LOCK, || (0..end).inspect(|_| ctx.checkpoint()).sum())
/// }
///
/// assert_eq!(InlineExecutor::new().submit(sum, 100)?.join()?, 4950);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct GlobalLock {
    /// In nanoseconds.
    interval: AtomicU64,
    /// Whether somebody has waited for so long.
    is_asked: AtomicBool,
    turn: Mutex<Turn>,
    freed: Condvar,
    taken: Condvar,
}

/// Who is in and before the lock.
struct Turn {
    is_held: bool,
    /// How often it was taken.
    takes: u64,
    /// How many wait for it.
    waiting: usize,
    /// How many have handed it over and not seen it taken.
    handing_over: usize,
}

impl GlobalLock {
    /// A lock that is handed over to who has waited for `interval`.
    #[must_use]
    pub const fn new(interval: Duration) -> Self {
        Self {
            interval: AtomicU64::new(nanoseconds(interval)),
            is_asked: AtomicBool::new(false),
            turn: Mutex::new(Turn {
                is_held: false,
                takes: 0,
                waiting: 0,
                handing_over: 0,
            }),
            freed: Condvar::new(),
            taken: Condvar::new(),
        }
    }

    /// How long it is waited before it is asked for.
    #[must_use]
    pub fn interval(&self) -> Duration {
        // Relaxed: it stands for itself.
        Duration::from_nanos(self.interval.load(Ordering::Relaxed))
    }

    /// Changes that for all who begin to wait from now on.
    pub fn set_interval(&self, interval: Duration) {
        self.interval
            .store(nanoseconds(interval), Ordering::Relaxed);
    }

    /// How many tasks wait for it at the moment.
    #[must_use]
    pub fn waiting(&self) -> usize {
        lock(&self.turn).waiting
    }

    /// Waits until it is free and takes it; false when `gives_up` said so meanwhile.
    pub(crate) fn take(&self, gives_up: impl Fn() -> bool) -> bool {
        let mut turn = lock(&self.turn);
        turn.waiting += 1;
        while turn.is_held {
            if gives_up() {
                turn.waiting -= 1;
                self.tell_who_hands_over(&turn);
                return false;
            }
            turn = self.sleep(turn);
        }
        turn.waiting -= 1;
        turn.is_held = true;
        turn.takes += 1;
        self.is_asked.store(false, Ordering::Relaxed);
        self.tell_who_hands_over(&turn);
        true
    }

    /// Lets go of it.
    pub(crate) fn free(&self) {
        let mut turn = lock(&self.turn);
        turn.is_held = false;
        let is_awaited = turn.waiting > 0;
        drop(turn);
        // To wake nobody would cost a system call all the same.
        if is_awaited {
            self.freed.notify_one();
        }
    }

    /// Lets another have it, if one asks for it, and takes it back; false when `gives_up` said so meanwhile.
    pub(crate) fn hand_over(&self, gives_up: impl Fn() -> bool) -> bool {
        // Relaxed: who sees it takes the inner lock to see more.
        if !self.is_asked.load(Ordering::Relaxed) {
            return true;
        }
        let mut turn = lock(&self.turn);
        if turn.waiting == 0 {
            // Who asked has given up.
            self.is_asked.store(false, Ordering::Relaxed);
            return true;
        }
        turn.is_held = false;
        self.freed.notify_one();
        let takes = turn.takes;
        turn.handing_over += 1;
        while turn.takes == takes && turn.waiting > 0 {
            (turn, _) = wait_until(&self.taken, turn, None);
        }
        turn.handing_over -= 1;
        drop(turn);
        self.take(gives_up)
    }

    /// Sleeps until the lock is free, or for an interval; asks for it then, unless it has changed hands.
    fn sleep<'a>(&self, mut turn: MutexGuard<'a, Turn>) -> MutexGuard<'a, Turn> {
        let (takes, began, interval) = (turn.takes, Instant::now(), self.interval());
        let mut left = interval;
        while turn.is_held && !left.is_zero() {
            turn = wait_for(&self.freed, turn, left);
            left = interval.saturating_sub(began.elapsed());
        }
        if turn.is_held && turn.takes == takes {
            self.is_asked.store(true, Ordering::Relaxed);
        }
        turn
    }

    fn tell_who_hands_over(&self, turn: &Turn) {
        if turn.handing_over > 0 {
            self.taken.notify_all();
        }
    }
}

/// At least one: who does not wait at all never sleeps.
const fn nanoseconds(interval: Duration) -> u64 {
    let seconds = interval.as_secs().saturating_mul(1_000_000_000);
    let all = seconds.saturating_add(interval.subsec_nanos() as u64);
    if all == 0 { 1 } else { all }
}

impl fmt::Debug for GlobalLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GlobalLock")
            .field("interval", &self.interval())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
