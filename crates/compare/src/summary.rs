//! What a workload's rounds amount to: times of each arm, and ratios taken within each round.
//!
//! The unit is the round. A machine that is slow for a while is slow for all arms of a round, so a ratio of two times
//! of one round is steadier than a ratio of two medians.

use serde::{Deserialize, Serialize};

use crate::arm::Arm;
use crate::round::Round;
use crate::statistics::Spread;

/// All arms of a workload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// One entry an arm, in the workload's order.
    pub arms: Vec<ArmSummary>,
    /// What they allow to be said.
    pub sentence: String,
}

/// One arm of a workload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmSummary {
    /// The arm.
    pub arm: Arm,
    /// Its times, in seconds.
    pub wall: Spread,
    /// Its time divided by the baseline's, round by round.
    pub ratio: Option<Spread>,
    /// The time of one after another divided by its own, round by round.
    pub speed_up: Option<Spread>,
}

/// Summarises each arm that ran.
pub(crate) fn summarise(arms: &[Arm], rounds: &[Round], baseline: Arm) -> Vec<ArmSummary> {
    let of = |arm: &Arm| {
        Some(ArmSummary {
            arm: *arm,
            wall: Spread::of(&per_round(rounds, |round| wall(round, *arm)))?,
            ratio: Spread::of(&per_round(rounds, |round| {
                Some(wall(round, *arm)? / wall(round, baseline)?)
            })),
            speed_up: Spread::of(&per_round(rounds, |round| {
                Some(wall(round, Arm::Seq)? / wall(round, *arm)?)
            })),
        })
    };
    arms.iter().filter_map(of).collect()
}

fn per_round(rounds: &[Round], value: impl Fn(&Round) -> Option<f64>) -> Vec<f64> {
    rounds.iter().filter_map(value).collect()
}

fn wall(round: &Round, arm: Arm) -> Option<f64> {
    round
        .runs
        .iter()
        .find(|run| run.arm == arm)
        .map(|run| seconds(run.wall_ns))
}

fn seconds(nanoseconds: u64) -> f64 {
    std::time::Duration::from_nanos(nanoseconds).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round::Timing;

    fn round(times: &[(Arm, u64)]) -> Round {
        let timing = |(arm, ms): &(Arm, u64)| Timing {
            arm: *arm,
            wall_ns: ms * 1_000_000,
        };
        Round {
            number: 1,
            runs: times.iter().map(timing).collect(),
        }
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        // The machine is ten times slower in the second round; the medians of the times would say 1.09.
        let rounds = [
            round(&[(Arm::Threads, 100), (Arm::Pool, 200), (Arm::Seq, 400)]),
            round(&[(Arm::Pool, 2_000), (Arm::Threads, 1_000), (Arm::Seq, 4_000)]),
        ];
        let arms = summarise(&Arm::ALL, &rounds, Arm::Threads);
        let pool = &arms[2];
        assert_eq!(pool.arm, Arm::Pool);
        assert_eq!(pool.ratio.unwrap().median, 2.0);
        assert_eq!(pool.speed_up.unwrap().median, 2.0);
        assert!((pool.wall.median - 1.1).abs() < 1e-9);
        assert_eq!(arms[1].ratio.unwrap().max, 1.0);
    }

    #[test]
    fn without_a_sequential_arm_there_is_no_speed_up() {
        let arms = [Arm::Threads, Arm::Pool];
        let summary = summarise(
            &arms,
            &[round(&[(Arm::Threads, 1), (Arm::Pool, 1)])],
            Arm::Threads,
        );
        assert!(
            summary
                .iter()
                .all(|arm| arm.speed_up.is_none() && arm.ratio.is_some())
        );
    }
}
