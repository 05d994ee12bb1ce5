//! On what terms the arms of a workload are judged.

use crate::arm::Arm;
use crate::need::Need;

/// What is said of a workload beside what is run.
///
/// ```
/// assert!(anypool_compare::Terms::default().needs.is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// The arm that the others are divided by; without it threads.
    pub baseline: Option<Arm>,
    /// The arm that runs twice a round, to measure the noise; without it the baseline.
    pub control: Option<Arm>,
    /// What the work needs beside speed.
    pub needs: Vec<Need>,
}
