//! How busy other threads are with the pool's work.
//!
//! While they act all the time, they take in the answers, and give out what follows. Were the supervisor's
//! thread woken by each answer as well, it would only keep them from it. So it is not woken for answers
//! meanwhile, and looks by itself every now and then; when it finds that nobody has acted, it is woken
//! again.

use std::time::{Duration, Instant};

/// How long an answer may lie there meanwhile if nobody comes.
pub(super) const LOOK: Duration = Duration::from_micros(200);

/// How often others must act for that: more often than it takes to look.
const OFTEN: Duration = Duration::from_micros(50);

/// Counts between two turns of the supervisor.
#[derive(Debug, Default)]
pub(super) struct Bustle {
    acted: u32,
    since: Option<Instant>,
}

impl Bustle {
    /// Another thread has acted.
    pub(super) fn note(&mut self) {
        self.acted = self.acted.saturating_add(1);
    }

    /// A turn ends: whether others have acted often since the last one.
    pub(super) fn is_great(&mut self, now: Instant) -> bool {
        let acted = std::mem::take(&mut self.acted);
        let since = self.since.replace(now);
        since.is_some_and(|since| OFTEN * acted > now.saturating_duration_since(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bustle_is_what_happens_all_the_time_since_the_last_turn() {
        let start = Instant::now();
        let mut bustle = Bustle::default();
        bustle.note();
        assert!(!bustle.is_great(start), "nobody knows since when");
        for _ in 0..5 {
            bustle.note();
        }
        assert!(bustle.is_great(start + LOOK));
        assert!(!bustle.is_great(start + 2 * LOOK), "nobody has acted");
        for _ in 0..5 {
            bustle.note();
        }
        assert!(!bustle.is_great(start + Duration::from_secs(1)), "seldom");
    }
}
