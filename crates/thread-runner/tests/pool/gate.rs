//! Events for tests: a gate that tasks wait at, counting the threads of a pool, and waiting for what
//! has no event of its own.

use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// Longer than any test takes: its passing means that something hangs.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Tasks wait here until the test opens it, and the test until enough of them have come.
#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<(bool, usize)>,
    changed: Condvar,
}

impl Gate {
    pub(crate) const fn new() -> Self {
        Self {
            state: Mutex::new((false, 0)),
            changed: Condvar::new(),
        }
    }

    /// Comes to the gate and waits until it is open.
    pub(crate) fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.1 += 1;
        self.changed.notify_all();
        let (state, waited) = self
            .changed
            .wait_timeout_while(state, LONG, |(open, _)| !*open)
            .unwrap();
        drop(state);
        assert!(!waited.timed_out(), "nobody opened the gate");
    }

    /// Waits until `count` have come.
    pub(crate) fn await_arrivals(&self, count: usize) {
        let state = self.state.lock().unwrap();
        let (state, waited) = self
            .changed
            .wait_timeout_while(state, LONG, |(_, come)| *come < count)
            .unwrap();
        drop(state);
        assert!(!waited.timed_out(), "fewer than {count} came to the gate");
    }

    pub(crate) fn open(&self) {
        self.state.lock().unwrap().0 = true;
        self.changed.notify_all();
    }
}

/// Waits for a condition that nobody announces.
pub(crate) fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + LONG;
    while !condition() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::yield_now();
    }
}

/// How many threads of this process have names that begin like this.
pub(crate) fn threads_named(prefix: &str) -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let name = |task: std::io::Result<std::fs::DirEntry>| {
        std::fs::read_to_string(task.ok()?.path().join("comm")).ok()
    };
    let names = tasks.filter_map(name);
    names.filter(|name| name.starts_with(prefix)).count()
}

/// How often the threads whose names begin like this have gone to sleep.
pub(crate) fn wake_ups(prefix: &str) -> u64 {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let count = |task: std::io::Result<std::fs::DirEntry>| {
        let status = std::fs::read_to_string(task.ok()?.path().join("status")).ok()?;
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name));
        let is_ours = field("Name:")?.trim().starts_with(prefix);
        let sleeps = field("voluntary_ctxt_switches:")?.trim().parse().ok()?;
        is_ours.then_some::<u64>(sleeps)
    };
    tasks.filter_map(count).sum()
}
