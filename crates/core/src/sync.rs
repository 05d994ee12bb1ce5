//! Locks that cannot be poisoned: no user code ever runs under a lock of this crate, so a panic
//! while one is held is a bug of ours and the data behind it is whole.

pub(crate) use std::sync::{Condvar, MutexGuard, atomic};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Locks `mutex`.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits on `condvar` until it is notified (or for no reason at all), at most until `deadline`.
///
/// Returns the guard, and whether there is still time left.
pub(crate) fn wait_until<'a, T>(
    condvar: &Condvar,
    guard: MutexGuard<'a, T>,
    deadline: Option<Instant>,
) -> (MutexGuard<'a, T>, bool) {
    let Some(deadline) = deadline else {
        let guard = condvar.wait(guard);
        return (guard.unwrap_or_else(PoisonError::into_inner), true);
    };
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return (guard, false);
    }
    let waited = condvar.wait_timeout(guard, left);
    let (guard, _) = waited.unwrap_or_else(PoisonError::into_inner);
    (guard, true)
}

/// Waits on `condvar` until it is notified (or for no reason at all), at most for `time`. Others can take the lock
/// meanwhile, however short that is.
pub(crate) fn wait_for<'a, T>(
    condvar: &Condvar,
    guard: MutexGuard<'a, T>,
    time: Duration,
) -> MutexGuard<'a, T> {
    let waited = condvar.wait_timeout(guard, time);
    waited.unwrap_or_else(PoisonError::into_inner).0
}

/// The moment `timeout` from now; `None` (for ever) when that lies beyond what the clock can say.
pub(crate) fn deadline_after(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}
