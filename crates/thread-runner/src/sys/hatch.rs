//! The hatch between submitters and the one worker that waits awake: work is handed through it without a
//! lock, a queue or a wake.
//!
//! ```text
//!            open                offer               put
//!   Closed ────────▶ Open ─────────────▶ Reached ─────────▶ Full
//!     ▲  ▲            │    (a submitter)          (the same)  │
//!     │  └────────────┘                                       │
//!     │   call (anybody), close (the worker)                  │ take (the worker)
//!     └───────────────────────────────────────────────────────┘
//! ```
//!
//! Only the worker that has opened the hatch may close it or take from it, and it does one of the two
//! before it does anything else: what was put in is never left there. Only who has reached in puts, and it
//! puts at once.
#![expect(
    unsafe_code,
    reason = "what the two sides hand over without a lock lies where both can reach it"
)]

use crate::sync::atomic::{AtomicU8, Ordering};
use crate::sync::cell::UnsafeCell;
use crate::sync::thread;

const CLOSED: u8 = 0;
const OPEN: u8 = 1;
const REACHED: u8 = 2;
const FULL: u8 = 3;

/// A place for one piece of work. It fills two cache lines, which come in pairs, so that who watches it
/// has them alone.
#[repr(align(128))]
pub(crate) struct Hatch<T> {
    state: AtomicU8,
    place: UnsafeCell<Option<T>>,
}

// SAFETY: the place is reached by one thread at a time, as `state` says (see `offer` and `take`), and what
// lies there moves from one thread to another, which `T: Send` allows.
unsafe impl<T: Send> Sync for Hatch<T> {}

impl<T> Hatch<T> {
    pub(crate) fn new() -> Self {
        Self {
            state: AtomicU8::new(CLOSED),
            place: UnsafeCell::new(None),
        }
    }

    /// Opens the hatch for the worker that calls; `None` when another has it.
    pub(crate) fn open(&self) -> Option<Opened<'_, T>> {
        let is_mine = self.step(CLOSED, OPEN);
        is_mine.then_some(Opened { hatch: self })
    }

    /// Hands `work` to the worker that waits; gives it back when there is none.
    pub(crate) fn offer(&self, work: T) -> Result<(), T> {
        if !self.step(OPEN, REACHED) {
            return Err(work);
        }
        // SAFETY: who has moved the state to REACHED, which is us, has the place alone until it moves it on:
        // others reach in only from OPEN, and the worker takes only from FULL.
        self.place.with_mut(|place| unsafe { *place = Some(work) });
        // Release: who sees FULL sees the work.
        self.state.store(FULL, Ordering::Release);
        Ok(())
    }

    /// Makes the worker that waits look elsewhere; whether there is one.
    pub(crate) fn call(&self) -> bool {
        self.step(OPEN, CLOSED)
    }

    fn step(&self, from: u8, to: u8) -> bool {
        // A look first, which takes the line from nobody: mostly there is nothing to step from.
        if self.state.load(Ordering::Relaxed) != from {
            return false;
        }
        let state = &self.state;
        // Acquire: who opens or reaches in finds the place as it was left. Release: so do those behind.
        let moved = state.compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed);
        moved.is_ok()
    }
}

/// The hatch as the worker has it that waits.
#[must_use = "what is handed in while this is dropped would be lost"]
pub(crate) struct Opened<'h, T> {
    hatch: &'h Hatch<T>,
}

impl<T> Opened<'_, T> {
    /// Whether something has happened: work is on its way, or the worker was called.
    pub(crate) fn is_touched(&self) -> bool {
        self.hatch.state.load(Ordering::Relaxed) != OPEN
    }

    /// Closes the hatch; gives what has been handed in.
    pub(crate) fn close(self) -> Option<T> {
        let hatch = self.hatch;
        if hatch.step(OPEN, CLOSED) {
            return None;
        }
        loop {
            // Acquire: pairs with the store of FULL.
            match hatch.state.load(Ordering::Acquire) {
                FULL => return self.take(),
                // It puts at once, unless the system has taken its core from it.
                REACHED => thread::yield_now(),
                _ => return None,
            }
        }
    }

    fn take(&self) -> Option<T> {
        // SAFETY: the state is FULL, and from there it is moved on only by the one worker that has opened the
        // hatch, which is us; whoever has put the work there has let go of the place by that.
        let work = self
            .hatch
            .place
            .with_mut(|place| unsafe { (*place).take() });
        // Release: who reaches in next finds the place empty.
        self.hatch.state.store(CLOSED, Ordering::Release);
        work
    }
}
