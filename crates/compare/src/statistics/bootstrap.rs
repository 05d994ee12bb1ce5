//! The bootstrap: where a median would lie if all were measured again, by drawing from what was measured.
//!
//! Each draw takes as many numbers as there are, with replacement, and has a median. For medians, what endless draws
//! come to can be worked out: it depends on how many of a draw lie at or below each of the numbers, which is a number of
//! heads of a coin. So nothing is drawn, and no seed moves the ends of an interval.

use super::spread::{Spread, count, median_of};
use crate::report::Interval;

/// Of fewer numbers a bootstrap is too sure of itself, and the interval is no narrower than that of the sign test.
const FEW: usize = 16;

/// The median of some numbers, and where `confidence` of all draws' medians lie; `None` when there are no numbers.
pub(crate) fn median_interval(numbers: &[f64], confidence: f64) -> Option<Interval> {
    let medians = Medians::of(numbers);
    let tail = (1.0 - confidence) / 2.0;
    let drawn = Interval {
        low: medians.quantile(tail)?,
        mid: median_of(numbers)?,
        high: medians.quantile(1.0 - tail)?,
    };
    let spread = Spread::of(numbers)?;
    Some(match numbers.len() {
        FEW.. => drawn,
        _ => Interval {
            low: drawn.low.min(spread.low),
            high: drawn.high.max(spread.high),
            ..drawn
        },
    })
}

/// By what share of all draws' medians are off 1 at most, as ratios are: a half is as far off as a double.
pub(crate) fn median_off_one(ratios: &[f64], share: f64) -> Option<f64> {
    let mut medians = Medians::of(ratios);
    for (median, _) in &mut medians.0 {
        *median = median.max(1.0 / *median) - 1.0;
    }
    medians
        .0
        .sort_by(|(one, _), (other, _)| one.total_cmp(other));
    medians.quantile(share)
}

/// The medians that a draw can have, in order, and how likely each is.
struct Medians(Vec<(f64, f64)>);

impl Medians {
    fn of(numbers: &[f64]) -> Self {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        let coins = Coins::new(sorted.len());
        let mut medians = Vec::new();
        for (low, number) in (1..).zip(&sorted) {
            medians.push((*number, coins.only(low)));
            if sorted.len().is_multiple_of(2) {
                let above = (1..).zip(&sorted).skip(low);
                let mean = |above: &f64| f64::midpoint(*number, *above);
                medians.extend(above.map(|(high, other)| (mean(other), coins.between(low, high))));
            }
        }
        medians.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        Self(medians)
    }

    /// The least median that so large a share of all is not above.
    fn quantile(&self, share: f64) -> Option<f64> {
        let mut seen = 0.0;
        let reached = self.0.iter().find(|(_, likely)| {
            seen += likely;
            seen >= share
        });
        // The last digits of the sum may be missing.
        reached.or(self.0.last()).map(|(median, _)| *median)
    }
}

/// Draws of `n` out of `n`, each of which is one of the lowest `i` with the chance `i / n`.
struct Coins {
    n: usize,
    /// How many of a draw are at or below its middle, or the lower one of the two in the middle.
    half: usize,
    /// The logarithm of the number of ways to choose so many.
    ways: f64,
}

impl Coins {
    fn new(n: usize) -> Self {
        let half = n.div_ceil(2);
        let factor = |k: usize| (count(n - half + k) / count(k)).ln();
        Self {
            n,
            half,
            ways: (1..=half).map(factor).sum(),
        }
    }

    /// The chance that a draw's median is the number of this place, from 1, and no mean of it and another.
    fn only(&self, place: usize) -> f64 {
        let lower_middle = self.at_least_half(place) - self.at_least_half(place - 1);
        let and_not_upper = match self.n % 2 {
            0 => (self.ways + self.ends_at(place) + self.within(self.n - place)).exp(),
            _ => 0.0,
        };
        (lower_middle - and_not_upper).max(0.0)
    }

    /// The chance that the two in the middle of a draw have these two places.
    fn between(&self, low: usize, high: usize) -> f64 {
        // Seen from above, the upper half ends as the lower one does.
        (self.ways + self.ends_at(low) + self.ends_at(self.n - high + 1)).exp()
    }

    /// The logarithm of the chance that half of a draw is among so many of all.
    fn within(&self, some: usize) -> f64 {
        count(self.half) * (count(some) / count(self.n)).ln()
    }

