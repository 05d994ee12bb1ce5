//! What work spends its time on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::nearest::{UnknownName, named};

/// What work spends its time on; figures of different classes are never summed up in one.
///
/// ```
/// assert_eq!(serde_json::to_string(&anypool_compare::Class::Cpu)?, "\"cpu\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Computing.
    Cpu,
    /// Waiting.
    Io,
    /// Both.
    Mixed,
    /// Memory.
    Mem,
    /// Nothing: what is left is the cost of running it elsewhere.
    Overhead,
    /// Going wrong.
    Fault,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 6] = [
        Self::Cpu,
        Self::Io,
        Self::Mixed,
        Self::Mem,
        Self::Overhead,
        Self::Fault,
    ];

    /// The name in files and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Io => "io",
            Self::Mixed => "mixed",
            Self::Mem => "mem",
            Self::Overhead => "overhead",
            Self::Fault => "fault",
        }
    }

    /// Finds the class of that name.
    ///
    /// # Errors
    ///
    /// Fails when there is none.
    pub fn parse(name: &str) -> Result<Self, UnknownName> {
        named("class", &Self::ALL, Self::name, name)
    }
}
