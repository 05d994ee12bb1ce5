//! The report of a comparison: what was asked, on what machine, every raw sample, and what they amount to.
//!
//! It is the contract between measuring and drawing: renderers see nothing else. Times are in nanoseconds, sizes in
//! bytes, shares and ratios are numbers of which 1 is the whole.

mod interval;
mod round;
mod memory;
mod timeline;
mod noise;
mod cell;
mod fit;
mod isolation;
mod card;
mod gate;
mod settings;
mod measured;
mod schema;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use card::{Answer, Card, Case, Claim, Holds};
pub use cell::{ArmResult, Cell, Times, Word};
pub use fit::{Crossover, Curve, Scaling};
pub use gate::{GateOutcome, GateResult};
pub use interval::Interval;
pub use isolation::{Containment, Isolation, IsolationRow};
pub use measured::{ArmInfo, Axis, Measured, Side, Unit};
pub use memory::MemorySample;
pub use noise::{Grade, Noise};
pub use round::{MachineLoad, Round, Sample};
pub use schema::schema;
pub use settings::{Order, Settings};
pub use timeline::{Lane, Span, Timeline};

pub(crate) use round::rounds;

use crate::environment::Environment;

/// The version of the report's form.
pub const SCHEMA: u32 = 2;

/// A comparison and what it found so far.
///
/// ```
/// use anypool_compare::{Environment, report::{Report, Settings, State}};
///
/// let report = Report::new("cpu", Settings::default(), Environment::default());
/// let text = serde_json::to_string(&report)?;
/// assert_eq!(serde_json::from_str::<Report>(&text)?.state, State::Unfinished);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this form.
    pub schema: u32,
    /// What was compared, as its folder is named.
    pub name: String,
    /// When it began, in UTC.
    pub started: String,
    /// How long it has taken so far.
    pub elapsed_ns: u64,
    /// Whether it is at its end.
    pub state: State,
    /// The machine.
    pub environment: Environment,
    /// The command line that repeats it.
    pub command_line: String,
    /// How it measures.
    pub settings: Settings,
    /// The comparisons that have begun.
    pub comparisons: Vec<Measured>,
    /// What it had to keep to.
    pub gates: Vec<GateResult>,
}

/// How far a comparison got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It runs, or was interrupted.
    Unfinished,
    /// All rounds are there.
    Complete,
    /// Two arms returned different results.
    DifferentAnswers,
    /// A runner could not be run.
    Failed,
}

impl Report {
    /// A report that has no comparison yet.
    pub fn new(name: &str, settings: Settings, environment: Environment) -> Self {
        Self {
            schema: SCHEMA,
            name: name.to_owned(),
            started: String::new(),
            elapsed_ns: 0,
            state: State::Unfinished,
            environment,
            command_line: String::new(),
            settings,
            comparisons: Vec::new(),
            gates: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
