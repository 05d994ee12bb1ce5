//! What a cell's rounds amount to: times of each arm, and ratios taken within each round.
//!
//! The unit is the round. A machine that is slow for a while is slow for all arms of a round, so a ratio of two times
//! of one round is steadier than a ratio of two medians.

use crate::report::{ArmInfo, ArmResult, Interval, Round, Sample, Side, Times, Word};
use crate::statistics::Spread;
use crate::verdict::Verdict;

/// Summarises each arm that ran.
pub(crate) fn summarise(arms: &[ArmInfo], rounds: &[Round], baseline: &str) -> Vec<ArmResult> {
    let sequential = arms.iter().find(|arm| arm.side == Side::Sequential);
    let of = |arm: &ArmInfo| {
        let name = arm.name.as_str();
        let ratio = ratios(rounds, name, baseline).filter(|_| name != baseline);
        Some(ArmResult {
            arm: arm.name.clone(),
            wall: times(&values(rounds, name, |sample| Some(sample.wall_ns)))?,
            setup: times(&values(rounds, name, |sample| sample.setup_ns)),
            work: times(&values(rounds, name, |sample| sample.work_ns)),
            teardown: times(&values(rounds, name, |sample| sample.teardown_ns)),
            user_ns: None,
            sys_ns: None,
            voluntary_switches: None,
            involuntary_switches: None,
            cpu: None,
            peak_pss: None,
            peak_rss: None,
            ratio,
            word: ratio.map(|ratio| word(rounds.len(), &ratio)),
            more_rounds: None,
            speed_up: sequential.and_then(|seq| ratios(rounds, &seq.name, name)),
            efficiency: None,
            outliers: Vec::new(),
            two_modes: false,
        })
    };
    arms.iter().filter_map(of).collect()
}

fn word(rounds: usize, ratio: &Interval) -> Word {
    match Verdict::of(rounds, ratio) {
        Verdict::TooFewRounds => Word::NotEnoughData,
        Verdict::Faster(_) => Word::Faster,
        Verdict::Slower(_) => Word::Slower,
        Verdict::Within(_) => Word::Same,
        Verdict::Unclear => Word::Unclear,
    }
}

/// The time of one arm divided by that of another, round by round.
fn ratios(rounds: &[Round], one: &str, other: &str) -> Option<Interval> {
    let ratio = |round: &Round| {
        Some(seconds(round.sample(one)?.wall_ns) / seconds(round.sample(other)?.wall_ns))
    };
    let ratios: Vec<f64> = rounds.iter().filter_map(ratio).collect();
    Some(Spread::of(&ratios)?.interval())
}

fn values(rounds: &[Round], arm: &str, value: impl Fn(&Sample) -> Option<u64>) -> Vec<u64> {
    let samples = rounds.iter().filter_map(|round| round.sample(arm));
    samples.filter_map(value).collect()
}

fn times(values: &[u64]) -> Option<Times> {
    let seconds: Vec<f64> = values.iter().map(|ns| seconds(*ns)).collect();
    let spread = Spread::of(&seconds)?;
    Some(Times {
        n: spread.n,
        min_ns: nanoseconds(spread.min),
        low_ns: nanoseconds(spread.low),
        median_ns: nanoseconds(spread.median),
        high_ns: nanoseconds(spread.high),
        mad_ns: 0,
        p95_ns: nanoseconds(spread.max),
        max_ns: nanoseconds(spread.max),
    })
}

fn seconds(nanoseconds: u64) -> f64 {
    std::time::Duration::from_nanos(nanoseconds).as_secs_f64()
}

fn nanoseconds(seconds: f64) -> u64 {
    let time = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default();
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::Arm;
    use crate::round_of::round;

    fn infos() -> Vec<ArmInfo> {
        Arm::ALL.map(|arm| arm.info(String::new())).to_vec()
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        // The machine is ten times slower in the second round; the medians of the times would say 1.09.
        let rounds = [
            round(&[("threads", 100), ("pool", 200), ("seq", 400)]),
            round(&[("pool", 2_000), ("threads", 1_000), ("seq", 4_000)]),
        ];
        let arms = summarise(&infos(), &rounds, "threads");
        let pool = &arms[2];
        assert_eq!(pool.arm, "pool");
        assert_eq!(pool.ratio.unwrap().mid, 2.0);
        assert_eq!(pool.speed_up.unwrap().mid, 2.0);
        assert_eq!(pool.wall.median_ns, 1_100_000_000);
        assert_eq!(arms[1].ratio, None);
    }

    #[test]
    fn without_a_sequential_arm_there_is_no_speed_up() {
        let rounds = [round(&[("threads", 1), ("pool", 1)])];
        let summary = summarise(&infos()[1..], &rounds, "threads");
        assert!(summary.iter().all(|arm| arm.speed_up.is_none()));
        assert!(summary[1].ratio.is_some());
    }
}
