//! Steps as lines that programs read (NDJSON), and the schema of such a line.

use std::io;
use std::time::Duration;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Serialize, Serializer};

use super::Step;

/// A step, and when it was taken.
#[derive(Serialize, JsonSchema)]
struct Line<'a> {
    /// Since the comparison's program began.
    t: u64,
    #[serde(flatten)]
    step: &'a Step<'a>,
}

impl Step<'_> {
    /// The step as one JSON object on a line, with its newline; it was taken so long after the program began.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use anypool_compare::Step;
    ///
    /// let line = Step::Memory { workload: "cpu" }.line(Duration::from_nanos(7))?;
    /// assert_eq!(line, "{\"t\":7,\"event\":\"memory-started\",\"workload\":\"cpu\"}\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails when there is no memory for it.
    pub fn line(&self, since: Duration) -> io::Result<String> {
        let mut line = serde_json::to_string(&Line {
            t: span(since),
            step: self,
        })?;
        line.push('\n');
        Ok(line)
    }
}

/// The JSON Schema (draft 2020-12) of one line, as text.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(&anypool_compare::progress_schema())?;
/// assert_eq!(schema["title"], "Progress of an Anypool comparison");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn schema() -> String {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Line<'_>>();
    schema.insert("title".into(), "Progress of an Anypool comparison".into());
    schema.insert(
        "description".into(),
        "One line of `cargo xtask compare --message-format json`. Times are in nanoseconds, sizes in bytes, shares and \
         ratios are numbers of which 1 is the whole. Readers ignore events and fields that they do not know."
            .into(),
    );
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

pub(super) fn span(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

pub(super) fn nanoseconds<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(span(*time))
}

pub(super) fn nanoseconds_if_known<S: Serializer>(
    time: &Option<Duration>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => nanoseconds(time, to),
        None => to.serialize_none(),
    }
}
