//! What becomes of a run when one of its tasks goes wrong.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Each fault on each arm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Isolation {
    /// One row a fault.
    pub rows: Vec<IsolationRow>,
}

/// One fault on all arms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IsolationRow {
    /// The faulty task: `panic`, `abort`, `segv`, `hang`, …
    pub fault: String,
    /// What became of each arm, in the order of the comparison's arms.
    pub arms: Vec<Containment>,
}

/// What became of a run with one faulty task among healthy ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Containment {
    /// The arm's name.
    pub arm: String,
    /// Whether the fault cost its own task alone; `None` where the arm refuses to try.
    pub contained: Option<bool>,
    /// How long it took from the start of the run until the caller knew.
    pub detected_ns: Option<u64>,
    /// How many healthy tasks gave no value.
    pub others_lost: usize,
    /// How many healthy tasks there were.
    pub others: usize,
    /// What the caller was told.
    pub told: String,
}
