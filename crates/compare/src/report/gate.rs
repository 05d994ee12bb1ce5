//! What a comparison had to keep to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A gate and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateResult {
    /// The gate, as it was given.
    pub gate: String,
    /// The comparison that it was applied to.
    pub comparison: String,
    /// The measured ratio, with its interval.
    pub ratio: Option<super::interval::Interval>,
    /// Whether it was kept, in the way that the whole interval tells.
    pub outcome: GateOutcome,
}

/// What became of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GateOutcome {
    /// The ratio is within its bound.
    Kept,
    /// The whole interval is beyond its bound.
    Violated,
    /// The interval lies across the bound, or there are too few rounds.
    Unclear,
}
