//! Waiting awake for the other side of a transport, for a moment.
//!
//! To be woken takes many times as long as a small job. But that pays only while the other side runs on a
//! core of its own: on the same core it could not even answer, and where more want to run than there are
//! cores, somebody waits for ours.

use std::hint;
use std::thread;

use crate::clock::monotonic_nanos;

/// How long a side waits awake, at most: about what falling asleep and being woken cost.
const SPELL_NANOS: u64 = 20_000;

/// How often it looks between two looks at the clock, which cost more.
const LOOKS: u32 = 64;

/// How often a side offers its core to the other before it falls asleep.
const OFFERS: u32 = 8;

/// Waits until `has_come` says so, spinning if there is a core for it; returns whether it did.
pub(super) fn keep(spins: bool, mut has_come: impl FnMut() -> bool) -> bool {
    if !spins {
        for _ in 0..OFFERS {
            if has_come() {
                return true;
            }
            thread::yield_now();
        }
        return has_come();
    }
    let mut until = None;
    loop {
        for _ in 0..LOOKS {
            if has_come() {
                return true;
            }
            hint::spin_loop();
        }
        let now = monotonic_nanos();
        if *until.get_or_insert(now + SPELL_NANOS) <= now {
            return has_come();
        }
    }
}
