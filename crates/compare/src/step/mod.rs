//! Telling how far a comparison is: people in words, and programs in lines.
//!
//! - [`line`]: steps as lines, and what describes them to programs;
//! - [`planned`]: what will be done, before anything is built.

mod line;
mod planned;

use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::{GateResult, Measured, Round, State, rounds};

pub use line::schema;
pub use planned::{Planned, PlannedComparison};

use line::{nanoseconds, nanoseconds_if_known};

/// What is about to be done, and what was done. `workload` is the comparison's name, with the place where it has an axis.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum Step<'a> {
    /// It is known what will be done.
    #[serde(rename = "planned")]
    Planned(Box<Planned<'a>>),
    /// All is built, and measuring begins.
    #[serde(rename = "measuring-started")]
    Start {
        /// How long it should take, without the build.
        #[serde(rename = "estimate_ns", serialize_with = "nanoseconds")]
        #[schemars(with = "u64")]
        estimate: Duration,
    },
    /// A round begins.
    #[serde(rename = "round-started")]
    Round {
        /// The workload.
        workload: &'a str,
        /// The round's number; 0 is the warm-up, whose times are not kept.
        number: usize,
        /// The number of the disturbed round in whose place it is measured once more.
        repeats: Option<usize>,
        /// How many rounds are measured at least.
        least: usize,
        /// How long those of the workload should still take, where that is known.
        #[serde(rename = "left_ns", serialize_with = "nanoseconds_if_known")]
        #[schemars(with = "Option<u64>")]
        left: Option<Duration>,
    },
    /// A round is measured.
    #[serde(rename = "round-finished")]
    Measured {
        /// The workload.
        workload: &'a str,
        /// Where it is on the axis of the sweep, in the axis's unit.
        point: Option<f64>,
        /// What was measured.
        round: &'a Round,
    },
    /// A round begins in which memory is looked at.
    #[serde(rename = "memory-started")]
    Memory {
        /// The workload.
        workload: &'a str,
    },
    /// A run of each arm begins that tells what its workers do.
    #[serde(rename = "lanes-started")]
    Lanes {
        /// The workload.
        workload: &'a str,
    },
    /// A fault is tried on every arm.
    #[serde(rename = "fault-started")]
    Fault {
        /// The workload.
        workload: &'a str,
        /// What goes wrong.
        fault: &'a str,
    },
    /// A comparison is at its end.
    #[serde(rename = "verdict")]
    Verdict {
        /// What it found, as the report has it, without rounds, looks at memory and timelines.
        comparison: Box<Measured>,
    },
    /// The report lies in its files. It is the last step where nothing fails.
    #[serde(rename = "report-written")]
    Written {
        /// Whether the comparison came to its end.
        state: State,
        /// What it had to keep to.
        gates: &'a [GateResult],
        /// All of it.
        report: String,
        /// The page for people.
        page: String,
    },
    /// The comparison failed, or did not keep to what was asked of it. It is the last step.
    #[serde(rename = "error")]
    Error {
        /// What is wrong, and what to do about it.
        message: String,
        /// The exit code that the program ends with.
        exit: u8,
    },
}

impl Step<'_> {
    /// A comparison's end.
    pub(crate) fn verdict(measured: &Measured) -> Self {
        let mut comparison = Box::new(measured.clone());
        for cell in &mut comparison.cells {
            cell.rounds.clear();
            cell.memory.clear();
            cell.timelines.clear();
        }
        Self::Verdict { comparison }
    }

    /// Whether it is about to be done, which is what people are told while they wait. What was done they see in the report.
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        !matches!(
            self,
            Self::Planned(_)
                | Self::Measured { .. }
                | Self::Verdict { .. }
                | Self::Written { .. }
                | Self::Error { .. }
        )
    }

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
            Self::Planned(ref planned) => write!(f, "{} is planned", planned.name),
            Self::Start { estimate } => {
                write!(f, "measuring for about {}", seconds(estimate))
            }
            Self::Measured {
                workload, round, ..
            } => write!(f, "{workload}: round {} is measured", round.number),
            Self::Verdict { ref comparison } => write!(f, "{}: measured", comparison.name),
            Self::Written { ref report, .. } => write!(f, "all samples: {report}"),
            Self::Error { ref message, exit } => write!(f, "error: {message}   (exit {exit})"),
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
                ..
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
mod tests;
