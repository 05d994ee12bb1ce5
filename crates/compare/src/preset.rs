//! Named choices of how much is measured.

use crate::nearest::{UnknownName, named};
use crate::report::Settings;

/// A second.
const NANOSECONDS: u64 = 1_000_000_000;

/// How long a comparison may take.
///
/// ```
/// assert_eq!(anypool_compare::Preset::Quick.settings().min_rounds, 16);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// As many rounds as a verdict needs, and no more: less than a minute for all workloads.
    Quick,
    /// Until intervals are narrow, for at most a minute a workload.
    Default,
    /// Until they are narrower still, for at most four minutes a workload.
    Thorough,
}

impl Preset {
    const ALL: [Self; 3] = [Self::Quick, Self::Default, Self::Thorough];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Default => "default",
            Self::Thorough => "thorough",
        }
    }

    /// How it measures.
    pub fn settings(self) -> Settings {
        let (rounds, until_half_width, seconds) = match self {
            Self::Quick => ((16, 16), 0.03, 60),
            Self::Default => ((16, 40), 0.03, 60),
            Self::Thorough => ((32, 120), 0.015, 240),
        };
        Settings {
            preset: self.name().to_owned(),
            min_rounds: rounds.0,
            max_rounds: rounds.1,
            until_half_width,
            max_time_ns: seconds * NANOSECONDS,
            ..Settings::default()
        }
    }

    /// Finds the preset of that name.
    ///
    /// # Errors
    ///
    /// Fails when there is none.
    pub fn parse(name: &str) -> Result<Self, UnknownName> {
        named("preset", &Self::ALL, Self::name, name)
    }
}
