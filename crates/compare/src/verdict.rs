//! What a ratio of two arms allows to be said.
//!
//! A word needs enough rounds, and a median whose whole interval is beyond the band (or, for "within", inside of it).
//! The band is the least effect that matters, or what two equal arms seem to differ by on this machine, if that is
//! more. Where the interval lies across an edge there is no clear difference, which is not the same as no difference.

use crate::report::{Interval, Word};
use crate::statistics::count;

/// With fewer rounds only numbers are given: the median's interval would not be one of 95 %.
pub(crate) const MIN_ROUNDS: usize = 6;

/// With fewer rounds only large effects are given a word.
pub(crate) const ENOUGH_ROUNDS: usize = 16;

/// An effect of this size needs no more than the fewest rounds.
const LARGE: f64 = 2.0;

/// So many more rounds are not worth waiting for.
const ENDLESS: f64 = 1_000.0;

/// Keeps an exact percent from being rounded up for its last binary digit.
const ROUNDING: f64 = 1e-6;

/// The rule that turns ratios into words.
///
/// ```
/// use anypool_compare::Rule;
/// use anypool_compare::report::{Interval, Word};
///
/// let rule = Rule::new(0.05, Some(0.08));
/// let ratio = Interval { low: 1.06, mid: 1.09, high: 1.12 };
/// assert_eq!(rule.word(16, &ratio), Word::Unclear);
/// assert_eq!(Rule::new(0.05, None).word(16, &ratio), Word::Slower);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// A ratio beyond one and this much more is a difference.
    band: f64,
}

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

impl Rule {
    /// The rule for effects of at least this share, on a machine whose noise is this.
    pub fn new(min_effect: f64, floor: Option<f64>) -> Self {
        Self {
            band: floor.unwrap_or(0.0).max(min_effect),
        }
    }

    /// The word for an arm whose time in `rounds` rounds is so many times the other's.
    pub fn word(&self, rounds: usize, ratio: &Interval) -> Word {
        match self.verdict(rounds, ratio) {
            Verdict::TooFewRounds => Word::NotEnoughData,
            Verdict::Faster(_) => Word::Faster,
            Verdict::Slower(_) => Word::Slower,
            Verdict::Within(_) => Word::Same,
            Verdict::Unclear => Word::Unclear,
        }
    }

    /// About how many rounds more would allow a word; `None` where there is one, or where it would take too many.
    ///
    /// An interval narrows with the root of the number of rounds, and the nearer its middle is to an edge of the band,
    /// the narrower it has to be.
    pub fn more_rounds(&self, rounds: usize, ratio: &Interval) -> Option<u32> {
        match self.verdict(rounds, ratio) {
            Verdict::TooFewRounds => u32::try_from(ENOUGH_ROUNDS.saturating_sub(rounds)).ok(),
            Verdict::Unclear => {
                let edges = [self.fast_edge(), self.slow_edge()].map(f64::ln);
                let off = |edge: f64| (ratio.mid.ln() - edge).abs();
                let room = edges.into_iter().map(off).fold(f64::INFINITY, f64::min);
                let reach = (ratio.high / ratio.low).ln() / 2.0;
                let more = count(rounds) * ((reach / room).powi(2) - 1.0);
                (more <= ENDLESS).then(|| whole(more))
            }
            Verdict::Faster(_) | Verdict::Slower(_) | Verdict::Within(_) => None,
        }
    }

    /// Judges the rounds' ratios of an arm's time to the other's.
    pub(crate) fn verdict(&self, rounds: usize, ratio: &Interval) -> Verdict {
        let Interval { low, mid, high } = *ratio;
        let (fast, slow) = (self.fast_edge(), self.slow_edge());
        let verdict = if high < fast {
            Verdict::Faster(1.0 / mid)
        } else if low > slow {
            Verdict::Slower(mid)
        } else if low >= fast && high <= slow {
            let farthest = (1.0 / low).max(high) - 1.0;
            Verdict::Within((farthest * 100.0 - ROUNDING).ceil().max(1.0))
        } else {
            Verdict::Unclear
        };
        let is_large =
            matches!(verdict, Verdict::Faster(times) | Verdict::Slower(times) if times >= LARGE);
        match rounds {
            ENOUGH_ROUNDS.. => verdict,
            MIN_ROUNDS.. if is_large => verdict,
            _ => Verdict::TooFewRounds,
        }
    }

