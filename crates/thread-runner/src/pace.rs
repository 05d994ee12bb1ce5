//! How many items of a chunk a worker begins at a stretch.
//!
//! Tiny tasks share what it costs to begin and to end; a task that takes its time begins alone, so that
//! what has not started can always be cancelled, and what has ended is always known.

use std::time::{Duration, Instant};

/// A block that took longer than this was too long.
const BRIEF: Duration = Duration::from_micros(20);

/// More than this in a block saves nothing more.
const MOST: u32 = 1_024;

/// The pace within one chunk: it begins with one item.
#[derive(Debug)]
pub(crate) struct Pace {
    size: u32,
    since: Instant,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self {
            size: 1,
            since: Instant::now(),
        }
    }

    /// How many items begin next.
    pub(crate) fn size(&self) -> u32 {
        self.size
    }

    /// A block has ended.
    pub(crate) fn step(&mut self) {
        let now = Instant::now();
        self.size = next(self.size, now.duration_since(self.since));
        self.since = now;
    }
}

fn next(size: u32, took: Duration) -> u32 {
    match took {
        took if took < BRIEF / 2 => (size * 2).min(MOST),
        took if took < BRIEF => size,
        // One slow item is no accident: those behind it are slow as well, or nothing is lost.
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiny_tasks_are_begun_together_and_slow_ones_alone() {
        let micros = Duration::from_micros;
        let mut size = 1;
        for _ in 0..20 {
            size = next(size, micros(1));
        }
        assert_eq!(size, MOST);
        assert_eq!(next(64, micros(15)), 64);
        assert_eq!(next(64, micros(21)), 1);
        assert_eq!(next(1, micros(9_000)), 1);
    }
}
