//! On how many processors an arm may run.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where an arm runs. Whether two sides of a conversation share a core decides its time more than anything else does,
/// so the two cases are measured apart, and never averaged.
///
/// ```
/// assert_eq!(anypool_compare::bench::Mode::Pinned.to_string(), "pinned");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Wherever the kernel puts it.
    Free,
    /// With all its threads and processes on one processor.
    Pinned,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Free => "free",
            Self::Pinned => "pinned",
        })
    }
}
