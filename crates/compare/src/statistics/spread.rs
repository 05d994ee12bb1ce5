//! Order statistics of a few numbers.

/// Where some numbers lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    /// How many there are.
    pub(crate) n: usize,
    /// The least.
    pub(crate) min: f64,
    /// The lower end of the interval in which the median of what they are samples of lies, with 95 % confidence.
    pub(crate) low: f64,
    /// Half of them lies below.
    pub(crate) median: f64,
    /// The upper end of that interval.
    pub(crate) high: f64,
    /// The greatest.
    pub(crate) max: f64,
    /// The median distance from the median.
    pub(crate) distance: f64,
    /// 95 of 100 lie below.
    pub(crate) p95: f64,
}

impl Spread {
    /// Looks at some numbers; `None` when there are none.
    pub(crate) fn of(numbers: &[f64]) -> Option<Self> {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        let outside = outside_interval(n);
        let middle = median(&sorted)?;
        let distances: Vec<f64> = sorted
            .iter()
            .map(|number| (number - middle).abs())
            .collect();
        Some(Self {
            n,
            min: *sorted.first()?,
            low: *sorted.get(outside)?,
            median: middle,
            high: *sorted.get(n.checked_sub(outside + 1)?)?,
            max: *sorted.last()?,
            distance: median_of(&distances)?,
            p95: *sorted.get((n * 95).div_ceil(100).saturating_sub(1))?,
        })
    }
}

/// The median of numbers in any order.
pub(crate) fn median_of(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    median(&sorted)
}

fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    let high = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(high);
    }
    Some(f64::midpoint(*sorted.get(middle.checked_sub(1)?)?, high))
}

/// How rarely the median may lie beyond one end of its interval: 2.5 % at each end leave 95 % between them.
const BEYOND_ONE_END: f64 = 0.025;

/// How many of `n` sorted samples lie outside the median's interval at either end.
///
/// Each sample is above the median as often as below it, so how many are below is a number of heads in `n` tosses of a
/// coin, whatever the distribution. Below six samples even the least and the greatest are too close together, and the
/// interval is only as wide as they are.
fn outside_interval(n: usize) -> usize {
    // The probability of exactly so many heads, as a logarithm: for thousands of tosses it is too small for a float.
    let mut heads = count(n) * 0.5_f64.ln();
    let mut beyond = heads.exp();
    let mut outside = 0;
    while beyond <= BEYOND_ONE_END && outside < n / 2 {
        heads += (count(n - outside) / count(outside + 1)).ln();
        beyond += heads.exp();
        outside += 1;
    }
    outside.saturating_sub(1)
}

/// A number of samples; all that fit into memory are exact.
pub(crate) fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_of_odd_and_even_numbers() {
        assert_eq!(Spread::of(&[]), None);
        let median = |numbers: &[f64]| Spread::of(numbers).unwrap().median;
        assert_eq!(median(&[3.0]), 3.0);
        assert_eq!(median(&[4.0, 3.0, 2.0, 1.0]), 2.5);
        assert_eq!(median(&[5.0, 1.0, 2.0, 4.0, 3.0]), 3.0);
    }

    #[test]
    fn the_interval_is_that_of_the_sign_test() {
        // From tables of the binomial distribution with p = 1/2.
        for (n, outside) in [
            (1, 0),
            (5, 0),
            (6, 0),
            (8, 0),
            (9, 1),
            (12, 2),
            (20, 5),
            (40, 13),
            (10_000, 4901),
        ] {
            assert_eq!(outside_interval(n), outside, "{n}");
        }
        let numbers: Vec<f64> = (1..=12).map(f64::from).collect();
        let spread = Spread::of(&numbers).unwrap();
        assert_eq!((spread.low, spread.median, spread.high), (3.0, 6.5, 10.0));
    }

    #[test]
    fn many_samples_have_a_narrow_interval() {
        let numbers: Vec<f64> = (1..=1000).map(f64::from).collect();
        let spread = Spread::of(&numbers).unwrap();
        assert_eq!((spread.low, spread.high), (469.0, 532.0));
    }

    #[test]
    fn the_tail_and_the_usual_distance_are_told() {
        let numbers: Vec<f64> = (1..=100).map(f64::from).collect();
        let spread = Spread::of(&numbers).unwrap();
        assert_eq!((spread.p95, spread.distance), (95.0, 25.0));
    }

    #[test]
    fn one_outlier_moves_the_maximum_and_not_the_median() {
        let spread = Spread::of(&[1.0, 1.0, 1.0, 1.0, 100.0]).unwrap();
        assert_eq!((spread.median, spread.max), (1.0, 100.0));
    }
}
