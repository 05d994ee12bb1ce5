//! Threads that a test runs beside itself, and how long it waits for them.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// Longer than any event takes on the most loaded machine; its passing means that something hangs.
pub const LONG: Duration = Duration::from_secs(60);

/// Runs `f` on a thread named `name`.
///
/// # Panics
///
/// When the machine has no thread for it.
pub fn in_background<R: Send + 'static>(
    name: &str,
    f: impl FnOnce() -> R + Send + 'static,
) -> JoinHandle<R> {
    let thread = Builder::new().name(name.to_owned()).spawn(f);
    thread.expect("a thread can be started")
}

/// Runs `f` on a thread of its own and waits for it at most [`LONG`], so that a hang fails its test
/// and not the whole run.
///
/// # Panics
///
/// When `f` panics or takes too long.
#[track_caller]
pub fn within<R: Send + 'static>(what: &str, f: impl FnOnce() -> R + Send + 'static) -> R {
    within_limit(what, LONG, f)
}

/// As [`within`], for what takes longer than any event.
///
/// # Panics
///
/// When `f` panics or takes too long.
#[track_caller]
pub fn within_limit<R: Send + 'static>(
    what: &str,
    limit: Duration,
    f: impl FnOnce() -> R + Send + 'static,
) -> R {
    let (done, outcome) = channel();
    let thread = in_background(what, move || {
        // The receiver may have given up.
        let _ = done.send(f());
    });
    match outcome.recv_timeout(limit) {
        Ok(value) => {
            // It has nothing left to do but to end.
            let _ = thread.join();
            value
        }
        // The thread has let go of its end without a value.
        Err(RecvTimeoutError::Disconnected) => panic!("{what} panicked"),
        Err(RecvTimeoutError::Timeout) => panic!("{what} did not end within {limit:?}"),
    }
}
