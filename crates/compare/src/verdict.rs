//! What a ratio of two arms allows to be said.
//!
//! A word needs enough rounds, an effect that matters, and a middle half of the rounds that agrees on the direction.
//! Where one of these is missing there is no clear difference, which is not the same as no difference.

use crate::statistics::Spread;

/// With fewer rounds only numbers are given.
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
    /// The middle half of the rounds is within so many percent.
    Within(f64),
    /// The rounds disagree, or the effect is small and the spread is not.
    Unclear,
}

impl Verdict {
    /// Judges the rounds' ratios of an arm's time to the other's.
    pub(crate) fn of(ratio: &Spread) -> Self {
        let Spread {
            n,
            median,
            lower_quartile,
            upper_quartile,
            ..
        } = *ratio;
        let farthest = (lower_quartile - 1.0)
            .abs()
            .max((upper_quartile - 1.0).abs());
        if n < MIN_ROUNDS {
            Self::TooFewRounds
        } else if median < 1.0 - MIN_EFFECT && upper_quartile < 1.0 {
            Self::Faster(1.0 / median)
        } else if median > 1.0 + MIN_EFFECT && lower_quartile > 1.0 {
            Self::Slower(median)
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
        Verdict::of(&Spread::of(ratios).unwrap())
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
            verdict(&[0.8, 1.1, 1.3, 1.3, 1.4, 1.5]),
            Verdict::Slower(1.3)
        );
        assert_eq!(verdict(&[0.7, 0.8, 0.9, 1.3, 1.4, 1.5]), Verdict::Unclear);
        assert_eq!(verdict(&[0.9, 0.9, 1.0, 1.0, 1.1, 1.1]), Verdict::Unclear);
    }
}
