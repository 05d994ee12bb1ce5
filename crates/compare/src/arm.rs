//! The ways to run a workload.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::nearest::UnknownName;
use crate::report::{ArmInfo, Side};

/// The name of the baseline when it runs once more in a round, to measure the noise.
pub(crate) const CONTROL: &str = "control";

/// One way to run a workload.
///
/// ```
/// use anypool_compare::Arm;
///
/// assert_eq!(Arm::parse("pool"), Ok(Arm::Pool));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Arm {
    /// No pool: one job after another on the caller's thread.
    Seq,
    /// A pool of threads.
    Threads,
    /// A pool of processes that are forked before the work comes.
    Pool,
}

impl Arm {
    /// All arms, the plainest first.
    pub const ALL: [Self; 3] = [Self::Seq, Self::Threads, Self::Pool];

    /// The name on the command line, in tables and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seq => "seq",
            Self::Threads => "threads",
            Self::Pool => "pool",
        }
    }

    /// What a sentence calls it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Seq => "one after another",
            Self::Threads => "threads",
            Self::Pool => "processes",
        }
    }

    /// What a report says of it; `command` is its command line.
    pub(crate) fn info(self, command: String) -> ArmInfo {
        ArmInfo {
            name: self.name().to_owned(),
            noun: self.noun().to_owned(),
            side: match self {
                Self::Seq => Side::Sequential,
                Self::Threads => Side::Threads,
                Self::Pool => Side::Processes,
            },
            control_of: None,
            command,
        }
    }

    /// Finds the arm of that name.
    ///
    /// # Errors
    ///
    /// Fails when there is none.
    pub fn parse(name: &str) -> Result<Self, UnknownName> {
        let known = || Self::ALL.map(|arm| arm.name().to_owned()).to_vec();
        let found = Self::ALL.into_iter().find(|arm| arm.name() == name);
        found.ok_or_else(|| UnknownName {
            kind: "arm",
            given: name.to_owned(),
            known: known(),
        })
    }
}

impl fmt::Display for Arm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
