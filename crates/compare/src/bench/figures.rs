//! What the rounds of an arm amount to.

use super::record::Lane;
use super::row::{Aggregate, Metric};
use crate::statistics::Spread;

/// One arm's figure for one metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figure {
    /// What stands for all rounds.
    pub(crate) value: f64,
    /// Where the rounds lie.
    pub(crate) spread: Spread,
}

/// The figure of an arm; `None` when it has no numbers.
pub(crate) fn figure(lane: &Lane, metric: &Metric) -> Option<Figure> {
    let spread = Spread::of(&lane.numbers(metric.name))?;
    let value = match metric.aggregate {
        Aggregate::Median => spread.median,
        Aggregate::Max => spread.max,
    };
    Some(Figure { value, spread })
}

/// How many times as good one arm is as another, by round; `None` when they have no round in common.
///
/// Rounds are compared with themselves: what the machine did at that time met both.
pub(crate) fn times_better(ours: &Lane, theirs: &Lane, metric: &Metric) -> Option<Spread> {
    let pairs = ours.rounds.iter().zip(&theirs.rounds);
    let ratio = |ours: f64, theirs: f64| {
        let ratio = metric.times_better(ours, theirs);
        // None of both is a measurable time or rate where it is zero.
        ratio.is_finite().then_some(ratio)
    };
    let ratios: Vec<f64> = pairs
        .filter_map(|(ours, theirs)| ratio(*ours.get(metric.name)?, *theirs.get(metric.name)?))
        .collect();
    Spread::of(&ratios)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::mode::Mode;
    use crate::bench::rows::all;

    fn lane(numbers: &[f64]) -> Lane {
        let rounds = numbers.iter().map(|n| [("latency".to_owned(), *n)].into());
        Lane {
            rounds: rounds.collect(),
            ..Lane::new("arm", Mode::Free)
        }
    }

    fn latency() -> Metric {
        all().remove(0).metrics.remove(0)
    }

    #[test]
    fn ratios_are_of_the_same_round() {
        let (ours, theirs) = (lane(&[1.0, 10.0, 100.0]), lane(&[3.0, 30.0, 300.0]));
        let ratio = times_better(&ours, &theirs, &latency()).unwrap();
        assert_eq!((ratio.n, ratio.min, ratio.max), (3, 3.0, 3.0));
    }

    #[test]
    fn rounds_that_one_arm_does_not_have_are_left_out() {
        let ratio = times_better(&lane(&[1.0, 1.0]), &lane(&[2.0]), &latency()).unwrap();
        assert_eq!((ratio.n, ratio.median), (1, 2.0));
        assert_eq!(times_better(&lane(&[]), &lane(&[2.0]), &latency()), None);
        assert_eq!(times_better(&lane(&[0.0]), &lane(&[2.0]), &latency()), None);
    }

    #[test]
    fn what_must_never_be_exceeded_is_judged_by_its_greatest() {
        let most = Metric {
            aggregate: Aggregate::Max,
            ..latency()
        };
        let lane = lane(&[1.0, 9.0, 2.0]);
        assert_eq!(figure(&lane, &most).unwrap().value, 9.0);
        assert_eq!(figure(&lane, &latency()).unwrap().value, 2.0);
    }
}
