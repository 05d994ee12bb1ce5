//! The report, described for other programs.

use schemars::generate::SchemaSettings;

use super::Report;

/// The JSON Schema (draft 2020-12) of `report.json`, as text.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(&anypool_compare::report::schema())?;
/// assert_eq!(schema["title"], "Report of an Anypool comparison");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn schema() -> String {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Report>();
    schema.insert("title".into(), "Report of an Anypool comparison".into());
    schema.insert(
        "description".into(),
        "What `cargo xtask compare` writes to `report.json`. Times are in nanoseconds, sizes in bytes, shares and ratios \
         are numbers of which 1 is the whole. Readers ignore fields that they do not know."
            .into(),
    );
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
