//! The same pools in the hands of somebody who knows better than a channel for one value.
//!
//! A ticket is one allocation and one atomic step on each side, and who waits spins for a moment as crossbeam's
//! channels do.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Thread};

use crossbeam_utils::Backoff;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::job::Job;
use crate::pools::closures::Spawn;
use crate::pools::{Pool, Settings};

/// Where a value is put for the one who waits for it.
struct Slot<T> {
    state: AtomicU8,
    value: Mutex<Option<T>>,
    waiter: Thread,
}

/// Nobody waits yet, and nothing is there.
const EMPTY: u8 = 0;
/// The waiter is about to park.
const AWAITED: u8 = 1;
/// The value is there.
const FULL: u8 = 2;

/// The right to one value.
pub(crate) struct Ticket<T>(Arc<Slot<T>>);

impl<T> Slot<T> {
    fn put(&self, value: T) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        // AcqRel: the value is there for whoever sees FULL, and the waiter is parked or about to when AWAITED is seen.
        if self.state.swap(FULL, Ordering::AcqRel) == AWAITED {
            self.waiter.unpark();
        }
    }
}

impl<T> Ticket<T> {
    fn new() -> Self {
        Self(Arc::new(Slot {
            state: AtomicU8::new(EMPTY),
            value: Mutex::new(None),
            waiter: thread::current(),
        }))
    }

    fn wait(self) -> Result<T, String> {
        let is_full = || self.0.state.load(Ordering::Acquire) == FULL;
        let backoff = Backoff::new();
        while !is_full() && !backoff.is_completed() {
            backoff.snooze();
        }
        let park = !is_full() && self.0.state.swap(AWAITED, Ordering::AcqRel) != FULL;
        while park && !is_full() {
            thread::park();
        }
        let value = self
            .0
            .value
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        value.ok_or_else(|| "no value".to_owned())
    }
}

/// A pool that runs closures, with tickets.
pub(crate) struct Ticketed<S>(pub(crate) S);

impl<S: Spawn> Pool for Ticketed<S> {
    type Handle<T: Send + 'static> = Ticket<T>;

    fn start(settings: Settings) -> Result<Self, String> {
        S::with(settings.workers).map(Self)
    }

    fn submit<J: Job>(&self, input: J::Input) -> Ticket<J::Output> {
        let ticket = Ticket::new();
        let slot = Arc::clone(&ticket.0);
        self.0.spawn(move || slot.put(J::run(input)));
        ticket
    }

    fn join<T: Send + Serialize + DeserializeOwned + 'static>(
        &self,
        ticket: Ticket<T>,
    ) -> Result<T, String> {
        ticket.wait()
    }
}
