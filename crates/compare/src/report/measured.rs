//! One comparison of a report: its question, its cells and its verdict.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::card::{Card, Claim};
use super::cell::Cell;
use super::fit::{Crossover, Scaling};
use super::isolation::Isolation;
use crate::class::Class;

/// A comparison and what it found so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measured {
    /// The comparison's name.
    pub name: String,
    /// What its figures answer.
    pub question: String,
    /// What it spends its time on.
    pub class: Class,
    /// The work in words, as `primes(limit=200000) × 64 tasks, 2 workers`.
    pub workload: String,
    /// Along what its cells lie; without it there is one cell.
    pub axis: Option<Axis>,
    /// Its arms.
    pub arms: Vec<ArmInfo>,
    /// The arm that the others are divided by.
    pub baseline: String,
    /// Its cells, by their points.
    pub cells: Vec<Cell>,
    /// Where answers change along the axis.
    pub crossovers: Vec<Crossover>,
    /// How arms scale, where the axis is the number of workers.
    pub scaling: Vec<Scaling>,
    /// What faults cost, where that is the question.
    pub isolation: Option<Isolation>,
    /// What people say, and whether it holds here.
    pub claims: Vec<Claim>,
    /// The verdict, once all rounds are there.
    pub card: Option<Card>,
    /// What was left out, and why.
    pub notes: Vec<String>,
}

impl Measured {
    /// The arm of that name.
    pub fn arm(&self, name: &str) -> Option<&ArmInfo> {
        self.arms.iter().find(|arm| arm.name == name)
    }
}

/// What changes from cell to cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Axis {
    /// Its name, as `workers` or `task length`.
    pub name: String,
    /// What its points are measured in.
    pub unit: Unit,
    /// Whether its points are by factors apart, not by steps.
    pub logarithmic: bool,
}

/// What the points of an axis are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A number of things.
    Count,
    /// Nanoseconds.
    Nanoseconds,
    /// Bytes.
    Bytes,
}

/// One way to run the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ArmInfo {
    /// Its name, as on the command line.
    pub name: String,
    /// What a sentence calls it.
    pub noun: String,
    /// What kind of workers it has.
    pub side: Side,
    /// The arm that it repeats, for the control that measures the noise.
    pub control_of: Option<String>,
    /// The command line of its first cell.
    pub command: String,
}

/// What kind of workers an arm has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// None: one task after another.
    Sequential,
    /// Threads of one process.
    Threads,
    /// Processes.
    Processes,
    /// Something else: another tool, or a program of the user's.
    Other,
}

impl Side {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Sequential,
        Self::Threads,
        Self::Processes,
        Self::Other,
    ];

    /// The name in files and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::Threads => "threads",
            Self::Processes => "processes",
            Self::Other => "other",
        }
    }
}
