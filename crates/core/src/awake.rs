//! Waiting awake: for a moment, and only while a core is free for it.
//!
//! To wake a sleeper costs a system call, and the sleeper its way back onto a core; both take many times
//! as long as a small job. So who waits stays awake for a moment before it falls asleep. That pays only
//! while what it waits for happens on another core: with more threads awake than cores it would take the
//! core from the very thread it waits for. So pools count their workers that are awake here, and who waits
//! for a job counts itself; where cores are short, who waits offers its own to others a few times instead.
//! It does so as well where the system has put both on the same core, as it may when other programs need
//! the others: each side says where it runs.

use std::hint;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::cores::{cores, this_core};

/// How long a thread waits awake, at most: about what falling asleep and being woken cost.
const SPELL: Duration = Duration::from_micros(20);

/// How often it looks between two looks at the clock, which cost more.
const LOOKS: u32 = 64;

/// How often a thread offers its core to others before it falls asleep.
const OFFERS: u32 = 8;

/// The threads that are awake, as far as they say so: workers in the upper half, callers in the lower. Only
/// advice, so every access is relaxed.
static AWAKE: AtomicU64 = AtomicU64::new(0);

/// Where workers wait awake.
static WORKERS: Place = Place::unknown();

/// Where callers wait awake.
static CALLERS: Place = Place::unknown();

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
        WORKERS.note();
        watch(workers + callers.max(1) <= cores(), &CALLERS, is_there)
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
pub(crate) fn watch_as_caller(mut is_done: impl FnMut() -> bool) -> bool {
    CALLERS.note();
    let (workers, callers) = awake();
    let has_core = workers + callers < cores();
    // Uncounted at first: the count is everybody's, and most jobs that end while it is looked end soon.
    if has_core && !WORKERS.is_here() && look(&mut is_done) {
        return true;
    }
    AWAKE.fetch_add(CALLER, Ordering::Relaxed);
    let done = watch(has_core, &WORKERS, is_done);
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

/// Looks until `is_there` says so, for a moment; `others` tells where those run who bring it.
fn watch(has_core: bool, others: &Place, mut is_there: impl FnMut() -> bool) -> bool {
    let mut until = None;
    let mut offers = 0;
    loop {
        if has_core && !others.is_here() {
            if look(&mut is_there) {
                return true;
            }
        } else {
            if is_there() {
                return true;
            }
            if offers == OFFERS {
                return false;
            }
            offers += 1;
            thread::yield_now();
        }
        let now = Instant::now();
        if *until.get_or_insert(now + SPELL) <= now {
            return is_there();
        }
    }
}

/// Looks a few times.
fn look(is_there: &mut impl FnMut() -> bool) -> bool {
    (0..LOOKS).any(|_| {
        let seen = is_there();
        if !seen {
            hint::spin_loop();
        }
        seen
    })
}

/// The core on which a thread of some kind was seen last. Only advice.
struct Place(AtomicU32);

impl Place {
    const fn unknown() -> Self {
        Self(AtomicU32::new(u32::MAX))
    }

    /// Notes that such a thread runs on this core.
    fn note(&self) {
        if let Some(core) = this_core()
            && self.0.load(Ordering::Relaxed) != core
        {
            self.0.store(core, Ordering::Relaxed);
        }
    }

    /// Whether it was on this core.
    fn is_here(&self) -> bool {
        this_core() == Some(self.0.load(Ordering::Relaxed))
    }
}
