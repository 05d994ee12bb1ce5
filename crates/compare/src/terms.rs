//! On what terms the arms of a workload are judged.

use crate::need::Need;

/// What is said of a workload beside what is run.
///
/// ```
/// assert!(anypool_compare::Terms::default().needs.is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// What the work needs beside speed.
    pub needs: Vec<Need>,
}
