//! How a comparison measures.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was asked for, after presets and files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// The preset's name.
    pub preset: String,
    /// The seed of the order of the arms.
    pub seed: u64,
    /// How arms are ordered within rounds.
    pub order: Order,
    /// Rounds before the measured ones, which are not kept.
    pub warmup_rounds: u32,
    /// The fewest measured rounds of a cell.
    pub min_rounds: u32,
    /// The most measured rounds of a cell, repeated ones not counted.
    pub max_rounds: u32,
    /// Rounds in which memory is sampled and no time is kept.
    pub memory_rounds: u32,
    /// The rounds of a cell end once each ratio's interval is at most this share wide to either side.
    pub until_half_width: f64,
    /// The rounds of a cell end after this time at the latest.
    pub max_time_ns: u64,
    /// The least difference that matters, a share.
    pub min_effect: f64,
    /// The confidence of all intervals.
    pub confidence: f64,
}

/// How arms are ordered within rounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Each arm has each place equally often, and each order is followed by its mirror image.
    #[default]
    Balanced,
    /// Shuffled anew for each round.
    Random,
    /// The same in each round; places then favour arms.
    Blocked,
}

impl Order {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Balanced => "abba",
            Self::Random => "random",
            Self::Blocked => "blocked",
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            preset: "default".to_owned(),
            seed: 0,
            order: Order::Balanced,
            warmup_rounds: 1,
            min_rounds: 16,
            max_rounds: 40,
            memory_rounds: 1,
            until_half_width: 0.03,
            max_time_ns: 240_000_000_000,
            min_effect: 0.05,
            confidence: 0.95,
        }
    }
}
