//! When it is time to draw again: never more often than eyes can follow, however much happens.

use std::time::Duration;

/// Before this, a run is not worth a drawing: most are over.
const PATIENCE: Duration = Duration::from_millis(300);

/// The least time between two drawings.
pub(super) const STEP: Duration = Duration::from_millis(100);

/// The longest time between two, in which nothing but the clock has moved.
const LONGEST: Duration = Duration::from_secs(1);

/// The time between two lines that say that a run still goes on.
const LINE: Duration = Duration::from_secs(10);

/// When to draw again.
#[derive(Debug, Default)]
pub(super) struct Pace {
    last: Option<(Duration, u64)>,
    line: Duration,
}

impl Pace {
    /// Whether to draw now, after so many events.
    pub(super) fn is_due(&mut self, now: Duration, events: u64) -> bool {
        let due = match self.last {
            None => now >= PATIENCE,
            Some((last, seen)) => {
                let least = if seen == events { LONGEST } else { STEP };
                now.saturating_sub(last) >= least
            }
        };
        if due {
            self.last = Some((now, events));
        }
        due
    }

    /// Whether to write a line now.
    pub(super) fn is_line_due(&mut self, now: Duration) -> bool {
        let due = now.saturating_sub(self.line) >= LINE;
        if due {
            self.line = now;
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_bounded_by_time_and_not_by_events() {
        let mut pace = Pace::default();
        // Ten seconds at 10,000 tasks a second, and somebody who would draw for each.
        let steps = (0..100_000).map(|step| (Duration::from_micros(100 * step), 3 * step));
        let drawn = steps.filter(|(now, events)| pace.is_due(*now, *events));
        let drawn = drawn.count();
        assert!((90..=100).contains(&drawn), "{drawn}");
    }

    #[test]
    fn while_nothing_happens_the_clock_is_drawn_once_a_second() {
        let mut pace = Pace::default();
        let steps = (0..1_000).map(|step| Duration::from_millis(10 * step));
        let drawn = steps.filter(|now| pace.is_due(*now, 7)).count();
        assert_eq!(drawn, 10);
    }

    #[test]
    fn a_run_that_is_over_in_a_moment_is_not_drawn() {
        assert!(!Pace::default().is_due(PATIENCE / 2, 1_000));
    }

    #[test]
    fn a_line_comes_every_ten_seconds() {
        let mut pace = Pace::default();
        let steps = (0..600).map(|step| Duration::from_millis(100 * step));
        assert_eq!(steps.filter(|now| pace.is_line_due(*now)).count(), 5);
    }
}
