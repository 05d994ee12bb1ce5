//! What the bench has found: every number, as JSON keeps it.

use serde::{Deserialize, Serialize};

use super::contender::Reading;
use super::mode::Mode;
use super::row::Row;
use crate::environment::Environment;

/// The version of the report's form.
const SCHEMA: u32 = 1;

/// A run of the bench.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenchReport {
    /// The version of this form.
    pub schema: u32,
    /// When it began, in UTC.
    pub started: String,
    /// Whether all rows are there.
    pub complete: bool,
    /// Whether it was a quick run, whose figures say that the bench works and nothing else.
    pub quick: bool,
    /// The machine.
    pub environment: Environment,
    /// The seed of the order of the arms.
    pub seed: u64,
    /// The transports of the process pool, the default one first.
    pub transports: Vec<String>,
    /// The rows that have been measured.
    pub rows: Vec<MeasuredRow>,
}

/// One row's rounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasuredRow {
    /// Its name.
    pub name: String,
    /// What was done.
    pub title: String,
    /// Its arms, each in each mode.
    pub lanes: Vec<Lane>,
}

/// One arm in one mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// The arm.
    pub arm: String,
    /// Where it ran.
    pub mode: Mode,
    /// Why it has no numbers, or no more of them.
    pub absent: Option<String>,
    /// Its numbers, by round; the bases are nanoseconds, bytes, plain counts, and so many a second.
    pub rounds: Vec<Reading>,
}

impl BenchReport {
    /// A report of a bench that has not begun; `started` is the time in UTC.
    pub fn new(environment: Environment, started: String, transports: Vec<String>) -> Self {
        Self {
            schema: SCHEMA,
            started,
            complete: false,
            quick: false,
            environment,
            seed: 0,
            transports,
            rows: Vec::new(),
        }
    }
}

impl MeasuredRow {
    /// A row without a round.
    pub(crate) fn new(row: &Row, lanes: Vec<Lane>) -> Self {
        Self {
            name: row.name.to_owned(),
            title: row.title.to_owned(),
            lanes,
        }
    }

    /// The numbers of an arm, if there are any.
    pub(crate) fn lane(&self, arm: &str, mode: Mode) -> Option<&Lane> {
        let wanted = |lane: &&Lane| lane.arm == arm && lane.mode == mode;
        self.lanes.iter().find(wanted)
    }
}

impl Lane {
    /// An arm that has not run.
    pub(crate) fn new(arm: &str, mode: Mode) -> Self {
        Self {
            arm: arm.to_owned(),
            mode,
            absent: None,
            rounds: Vec::new(),
        }
    }

    /// One metric's numbers, by round; rounds that do not have it are left out.
    pub(crate) fn numbers(&self, metric: &str) -> Vec<f64> {
        let number = |reading: &Reading| reading.get(metric).copied();
        self.rounds.iter().filter_map(number).collect()
    }
}
