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
        /// How many rounds are measured.
        count: usize,
    },
}

impl Step<'_> {
    /// Whether it begins something: enough to be told where lines stay.
    #[must_use]
    pub fn is_first(&self) -> bool {
        matches!(self, Self::Start { .. } | Self::Round { number: 0, .. })
    }
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start { estimate } => {
                write!(
                    f,
                    "measuring for about {:.0} s",
                    estimate.as_secs_f64().ceil()
                )
            }
            Self::Round {
                workload,
                number: 0,
                count,
            } => write!(f, "{workload}: warm-up, then {}", rounds(*count)),
            Self::Round {
                workload,
                number,
                count,
            } => write!(f, "{workload}: round {number} of {count}"),
        }
    }
}
