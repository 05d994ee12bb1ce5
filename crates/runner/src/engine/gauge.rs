//! How much memory a run takes at most, with all processes that belong to it: looked at now and then, on a thread of its own.
//!
//! What processes share counts once (their proportional set sizes are added up), as the kernel reckons it. That costs time
//! for each page that they have, so it is done rarely, and more rarely where it takes long: a share of a hundredth is never
//! exceeded for long. A run that is over soon is not looked at.

use std::fs;
use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::kin::children_of;

/// How long a run must take to be looked at, and how long after a look the next one comes at the soonest.
const PAUSE: Duration = Duration::from_secs(1);

/// So many times as long as a look takes is the pause after it.
const SHARE: u32 = 100;

/// Looks until it is told to stop.
#[derive(Debug)]
pub(super) struct Gauge {
    /// Dropped to end it.
    end: Sender<()>,
    thread: JoinHandle<Option<u64>>,
}

impl Gauge {
    /// Looks from now on at this process and its descendants.
    ///
    /// # Errors
    ///
    /// The system refuses another thread.
    pub(super) fn start() -> io::Result<Self> {
        let (end, ended) = mpsc::channel::<()>();
        let look = move || {
            let (mut peak, mut pause) = (None, PAUSE);
            while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let began = Instant::now();
                peak = peak.max(size_of_all(std::process::id()));
                pause = PAUSE.max(began.elapsed() * SHARE);
            }
            peak
        };
        let thread = thread::Builder::new().name("anypool-gauge".to_owned());
        let thread = thread.spawn(look)?;
        Ok(Self { end, thread })
    }

    /// The most that was seen, in bytes; nothing where nothing was, or the kernel does not tell.
    pub(super) fn stop(self) -> Option<u64> {
        drop(self.end);
        self.thread.join().ok().flatten()
    }
}

/// The sizes of a process and its descendants, added up.
fn size_of_all(process: u32) -> Option<u64> {
    let mut left = vec![process];
    let mut sum = None;
    while let Some(process) = left.pop() {
        left.extend(children_of(process));
        // One that has ended meanwhile takes nothing.
        if let Some(size) = size(process) {
            sum = Some(sum.unwrap_or(0) + size);
        }
    }
    sum
}

/// Its proportional set size, in bytes.
fn size(process: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_gauge_that_is_stopped_at_once_has_seen_nothing_and_keeps_nobody() {
        let gauge = Gauge::start().unwrap();
        let began = Instant::now();
        assert_eq!(gauge.stop(), None);
        assert!(began.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn this_process_has_a_size_and_one_that_is_not_there_has_none() {
        assert!(size_of_all(std::process::id()).unwrap() > 1 << 16);
        assert_eq!(size_of_all(u32::MAX), None);
    }
}
