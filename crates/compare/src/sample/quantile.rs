//! Where made-up numbers lie.

use crate::report::Interval;

/// Numbers in order.
pub(super) struct Sorted(Vec<f64>);

impl Sorted {
    pub(super) fn new(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        Self(numbers)
    }

    /// The number that so large a share of them is below.
    pub(super) fn at(&self, share: f64) -> f64 {
        let beyond = self.0.len().saturating_sub(1);
        let place = (0..=beyond).find(|place| portion(*place, beyond) >= share);
        let last = self.0.last().copied().unwrap_or(0.0);
        place
            .and_then(|place| self.0.get(place).copied())
            .unwrap_or(last)
    }

    /// The median, and about the interval that a sign test gives it.
    pub(super) fn interval(&self) -> Interval {
        Interval {
            low: self.at(0.28),
            mid: self.at(0.5),
            high: self.at(0.72),
        }
    }
}

fn portion(part: usize, whole: usize) -> f64 {
    let float = |number: usize| u32::try_from(number).map_or(f64::INFINITY, f64::from);
    if whole == 0 {
        1.0
    } else {
        float(part) / float(whole)
    }
}