    /// The logarithm of the chance that half of a draw is among so many, and has the last of them.
    fn ends_at(&self, some: usize) -> f64 {
        let without_last = count(self.half) * (count(some - 1) / count(some)).ln();
        self.within(some) + (-without_last.exp()).ln_1p()
    }

    /// The chance that at least half of a draw is at or below `place`.
    ///
    /// It adds up the side that is away from the peak, so that what is added gets smaller.
    fn at_least_half(&self, place: usize) -> f64 {
        let (above, half) = (self.n - place, self.half);
        if place == 0 || above == 0 {
            return if above == 0 { 1.0 } else { 0.0 };
        }
        let odds = count(place) / count(above);
        let rest = count(self.n - half) * (count(above) / count(self.n)).ln();
        let exactly_half = (self.ways + self.within(place) + rest).exp();
        if place < half {
            let more = |chance: f64, k: usize| chance * odds * count(self.n - k) / count(k + 1);
            sum(exactly_half, half..self.n, more) + exactly_half
        } else {
            let fewer = |chance: f64, k: usize| chance / odds * count(k) / count(self.n - k + 1);
            1.0 - sum(exactly_half, (1..=half).rev(), fewer)
        }
    }
}

/// The sum of what follows `first`, each worked out from the one before it.
fn sum(first: f64, steps: impl Iterator<Item = usize>, next: impl Fn(f64, usize) -> f64) -> f64 {
    let chances = steps.scan(first, |chance, k| {
        *chance = next(*chance, k);
        Some(*chance)
    });
    chances.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: u32) -> Vec<f64> {
        (1..=count).map(f64::from).collect()
    }

    /// The medians of really drawn numbers, in order.
    fn drawn(numbers: &[f64], draws: usize) -> Vec<f64> {
        let mut random = fastrand::Rng::with_seed(5);
        let mut draw = || {
            let some = (0..numbers.len()).map(|_| numbers[random.usize(..numbers.len())]);
            median_of(&some.collect::<Vec<_>>()).unwrap()
        };
        let mut medians: Vec<f64> = (0..draws).map(|_| draw()).collect();
        medians.sort_by(f64::total_cmp);
        medians
    }

    #[test]
    fn nothing_has_no_interval_and_one_number_has_no_width() {
        assert_eq!(median_interval(&[], 0.95), None);
        assert_eq!(median_interval(&[3.0], 0.95), Some(Interval::exact(3.0)));
        assert_eq!(median_off_one(&[], 0.9), None);
    }

    #[test]
    fn all_chances_make_one() {
        for n in [1, 2, 3, 4, 15, 16, 40, 41, 1_000] {
            let chances = Medians::of(&numbers(n)).0;
            let all: f64 = chances.iter().map(|(_, likely)| likely).sum();
            assert!((all - 1.0).abs() < 1e-9, "{n}: {all}");
        }
    }

    #[test]
    fn what_is_worked_out_is_what_drawing_comes_to() {
        for n in [16, 17, 24, 40] {
            let numbers: Vec<f64> = numbers(n).iter().map(|number| number.sqrt()).collect();
            let medians = drawn(&numbers, 20_000);
            let exact = Medians::of(&numbers);
            for place in [500, 2_000, 10_000, 18_000, 19_500] {
                let share = count(place) / 20_000.0;
                let (low, high) = (
                    exact.quantile(share - 0.01).unwrap(),
                    exact.quantile(share + 0.01).unwrap(),
                );
                let found = medians[place];
                assert!(
                    (low..=high).contains(&found),
                    "{n} {share}: {low} {found} {high}"
                );
            }
        }
    }

    #[test]
    fn few_numbers_have_an_interval_that_holds_for_any_distribution() {
        let six = median_interval(&numbers(6), 0.95).unwrap();
        assert_eq!((six.low, six.high), (1.0, 6.0));
    }

    #[test]
    fn more_confidence_is_wider() {
        let wide = median_interval(&numbers(40), 0.999).unwrap();
        let narrow = median_interval(&numbers(40), 0.8).unwrap();
        assert!(wide.low < narrow.low && narrow.high < wide.high);
    }

    #[test]
    fn half_is_as_far_off_as_double() {
        assert_eq!(median_off_one(&[0.5; 8], 0.9), Some(1.0));
        assert_eq!(median_off_one(&[2.0; 8], 0.9), Some(1.0));
    }
}
