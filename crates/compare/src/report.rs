//! The report of a comparison: its plan, its machine and every raw time, as JSON keeps them.

use serde::{Deserialize, Serialize};

use crate::arm::Arm;
use crate::environment::Environment;
use crate::plan::Plan;
use crate::round::Round;
use crate::summary::Summary;
use crate::workload::{Class, Workload};

/// The version of the report's form.
const SCHEMA: u32 = 1;

/// A comparison and what it found so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The version of this form.
    pub schema: u32,
    /// The comparison's name.
    pub name: String,
    /// When it began, in UTC.
    pub started: String,
    /// Whether it is at its end.
    pub state: State,
    /// The machine.
    pub environment: Environment,
    /// Measured rounds that each workload is to have.
    pub rounds: u32,
    /// Rounds before those, which are not kept.
    pub warmup_rounds: u32,
    /// The seed of the order of the arms.
    pub seed: u64,
    /// The arm that the others are divided by.
    pub baseline: Arm,
    /// The workloads that have begun.
    pub workloads: Vec<Measured>,
}

/// How far a comparison got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It runs, or was interrupted.
    Unfinished,
    /// All rounds are there.
    Complete,
    /// Two arms returned different results.
    DifferentAnswers,
    /// A runner could not be run.
    Failed,
}

/// One workload's rounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The workload's name.
    pub name: String,
    /// What its figures answer.
    pub question: String,
    /// What it spends its time on.
    pub class: Class,
    /// Its arms.
    pub arms: Vec<Arm>,
    /// The command line of each arm, in the same order.
    pub commands: Vec<String>,
    /// The measured rounds.
    pub rounds: Vec<Round>,
    /// What they amount to, once all are there.
    pub summary: Option<Summary>,
}

impl Report {
    /// A report of a plan that has not begun; `started` is the time in UTC.
    pub fn new(plan: &Plan, environment: Environment, started: String) -> Self {
        Self {
            schema: SCHEMA,
            name: plan.name.clone(),
            started,
            state: State::Unfinished,
            environment,
            rounds: plan.rounds,
            warmup_rounds: 1,
            seed: plan.seed,
            baseline: plan.baseline,
            workloads: Vec::new(),
        }
    }
}

impl Measured {
    /// A workload that has no round yet.
    pub(crate) fn new(workload: &Workload, commands: Vec<String>) -> Self {
        Self {
            name: workload.name.clone(),
            question: workload.question.clone(),
            class: workload.class,
            arms: workload.arms.clone(),
            commands,
            rounds: Vec::new(),
            summary: None,
        }
    }
}
