//! Order statistics of a few samples: nothing is assumed about their distribution, and nothing is thrown away.

use serde::{Deserialize, Serialize};

/// Where some numbers lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// How many there are.
    pub n: usize,
    /// The least.
    pub min: f64,
    /// A quarter of them lies below.
    pub lower_quartile: f64,
    /// Half of them lies below.
    pub median: f64,
    /// A quarter of them lies above.
    pub upper_quartile: f64,
    /// The greatest.
    pub max: f64,
}

impl Spread {
    /// Looks at some numbers; `None` when there are none.
    ///
    /// ```
    /// let spread = anypool_compare::Spread::of(&[4.0, 1.0, 2.0]).unwrap();
    /// assert_eq!((spread.min, spread.median, spread.max), (1.0, 2.0, 4.0));
    /// ```
    pub fn of(numbers: &[f64]) -> Option<Self> {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Self {
            n: sorted.len(),
            min: *sorted.first()?,
            lower_quartile: between(&sorted, 1)?,
            median: between(&sorted, 2)?,
            upper_quartile: between(&sorted, 3)?,
            max: *sorted.last()?,
        })
    }
}

/// The value at `quarters` quarters of the way from the first to the last, on the line between its neighbours.
fn between(sorted: &[f64], quarters: usize) -> Option<f64> {
    let steps = sorted.len().checked_sub(1)? * quarters;
    let (low, part) = (*sorted.get(steps / 4)?, steps % 4);
    let high = sorted.get(steps / 4 + 1).copied().unwrap_or(low);
    let share = [0.0, 0.25, 0.5, 0.75][part];
    Some(low + (high - low) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_quartiles() {
        assert_eq!(Spread::of(&[]), None);
        let one = Spread::of(&[3.0]).unwrap();
        assert_eq!(
            (one.lower_quartile, one.median, one.upper_quartile),
            (3.0, 3.0, 3.0)
        );
        let even = Spread::of(&[4.0, 3.0, 2.0, 1.0]).unwrap();
        assert_eq!(
            (even.lower_quartile, even.median, even.upper_quartile),
            (1.75, 2.5, 3.25)
        );
        let odd = Spread::of(&[5.0, 1.0, 2.0, 4.0, 3.0]).unwrap();
        assert_eq!(
            (odd.lower_quartile, odd.median, odd.upper_quartile),
            (2.0, 3.0, 4.0)
        );
    }

    #[test]
    fn one_outlier_moves_the_maximum_and_not_the_median() {
        let spread = Spread::of(&[1.0, 1.0, 1.0, 1.0, 100.0]).unwrap();
        assert_eq!((spread.median, spread.max), (1.0, 100.0));
    }
}
