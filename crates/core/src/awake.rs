//! Waiting awake: for a moment, and only while a core is free for it.
//!
//! To wake a sleeper costs a system call, and the sleeper its way back onto a core; both take many times
//! as long as a small job. So who waits stays awake for a moment before it falls asleep. That pays only
//! while what it waits for happens on another core: with more threads awake than cores it would take the
//! core from the very thread it waits for. Pools therefore count their threads that are awake here, and so
//! does who waits; where cores are short, who waits offers its core to others a few times instead.

use std::hint;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long a thread waits awake, at most: about what falling asleep and being woken cost.
const SPELL: Duration = Duration::from_micros(20);

/// How often it looks between two looks at the clock, which cost more.
const LOOKS: u32 = 64;

/// How often a thread offers its core to others before it falls asleep.
const OFFERS: u32 = 8;

/// How many threads are awake, as far as they say so.
static AWAKE: AtomicUsize = AtomicUsize::new(0);

/// Counts a thread that needs a core until this is dropped.
///
/// ```
/// use anypool_core::Awake;
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// let done = AtomicBool::new(true);
/// let seen = Awake::new().watch(0, || done.load(Ordering::Acquire));
/// assert!(seen, "else: fall asleep");
/// ```
#[derive(Debug)]
#[must_use = "the thread counts until this is dropped"]
pub struct Awake(());

impl Awake {
    /// Counts this thread.
    #[expect(
        clippy::new_without_default,
        reason = "a thread is counted on purpose, never by default"
    )]
    pub fn new() -> Self {
        // Relaxed, as everywhere here: the number is advice.
        AWAKE.fetch_add(1, Ordering::Relaxed);
        Self(())
    }

    /// Waits awake for a moment, until `done` says so; returns whether it did.
    ///
    /// `others` is how many threads need a core that nobody has counted.
    pub fn watch(&self, others: usize, mut done: impl FnMut() -> bool) -> bool {
        if AWAKE.load(Ordering::Relaxed) + others <= cores() && spin(&mut done) {
            return true;
        }
        for _ in 0..OFFERS {
            if done() {
                return true;
            }
            thread::yield_now();
        }
        done()
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        AWAKE.fetch_sub(1, Ordering::Relaxed);
    }
}

fn spin(done: &mut impl FnMut() -> bool) -> bool {
    let mut until = None;
    loop {
        for _ in 0..LOOKS {
            if done() {
                return true;
            }
            hint::spin_loop();
        }
        let now = Instant::now();
        if *until.get_or_insert(now + SPELL) <= now {
            return false;
        }
    }
}

/// How many threads can run at the same time.
fn cores() -> usize {
    // Not a `Once`, which a forked child could find half done for ever.
    static CORES: AtomicUsize = AtomicUsize::new(0);
    match CORES.load(Ordering::Relaxed) {
        0 => {
            let cores = thread::available_parallelism().map_or(1, usize::from);
            CORES.store(cores, Ordering::Relaxed);
            cores
        }
        cores => cores,
    }
}
