//! The raw times: rounds of runs, in the order in which they were measured.

use serde::{Deserialize, Serialize};

use crate::arm::Arm;

/// So many rounds, in words.
pub(crate) fn rounds(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} round{plural}")
}

/// One interleaved pass over all arms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Its number, from 1.
    pub number: usize,
    /// The runs, in the order in which they ran.
    pub runs: Vec<Timing>,
}

/// One run of one arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// The arm.
    pub arm: Arm,
    /// From before the start to after the exit, in nanoseconds.
    pub wall_ns: u64,
}
