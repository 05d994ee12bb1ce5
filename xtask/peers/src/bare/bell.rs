//! A word that one process sets and another waits for, spinning for a while or sleeping at once.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::sys::futex;

/// In shared memory: the word, and whether somebody sleeps on it.
pub(crate) type Bell = [AtomicU32; 2];

/// How a process waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// Looks again and again for 20 µs, then sleeps.
    Spinning,
    /// Sleeps at once.
    Sleeping,
}

const SPIN: Duration = Duration::from_micros(20);

/// So many looks go by between two readings of the clock.
const LOOKS: u32 = 64;

/// Sets the word, and wakes whoever sleeps.
pub(crate) fn ring([word, sleeping]: &Bell, value: u32) {
    // SeqCst, here and in `wait`: either the sleeper sees the word, or this sees the sleeper.
    word.store(value, Ordering::SeqCst);
    if sleeping.load(Ordering::SeqCst) == 1 {
        futex::wake(word);
    }
}

/// The word as it is.
pub(crate) fn look([word, _]: &Bell) -> u32 {
    word.load(Ordering::Acquire)
}

/// Waits until the word is not `old` any more, and gives it.
pub(crate) fn wait(bell: &Bell, old: u32, waiting: Waiting) -> u32 {
    if waiting == Waiting::Spinning {
        let begin = Instant::now();
        while begin.elapsed() < SPIN {
            for _ in 0..LOOKS {
                match look(bell) {
                    value if value != old => return value,
                    _ => std::hint::spin_loop(),
                }
            }
        }
    }
    let [word, sleeping] = bell;
    sleeping.store(1, Ordering::SeqCst);
    let value = loop {
        match word.load(Ordering::SeqCst) {
            value if value != old => break value,
            _ => futex::wait(word, old),
        }
    };
    sleeping.store(0, Ordering::Relaxed);
    value
}
