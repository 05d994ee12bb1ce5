//! What a growth run has found: every number, as JSON keeps it.

use serde::{Deserialize, Serialize};

use super::series::Series;
use crate::bench::contender::Reading;
use crate::environment::Environment;
use crate::statistics::Spread;

/// The version of the report's form.
const SCHEMA: u32 = 1;

/// A growth run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GrowthReport {
    /// The version of this form.
    pub schema: u32,
    /// When it began, in UTC.
    pub started: String,
    /// Whether all series are there.
    pub complete: bool,
    /// Whether only a few points were measured, and not for long.
    pub quick: bool,
    /// The machine.
    pub environment: Environment,
    /// The seed of the order of points and arms.
    pub seed: u64,
    /// The transports of the process pool, the default one first.
    pub transports: Vec<String>,
    /// The series that have been measured.
    pub series: Vec<MeasuredSeries>,
}

/// One series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasuredSeries {
    /// Its name.
    pub name: String,
    /// What was done at each point.
    pub title: String,
    /// Its arms.
    pub lanes: Vec<GrowthLane>,
}

/// One arm of a series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GrowthLane {
    /// The arm.
    pub arm: String,
    /// Why it has no numbers, or no more of them.
    pub absent: Option<String>,
    /// Its points, from the least on.
    pub points: Vec<Point>,
}

/// One point of an arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// How many or how large.
    pub at: u64,
    /// Its numbers, by round.
    pub rounds: Vec<Reading>,
}

impl GrowthReport {
    /// A report of a run that has not begun; `started` is the time in UTC.
    pub fn new(environment: Environment, started: String, transports: Vec<String>) -> Self {
        Self {
            schema: SCHEMA,
            started,
            complete: false,
            quick: false,
            environment,
            seed: 0,
            transports,
            series: Vec::new(),
        }
    }
}

impl GrowthLane {
    /// An arm that has not run.
    pub(crate) fn new(arm: &str, series: &Series) -> Self {
        let point = |at: &u64| Point {
            at: *at,
            rounds: Vec::new(),
        };
        Self {
            arm: arm.to_owned(),
            absent: None,
            points: series.points.iter().map(point).collect(),
        }
    }

    /// The points that have numbers of a metric, with their medians.
    pub(crate) fn curve(&self, metric: &str) -> Vec<(u64, f64)> {
        let median = |point: &Point| Some((point.at, point.median(metric)?));
        self.points.iter().filter_map(median).collect()
    }
}

impl Point {
    /// The median of a metric over the rounds.
    pub(crate) fn median(&self, metric: &str) -> Option<f64> {
        let numbers = self
            .rounds
            .iter()
            .filter_map(|reading| reading.get(metric).copied());
        Some(Spread::of(&numbers.collect::<Vec<_>>())?.median)
    }
}
