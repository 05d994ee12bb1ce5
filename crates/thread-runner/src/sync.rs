//! What threads share memory by: here std's, in the models of the lock-free parts that of their checker.
//! Locks that cannot be poisoned, and waits with a deadline. No user code ever runs under a lock of
//! this crate, so a panic while one is held is a bug of ours and the data behind it is whole.

pub(crate) use std::sync::atomic;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
pub(crate) use std::thread;
use std::time::{Duration, Instant};

/// Cells that several threads reach, in the words of the models' checker.
pub(crate) mod cell {
    /// A [`std::cell::UnsafeCell`].
    pub(crate) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(std::cell::UnsafeCell::new(value))
        }

        /// Shows `reach` where the value is.
        pub(crate) fn with_mut<R>(&self, reach: impl FnOnce(*mut T) -> R) -> R {
            reach(self.0.get())
        }
    }
}

/// Locks `mutex`.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits on `condvar` until it is notified (or for no reason at all), at most until `deadline`.
///
/// Returns the guard, and whether there was still time left.
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

/// The moment `timeout` from now; `None` (for ever) when that lies beyond what the clock can say.
pub(crate) fn deadline_after(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}

/// The earlier of two moments, `None` being never.
pub(crate) fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
