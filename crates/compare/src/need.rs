//! What work may need beside speed. Who has such a need has an answer before anything is measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::nearest::{UnknownName, named};

/// Something that work needs and that only threads or only processes have.
///
/// ```
/// use anypool_compare::Need;
///
/// assert_eq!(Need::parse("crash"), Ok(Need::Crash));
/// assert!(Need::Crash.wants_processes() && !Need::SharedState.wants_processes());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Tasks are stopped when their time is over.
    Kill,
    /// Code may crash, or is not trusted.
    Crash,
    /// Tasks may use so much memory and no more.
    MemoryLimit,
    /// Code changes what belongs to a process as a whole.
    GlobalState,
    /// Tasks change state that they share.
    SharedState,
    /// Results are huge.
    HugeResults,
}

impl Need {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Kill,
        Self::Crash,
        Self::MemoryLimit,
        Self::GlobalState,
        Self::SharedState,
        Self::HugeResults,
    ];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Crash => "crash",
            Self::MemoryLimit => "memory-limit",
            Self::GlobalState => "global-state",
            Self::SharedState => "shared-state",
            Self::HugeResults => "huge-results",
        }
    }

    /// Whether processes have it; else threads do.
    pub fn wants_processes(self) -> bool {
        match self {
            Self::Kill | Self::Crash | Self::MemoryLimit | Self::GlobalState => true,
            Self::SharedState | Self::HugeResults => false,
        }
    }

    /// What is needed, as the end of "the work needs it:".
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Kill => "tasks are stopped when their time is over",
            Self::Crash => "its code may crash, or is not trusted",
            Self::MemoryLimit => "tasks have a limit of memory",
            Self::GlobalState => "its code changes what belongs to a process as a whole",
            Self::SharedState => "tasks change state that they share",
            Self::HugeResults => "its results are huge",
        }
    }

    /// Why that decides.
    pub(crate) fn why(self) -> &'static str {
        match self {
            Self::Kill => "A process can be killed at any moment; a thread cannot.",
            Self::Crash => "A process that crashes ends alone; a thread takes all others with it.",
            Self::MemoryLimit => {
                "Memory is limited for a process as a whole, and threads share one."
            }
            Self::GlobalState => {
                "Threads share the folder, the environment and the globals of libraries; processes have their own."
            }
            Self::SharedState => {
                "Threads change the same memory; processes have nothing but copies."
            }
            Self::HugeResults => {
                "A thread hands its result over; a process has to send it to its parent, piece by piece."
            }
        }
    }

    /// Finds the need of that name.
    ///
    /// # Errors
    ///
    /// Fails when there is none.
    pub fn parse(name: &str) -> Result<Self, UnknownName> {
        named("need", &Self::ALL, Self::name, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_is_found_by_its_name_and_is_called_the_same_in_reports() {
        for need in Need::ALL {
            assert_eq!(Need::parse(need.name()), Ok(need));
            let in_reports = serde_json::to_string(&need).unwrap();
            assert_eq!(in_reports, format!("\"{}\"", need.name()));
        }
        let error = Need::parse("crashes").unwrap_err().to_string();
        assert!(error.contains("did you mean `crash`?"), "{error}");
    }
}
