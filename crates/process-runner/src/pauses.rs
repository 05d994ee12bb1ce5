//! The stretches of time in which a worker was held: they count against no limit.

use std::ops::Range;

/// Stretches of the monotonic clock, in nanoseconds, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pauses(Vec<Range<u64>>);

impl Pauses {
    /// Adds a stretch that comes after all others. Those that ended before `earliest` are forgotten:
    /// nothing is asked about that time any more.
    pub(crate) fn add(&mut self, stretch: Range<u64>, earliest: u64) {
        self.0.retain(|old| old.end > earliest);
        self.0.push(stretch);
    }

    /// How many nanoseconds between `from` and `to` were no pause.
    pub(crate) fn time_between(&self, from: u64, to: u64) -> u64 {
        let held = |pause: &Range<u64>| pause.end.min(to).saturating_sub(pause.start.max(from));
        let held: u64 = self.0.iter().map(held).sum();
        to.saturating_sub(from).saturating_sub(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_between_is_left_out() {
        let mut pauses = Pauses::default();
        pauses.add(100..200, 0);
        pauses.add(300..350, 0);
        assert_eq!(pauses.time_between(0, 100), 100);
        assert_eq!(pauses.time_between(0, 400), 250);
        assert_eq!(pauses.time_between(150, 320), 100);
        assert_eq!(pauses.time_between(120, 180), 0);
        assert_eq!(pauses.time_between(200, 300), 100);
        assert_eq!(pauses.time_between(300, 200), 0);
    }

    #[test]
    fn what_nobody_asks_about_any_more_is_forgotten() {
        let mut pauses = Pauses::default();
        pauses.add(100..200, 0);
        pauses.add(300..350, 250);
        let mut later = Pauses::default();
        later.add(300..350, 0);
        assert_eq!(pauses, later);
    }
}
