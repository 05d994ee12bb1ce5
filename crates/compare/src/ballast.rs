//! Memory that a run's program has beside its work, and that it takes no time of the run to fill.

use std::fmt;

/// Asks a runner for it.
pub(crate) const VARIABLE: &str = "ANYPOOL_BALLAST";

/// What a run's program has beside its work.
///
/// ```
/// use anypool_compare::Ballast;
///
/// let ballast = Ballast { mib: 64, is_inherited: true };
/// assert_eq!((ballast.to_string().as_str(), ballast.bytes()), ("early:64", 64 << 20));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ballast {
    /// How much, in MiB.
    pub mib: u64,
    /// Whether it is there before the fork server, so that all workers are forked from a copy of it.
    pub is_inherited: bool,
}

impl Ballast {
    /// How much, in bytes.
    pub fn bytes(self) -> u64 {
        self.mib.saturating_mul(1 << 20)
    }
}

impl fmt::Display for Ballast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = if self.is_inherited { "early" } else { "late" };
        write!(f, "{stage}:{}", self.mib)
    }
}
