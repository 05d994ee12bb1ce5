//! What each worker did when, in one run of an arm.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One run of an arm, beside those that are timed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Timeline {
    /// The arm's name.
    pub arm: String,
    /// The number of the round that it is from; 0 for a run beside all rounds.
    pub round: usize,
    /// One lane a worker.
    pub lanes: Vec<Lane>,
}

/// What one worker did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lane {
    /// The worker's name.
    pub worker: String,
    /// Its tasks.
    pub spans: Vec<Span>,
}

/// One task on a worker, from the start of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// What ran.
    pub task: String,
    /// When it started.
    pub start_ns: u64,
    /// When it ended.
    pub end_ns: u64,
}
