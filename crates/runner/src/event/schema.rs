//! The events, described for other programs.

use schemars::generate::SchemaSettings;

use super::model::Stamped;

/// The JSON Schema (draft 2020-12) of one line of events, as text.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(&anypool_runner::event::schema())?;
/// assert_eq!(schema["title"], "Event of an Anypool run");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn schema() -> String {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Stamped>();
    schema.insert("title".into(), "Event of an Anypool run".into());
    schema.insert(
        "description".into(),
        "One line of `--message-format json` and of `--log`. Readers ignore events and fields that they do not know; \
         all times are nanoseconds."
            .into(),
    );
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
