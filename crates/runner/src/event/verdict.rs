//! What became of a task.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What became of a task, in the last of its tries.
///
/// ```
/// use anypool_runner::event::Verdict;
///
/// assert_eq!("timed-out".parse(), Ok(Verdict::TimedOut));
/// assert_eq!(Verdict::TimedOut.to_string(), "timed-out");
/// ```
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It did its work.
    Ok,
    /// It said that it could not, or its program ended with another exit code than those that are good.
    Failed,
    /// It panicked.
    Panicked,
    /// It took its worker with it, or its program died of a signal.
    Crashed,
    /// It ran longer than it may.
    TimedOut,
    /// It ended well, but left something running: processes of its group, a thread.
    Leaked,
    /// It was stopped, or not started any more, because the run stops.
    Cancelled,
    /// It was not started because of another task, or because an earlier run did it.
    Skipped,
}

impl Verdict {
    /// All that there are.
    pub const ALL: [Self; 8] = [
        Self::Ok,
        Self::Failed,
        Self::Panicked,
        Self::Crashed,
        Self::TimedOut,
        Self::Leaked,
        Self::Cancelled,
        Self::Skipped,
    ];

    /// The word for it, as in events and suite files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Panicked => "panicked",
            Self::Crashed => "crashed",
            Self::TimedOut => "timed-out",
            Self::Leaked => "leaked",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }

    /// Whether the task had its chance: those that were cancelled or skipped say nothing about it.
    #[must_use]
    pub const fn is_run(self) -> bool {
        !matches!(self, Self::Cancelled | Self::Skipped)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a word is no verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected ok, failed, panicked, crashed, timed-out, leaked, cancelled or skipped")]
pub struct UnknownVerdict;

impl FromStr for Verdict {
    type Err = UnknownVerdict;

    fn from_str(text: &str) -> Result<Self, UnknownVerdict> {
        let mut all = Self::ALL.into_iter();
        all.find(|verdict| verdict.as_str() == text)
            .ok_or(UnknownVerdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_and_people_have_one_word_for_each() {
        for verdict in Verdict::ALL {
            let json = serde_json::to_string(&verdict).unwrap();
            assert_eq!(json, format!("\"{verdict}\""));
            assert_eq!(verdict.as_str().parse(), Ok(verdict));
            assert!(UnknownVerdict.to_string().contains(verdict.as_str()));
        }
        assert_eq!("OK".parse::<Verdict>(), Err(UnknownVerdict));
    }
}
