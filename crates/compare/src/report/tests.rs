//! Reports as they are described to other programs.

use std::path::Path;

use serde_json::Value;
use snapbox::{Data, assert_data_eq};

use super::schema;
use crate::sample;

/// What the runners print: they do not know this crate.
const PRINTED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../runner/src/cli/pages/report.json"
);

#[test]
fn the_runners_print_the_schema_of_what_is_written() {
    let printed = Data::read_from(Path::new(PRINTED), None);
    assert_data_eq!(schema(), printed.raw());
}

#[test]
fn the_schema_accepts_every_report_and_nothing_else() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in [
        sample::report(),
        sample::one(),
        sample::noisy(),
        sample::unfinished(),
        sample::hostile(),
    ] {
        let report = serde_json::to_value(&report).unwrap();
        let errors = validator.iter_errors(&report);
        let wrong: Vec<_> = errors.map(|error| error.to_string()).collect();
        assert_eq!(wrong, [""; 0], "{}", report["name"]);
        for (place, value) in [
            ("/schema", "two".into()),
            ("/state", "happy".into()),
            ("/settings/confidence", Value::Null),
            ("/environment/facts", 3.into()),
        ] {
            let mut broken = report.clone();
            *broken.pointer_mut(place).unwrap() = value;
            assert!(!validator.is_valid(&broken), "{place}");
        }
        let mut broken = report;
        broken.as_object_mut().unwrap().remove("comparisons");
        assert!(!validator.is_valid(&broken), "without comparisons");
    }
}
