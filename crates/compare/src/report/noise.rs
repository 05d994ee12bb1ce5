//! How far the machine can be trusted, as measured beside the arms.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The noise of a cell's rounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Noise {
    /// How far apart two equal arms may seem: the 90th percentile of what the control's median ratio is off 1, slot
    /// by slot.
    pub floor: Option<f64>,
    /// How much later places in a round differ from earlier ones, as a share.
    pub order_effect: Option<f64>,
    /// The median share of the processors that others took.
    pub foreign_cpu: Option<f64>,
    /// The median share of the processors that the hypervisor took.
    pub steal: Option<f64>,
    /// The least and the greatest CPU pressure of the rounds.
    pub cpu_pressure: Option<(f64, f64)>,
    /// How many rounds were disturbed.
    pub disturbed: usize,
    /// How many rounds were measured in their place.
    pub repeated: usize,
    /// What that amounts to.
    pub grade: Grade,
}

/// What a machine's noise allows.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Small differences show.
    Good,
    /// Small differences do not show.
    #[default]
    Fair,
    /// Only numbers, no verdicts.
    Poor,
}

impl Grade {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Poor => "poor",
        }
    }
}