    fn fast_edge(self) -> f64 {
        1.0 / (1.0 + self.band)
    }

    fn slow_edge(self) -> f64 {
        1.0 + self.band
    }
}

/// A number of rounds, rounded up.
fn whole(rounds: f64) -> u32 {
    let seconds = std::time::Duration::try_from_secs_f64(rounds.ceil().max(1.0));
    seconds.map_or(u32::MAX, |time| {
        u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::median_interval;

    const QUIET: Rule = Rule { band: 0.05 };

    fn verdict(ratios: &[f64]) -> Verdict {
        QUIET.verdict(ratios.len(), &median_interval(ratios, 0.95).unwrap())
    }

    fn interval(low: f64, mid: f64, high: f64) -> Interval {
        Interval { low, mid, high }
    }

    #[test]
    fn a_word_needs_rounds_an_effect_and_agreement() {
        assert_eq!(verdict(&[0.5; 5]), Verdict::TooFewRounds);
        assert_eq!(verdict(&[0.5; 6]), Verdict::Faster(2.0));
        assert_eq!(verdict(&[2.0; 6]), Verdict::Slower(2.0));
        assert_eq!(verdict(&[1.03; 16]), Verdict::Within(3.0));
        assert_eq!(verdict(&[1.0; 16]), Verdict::Within(1.0));
        assert_eq!(verdict(&[1.2; 16]), Verdict::Slower(1.2));
    }

    #[test]
    fn below_a_factor_of_two_six_rounds_are_too_few() {
        assert_eq!(verdict(&[1.9; 15]), Verdict::TooFewRounds);
        assert_eq!(verdict(&[1.0; 15]), Verdict::TooFewRounds);
        assert_eq!(verdict(&[1.9; 16]), Verdict::Slower(1.9));
        assert_eq!(QUIET.more_rounds(6, &interval(1.8, 1.9, 1.9)), Some(10));
    }

    #[test]
    fn a_large_median_with_a_larger_spread_is_unclear() {
        let spread = |least: f64| (0..16).map(move |n| least + 0.05 * f64::from(n));
        assert_eq!(verdict(&spread(0.7).collect::<Vec<_>>()), Verdict::Unclear);
        assert!(matches!(
            verdict(&spread(1.1).collect::<Vec<_>>()),
            Verdict::Slower(_)
        ));
    }

    #[test]
    fn a_noisy_machine_needs_a_larger_effect() {
        let ratio = interval(1.15, 1.2, 1.25);
        assert_eq!(Rule::new(0.05, Some(0.1)).word(16, &ratio), Word::Slower);
        assert_eq!(Rule::new(0.05, Some(0.2)).word(16, &ratio), Word::Unclear);
        assert_eq!(Rule::new(0.05, Some(0.3)).word(16, &ratio), Word::Same);
    }

    #[test]
    fn either_arm_may_be_the_baseline() {
        for (low, mid, high) in [(1.06, 1.1, 1.2), (1.0, 1.02, 1.04), (1.0, 1.05, 1.1)] {
            let ratio = interval(low, mid, high);
            let (one, other) = (QUIET.word(16, &ratio), QUIET.word(16, &ratio.inverse()));
            let mirrored = match one {
                Word::Slower => Word::Faster,
                other => other,
            };
            assert_eq!(other, mirrored);
        }
    }

    #[test]
    fn more_rounds_are_needed_the_nearer_it_is_to_an_edge() {
        let far = QUIET.more_rounds(16, &interval(1.0, 1.2, 1.44)).unwrap();
        let near = QUIET.more_rounds(16, &interval(0.9, 1.1, 1.3)).unwrap();
        assert!(far < near, "{far} {near}");
        assert_eq!(QUIET.more_rounds(16, &interval(0.9, 1.0501, 1.2)), None);
        assert_eq!(QUIET.more_rounds(16, &interval(1.1, 1.2, 1.3)), None);
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
        for rounds in [6, 16] {
            for noise in [0.05, 0.2, 1.0, 5.0] {
                let claims = claims(1.0, noise, rounds);
                assert!(claims <= 100, "{rounds} rounds, {noise}: {claims} of 2000");
            }
        }
    }

    #[test]
    fn an_arm_of_half_the_speed_is_found_in_spite_of_noise() {
        let claims = claims(2.0, 0.5, 16);
        assert!(claims >= 1900, "{claims} of 2000");
    }
}
