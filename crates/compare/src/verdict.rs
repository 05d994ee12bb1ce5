//! What a ratio of two arms allows to be said.
//!
//! A word needs enough rounds, and a median whose whole interval is beyond an effect that matters (or, for "within", on
//! this side of it). Where it is on both sides there is no clear difference, which is not the same as no difference.
//! So two equal arms are called different at most once in twenty times, however loaded the machine is.

use crate::report::Interval;

/// With fewer rounds only numbers are given: the median's interval would not be one of 95 %.
pub(crate) const MIN_ROUNDS: usize = 6;

/// A difference below this share is nobody's reason to choose.
const MIN_EFFECT: f64 = 0.05;

/// Keeps an exact percent from being rounded up for its last binary digit.
const ROUNDING: f64 = 1e-6;

/// What is said of an arm beside another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Verdict {
    /// There are not enough rounds to say anything.
    TooFewRounds,
    /// It is so many times as fast.
    Faster(f64),
    /// It takes so many times as long.
    Slower(f64),
    /// The median's interval is within so many percent.
    Within(f64),
    /// The rounds disagree, or the effect is small and the spread is not.
    Unclear,
}

impl Verdict {
    /// Judges the rounds' ratios of an arm's time to the other's.
    pub(crate) fn of(n: usize, ratio: &Interval) -> Self {
        let Interval { low, mid, high } = *ratio;
        let farthest = (low - 1.0).abs().max((high - 1.0).abs());
        if n < MIN_ROUNDS {
            Self::TooFewRounds
        } else if high < 1.0 - MIN_EFFECT {
            Self::Faster(1.0 / mid)
        } else if low > 1.0 + MIN_EFFECT {
            Self::Slower(mid)
        } else if farthest <= MIN_EFFECT {
            Self::Within((farthest * 100.0 - ROUNDING).ceil().max(1.0))
        } else {
            Self::Unclear
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(ratios: &[f64]) -> Verdict {
        let spread = crate::statistics::Spread::of(ratios).unwrap();
        Verdict::of(spread.n, &spread.interval())
    }

    #[test]
    fn a_word_needs_rounds_an_effect_and_agreement() {
        assert_eq!(verdict(&[0.5; 5]), Verdict::TooFewRounds);
        assert_eq!(verdict(&[0.5; 6]), Verdict::Faster(2.0));
        assert_eq!(verdict(&[2.0; 6]), Verdict::Slower(2.0));
        assert_eq!(verdict(&[1.03; 6]), Verdict::Within(3.0));
        assert_eq!(verdict(&[1.0; 6]), Verdict::Within(1.0));
    }

    #[test]
    fn a_large_median_with_a_larger_spread_is_unclear() {
        assert_eq!(
            verdict(&[1.1, 1.2, 1.3, 1.3, 1.4, 1.5]),
            Verdict::Slower(1.3)
        );
        assert_eq!(verdict(&[0.8, 1.1, 1.3, 1.3, 1.4, 1.5]), Verdict::Unclear);
        assert_eq!(verdict(&[0.7, 0.8, 0.9, 1.3, 1.4, 1.5]), Verdict::Unclear);
        assert_eq!(verdict(&[0.9, 0.9, 1.0, 1.0, 1.1, 1.1]), Verdict::Unclear);
    }

    /// How many of 2000 comparisons of so many rounds make a claim of a difference, when the arms' times differ by
    /// `factor` and by noise of up to `noise` in either direction.
    fn claims(factor: f64, noise: f64, rounds: usize) -> usize {
        let mut random = fastrand::Rng::with_seed(42);
        let mut ratio = || factor * ((2.0 * random.f64() - 1.0) * (1.0 + noise).ln()).exp();
        let mut compare = || verdict(&(0..rounds).map(|_| ratio()).collect::<Vec<_>>());
        (0..2000)
            .filter(|_| matches!(compare(), Verdict::Faster(_) | Verdict::Slower(_)))
            .count()
    }

    #[test]
    fn equal_arms_are_seldom_told_apart() {
        for rounds in [6, 12] {
            for noise in [0.05, 0.2, 1.0, 5.0] {
                let claims = claims(1.0, noise, rounds);
                assert!(claims <= 100, "{rounds} rounds, {noise}: {claims} of 2000");
            }
        }
    }

    #[test]
    fn an_arm_of_half_the_speed_is_found_in_spite_of_noise() {
        for rounds in [6, 12] {
            let claims = claims(2.0, 0.5, rounds);
            assert!(claims >= 1900, "{rounds} rounds: {claims} of 2000");
        }
    }
}
