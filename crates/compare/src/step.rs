//! Telling a person how far a comparison is.

use std::fmt;
use std::time::Duration;

use crate::report::rounds;

/// What is about to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The whole comparison.
    Start {
        /// How long it should take, without the build.
        estimate: Duration,
    },
    /// A round.
    Round {
        /// The workload.
        workload: &'a str,
        /// The round's number; 0 is the warm-up.
        number: usize,
        /// How many rounds are measured at least.
        least: usize,
        /// How long those of the workload should still take, where that is known.
        left: Option<Duration>,
    },
    /// A round in which memory is looked at.
    Memory {
        /// The workload.
        workload: &'a str,
    },
    /// A run of each arm that tells what its workers do.
    Lanes {
        /// The workload.
        workload: &'a str,
    },
    /// A fault.
    Fault {
        /// The workload.
        workload: &'a str,
        /// What goes wrong.
        fault: &'a str,
    },
}

impl Step<'_> {
    /// Whether it begins something: enough to be told where lines stay.
    #[must_use]
    pub fn is_first(&self) -> bool {
        matches!(
            self,
            Self::Start { .. } | Self::Round { number: 0, .. } | Self::Fault { .. }
        )
    }
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Start { estimate } => {
                write!(f, "measuring for about {}", seconds(estimate))
            }
            Self::Fault { workload, fault } => write!(f, "{workload}: {fault}"),
            Self::Round {
                workload,
                number: 0,
                least,
                ..
            } => write!(f, "{workload}: warm-up, then {}", rounds(least)),
            Self::Round {
                workload,
                number,
                least,
                left: Some(left),
            } if number <= least => {
                write!(
                    f,
                    "{workload}: round {number} of {least}, {} left",
                    seconds(left)
                )
            }
            Self::Round {
                workload,
                number,
                least,
                ..
            } if number <= least => write!(f, "{workload}: round {number} of {least}"),
            Self::Round {
                workload, number, ..
            } => write!(
                f,
                "{workload}: round {number}, for a narrower interval or a quieter machine"
            ),
            Self::Memory { workload } => write!(f, "{workload}: memory"),
            Self::Lanes { workload } => write!(f, "{workload}: what its workers do"),
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.0} s", time.as_secs_f64().ceil())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(number: usize, left: Option<u64>) -> String {
        let left = left.map(Duration::from_secs);
        Step::Round {
            workload: "cpu",
            number,
            least: 16,
            left,
        }
        .to_string()
    }

    #[test]
    fn a_round_tells_where_it_is_and_what_is_left() {
        assert_eq!(round(0, None), "cpu: warm-up, then 16 rounds");
        assert_eq!(round(1, None), "cpu: round 1 of 16");
        assert_eq!(round(5, Some(7)), "cpu: round 5 of 16, 7 s left");
        assert!(round(17, Some(0)).starts_with("cpu: round 17, for"));
    }
}
