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
//! puts at once. Each opening has a number, which the state carries: who was called away finds the hatch
//! closed, or opened anew by another worker, whose it then is.
#![expect(
    unsafe_code,
    reason = "what the two sides hand over without a lock lies where both can reach it"
)]

use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::cell::UnsafeCell;
use crate::sync::thread;

const CLOSED: u64 = 0;
const OPEN: u64 = 1;
const REACHED: u64 = 2;
const FULL: u64 = 3;

/// The state's part of the word; the opening's number is the rest, which no pool lives long enough to use up.
const STATE: u64 = 3;

/// What a new opening adds.
const OPENING: u64 = 4;

/// A place for one piece of work. It fills two cache lines, which come in pairs, so that who watches it
/// has them alone.
#[repr(align(128))]
pub(crate) struct Hatch<T> {
    /// The state, and the number of the last opening.
    word: AtomicU64,
    place: UnsafeCell<Option<T>>,
}

// SAFETY: the place is reached by one thread at a time, as `state` says (see `offer` and `take`), and what
// lies there moves from one thread to another, which `T: Send` allows.
unsafe impl<T: Send> Sync for Hatch<T> {}

impl<T> Hatch<T> {
    pub(crate) fn new() -> Self {
        Self {
            word: AtomicU64::new(CLOSED),
            place: UnsafeCell::new(None),
        }
    }

    /// Opens the hatch for the worker that calls; `None` when another has it.
    pub(crate) fn open(&self) -> Option<Opened<'_, T>> {
        let word = self.seen(CLOSED)?;
        let open = (word & !STATE).wrapping_add(OPENING) | OPEN;
        let is_mine = self.step(word, open);
        is_mine.then_some(Opened { hatch: self, open })
    }

    /// Hands `work` to the worker that waits; gives it back when there is none.
    pub(crate) fn offer(&self, work: T) -> Result<(), T> {
        let Some(open) = self.seen(OPEN) else {
            return Err(work);
        };
        if !self.step(open, open & !STATE | REACHED) {
            return Err(work);
        }
        // SAFETY: who has moved the state to REACHED, which is us, has the place alone until it moves it on:
        // others reach in only from OPEN, and the worker takes only from FULL.
        self.place.with_mut(|place| unsafe { *place = Some(work) });
        // Release: who sees FULL sees the work.
        self.word.store(open & !STATE | FULL, Ordering::Release);
        Ok(())
    }

    /// Makes the worker that waits look elsewhere; whether there is one.
    pub(crate) fn call(&self) -> bool {
        let open = self.seen(OPEN);
        open.is_some_and(|open| self.step(open, open & !STATE | CLOSED))
    }

    /// The word, if it says this: a look takes the line from nobody, and mostly there is nothing to step
    /// from.
    fn seen(&self, state: u64) -> Option<u64> {
        let word = self.word.load(Ordering::Relaxed);
        (word & STATE == state).then_some(word)
    }

    fn step(&self, from: u64, to: u64) -> bool {
        // Acquire: who opens or reaches in finds the place as it was left. Release: so do those behind.
        let word = &self.word;
        let moved = word.compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed);
        moved.is_ok()
    }
}

/// The hatch as the worker has it that waits.
#[must_use = "what is handed in while this is dropped would be lost"]
pub(crate) struct Opened<'h, T> {
    hatch: &'h Hatch<T>,
    /// The word as this worker left it.
    open: u64,
}

impl<T> Opened<'_, T> {
    /// Whether something has happened: work is on its way, or the worker was called.
    pub(crate) fn is_touched(&self) -> bool {
        self.hatch.word.load(Ordering::Relaxed) != self.open
    }

    /// Closes the hatch; gives what has been handed in.
    pub(crate) fn close(self) -> Option<T> {
        let opening = self.open & !STATE;
        let is_untouched = !self.is_touched();
        if is_untouched && self.hatch.step(self.open, opening | CLOSED) {
            return None;
        }
        loop {
            // Acquire: pairs with the store of FULL.
            let word = self.hatch.word.load(Ordering::Acquire);
            if word == opening | FULL {
                return self.take();
            }
            if word != opening | REACHED {
                // Called away; by now another worker may have the hatch.
                return None;
            }
            // It puts at once, unless the system has taken its core from it.
            thread::yield_now();
        }
    }

    fn take(&self) -> Option<T> {
        // SAFETY: the word is FULL with the number of our opening, and from there it is moved on only by the
        // one worker that has opened the hatch, which is us; whoever has put the work there has let go of the
        // place by that.
        let work = self
            .hatch
            .place
            .with_mut(|place| unsafe { (*place).take() });
        // Release: who reaches in next finds the place empty.
        let closed = self.open & !STATE | CLOSED;
        self.hatch.word.store(closed, Ordering::Release);
        work
    }
}
