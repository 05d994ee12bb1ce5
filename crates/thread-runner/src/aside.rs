//! Callbacks that a stop brings about, beside the thread that stops: one that never returns must not keep
//! it. Those that have not been called when patience ends are dropped, which releases who waits for their
//! jobs.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::Builder;
use std::time::Instant;

use anypool_core::{Callbacks, ExecutorId, catch};

use crate::badge;
use crate::sync::lock;

/// What the thread is called in lists of threads, and in reports.
pub(crate) const NAME: &str = "anypool-calls";

/// A thread that calls callbacks and ends.
pub(crate) struct Aside {
    waiting: Waiting,
    ended: Receiver<()>,
}

type Waiting = Arc<Mutex<VecDeque<Callbacks>>>;

impl Aside {
    /// Calls `callbacks` on a thread of their own, or here where there is none to be had.
    pub(crate) fn start(pool: ExecutorId, callbacks: Vec<Callbacks>) -> Option<Self> {
        if callbacks.is_empty() {
            return None;
        }
        let waiting: Waiting = Arc::new(Mutex::new(callbacks.into()));
        let (end, ended) = channel::<()>();
        let own = Arc::clone(&waiting);
        let call = move || {
            // It must not wait for the end of a pool that waits for it.
            badge::wear(pool);
            call_each(&own);
            drop(end);
        };
        if Builder::new().name(NAME.to_owned()).spawn(call).is_err() {
            call_each(&waiting);
        }
        Some(Self { waiting, ended })
    }

    /// Waits until all have been called, at most until `deadline`; false when that has passed.
    pub(crate) fn wait(self, deadline: Option<Instant>) -> bool {
        let Some(deadline) = deadline else {
            // Nothing is ever sent: it is the thread's end that is waited for.
            let _ = self.ended.recv();
            return true;
        };
        let left = deadline.saturating_duration_since(Instant::now());
        if self.ended.recv_timeout(left) != Err(RecvTimeoutError::Timeout) {
            return true;
        }
        let uncalled = std::mem::take(&mut *lock(&self.waiting));
        // What callbacks own is user data, and so are its destructors.
        let _ = catch(AssertUnwindSafe(|| drop(uncalled)));
        false
    }
}

fn call_each(waiting: &Mutex<VecDeque<Callbacks>>) {
    loop {
        // The lock is not held across the call.
        let next = lock(waiting).pop_front();
        let Some(callbacks) = next else { return };
        let _ = catch(AssertUnwindSafe(|| callbacks.run_to_end()));
    }
}
