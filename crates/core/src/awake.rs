//! Waiting awake: for a moment, and only while a core is free for it.
//!
//! To wake a sleeper costs a system call, and the sleeper its way back onto a core; both take many times
//! as long as a small job. So who waits stays awake for a moment before it falls asleep. That pays only
//! while what it waits for happens on another core: with more threads awake than cores it would take the
//! core from the very thread it waits for. So pools count their workers that are awake here, and who waits
//! for a job counts itself; where cores are short, who waits offers its own to others a few times instead.

use std::hint;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::cores::cores;

/// How long a thread waits awake, at most: about what falling asleep and being woken cost.
const SPELL: Duration = Duration::from_micros(20);

/// How often it looks between two looks at the clock, which cost more.
const LOOKS: u32 = 64;

/// How often a thread offers its core to others before it falls asleep.
const OFFERS: u32 = 8;

/// The threads that are awake, as far as they say so: workers in the upper half, callers in the lower. Only
/// advice, so every access is relaxed.
static AWAKE: AtomicU64 = AtomicU64::new(0);

/// What a caller counts.
const CALLER: u64 = 1;

/// What a worker counts.
const WORKER: u64 = 1 << 32;

/// Counts a worker thread of this process, as one that needs a core, until this is dropped.
///
/// ```
/// use anypool_core::AwakeWorker;
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// let work = AtomicBool::new(true);
/// let worker = AwakeWorker::new();
/// if !worker.watch(|| work.load(Ordering::Acquire)) {
///     worker.sleep(|| std::thread::yield_now());
/// }
/// ```
#[derive(Debug)]
#[must_use = "the thread counts until this is dropped"]
pub struct AwakeWorker(());

impl AwakeWorker {
    /// Counts this thread.
    #[expect(
        clippy::new_without_default,
        reason = "a thread is counted on purpose, never by default"
    )]
    pub fn new() -> Self {
        AWAKE.fetch_add(WORKER, Ordering::Relaxed);
        Self(())
    }

    /// Waits for work for a moment; returns whether `is_there` has said that there is some.
    pub fn watch(&self, is_there: impl FnMut() -> bool) -> bool {
        let (workers, callers) = awake();
        // Somebody has to bring the work.
        watch(workers + callers.max(1) <= cores(), is_there)
    }

    /// Sleeps in `sleep`, and does not count meanwhile.
    pub fn sleep<R>(&self, sleep: impl FnOnce() -> R) -> R {
        AWAKE.fetch_sub(WORKER, Ordering::Relaxed);
        let woken = sleep();
        AWAKE.fetch_add(WORKER, Ordering::Relaxed);
        woken
    }
}

impl Drop for AwakeWorker {
    fn drop(&mut self) {
        AWAKE.fetch_sub(WORKER, Ordering::Relaxed);
    }
}

/// Waits for the end of a job for a moment; returns whether `is_done` has said so.
pub(crate) fn watch_as_caller(is_done: impl FnMut() -> bool) -> bool {
    AWAKE.fetch_add(CALLER, Ordering::Relaxed);
    let (workers, callers) = awake();
    let done = watch(workers + callers <= cores(), is_done);
    AWAKE.fetch_sub(CALLER, Ordering::Relaxed);
    done
}

/// How many workers and callers are awake.
fn awake() -> (usize, usize) {
    let awake = AWAKE.load(Ordering::Relaxed);
    // The lower half; there are not so many threads.
    let callers = awake % WORKER;
    let count = |threads| usize::try_from(threads).unwrap_or(usize::MAX);
    (count(awake / WORKER), count(callers))
}

fn watch(has_core: bool, mut is_there: impl FnMut() -> bool) -> bool {
    if has_core && spin(&mut is_there) {
        return true;
    }
    for _ in 0..OFFERS {
        if is_there() {
            return true;
        }
        thread::yield_now();
    }
    is_there()
}

fn spin(is_there: &mut impl FnMut() -> bool) -> bool {
    let mut until = None;
    loop {
        for _ in 0..LOOKS {
            if is_there() {
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
