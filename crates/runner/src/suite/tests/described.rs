//! Suites as they are described to other programs, and to people.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::super::{page, schema};

fn to_json(text: &str) -> Value {
    let value: toml::Table = toml::from_str(text).unwrap();
    serde_json::to_value(value).unwrap()
}

fn suites(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let suites = files.filter(|file| file.extension().is_some_and(|ending| ending == "toml"));
    suites
        .map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            (file.display().to_string(), text)
        })
        .collect()
}

#[test]
fn the_schema_accepts_the_suites_that_ship() {
    let schema: Value = serde_json::from_str(&schema::schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let suites = suites("suites");
    assert!(suites.len() >= 6);
    for (file, text) in suites {
        let errors = validator
            .iter_errors(&to_json(&text))
            .map(|error| error.to_string())
            .collect::<Vec<_>>();
        assert_eq!(errors, [""; 0], "{file}");
    }
}

#[test]
fn the_schema_refuses_what_has_the_wrong_form() {
    let schema: Value = serde_json::from_str(&schema::schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for name in ["keys", "values", "missing", "later"] {
        let path = format!("src/suite/tests/wrong/{name}.toml");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let json = to_json(&fs::read_to_string(path).unwrap());
        assert!(!validator.is_valid(&json), "{name}");
    }
    let suite = |task: &str| format!("schema = 1\n[[task]]\nid = \"a\"\nkind = \"noop\"\n{task}\n");
    for (line, is_good) in [
        ("timeout = \"1m 30s\"", true),
        ("timeout = 30", false),
        ("memory-limit = \"64MiB\"", true),
        ("memory-limit = \"64\"", false),
        ("retries = { count = 1 }", true),
        ("retries = { backoff = \"fixed\" }", false),
        ("matrix.n = \"1..=3\"", true),
        ("matrix.n = \"x\"", false),
        ("expect = \"leaked\"", true),
        ("expect = \"skipped\"", false),
    ] {
        assert_eq!(
            validator.is_valid(&to_json(&suite(line))),
            is_good,
            "{line}"
        );
    }
}

#[test]
fn the_page_tells_every_key() {
    let page = page::page("a-runner");
    fn names(schema: &Value, found: &mut Vec<String>) {
        for (name, inner) in schema.as_object().into_iter().flatten() {
            if name == "properties" {
                found.extend(inner.as_object().unwrap().keys().cloned());
            }
            names(inner, found);
        }
        for inner in schema.as_array().into_iter().flatten() {
            names(inner, found);
        }
    }
    let mut found = Vec::new();
    names(
        &serde_json::from_str(&schema::schema()).unwrap(),
        &mut found,
    );
    assert!(found.len() > 40);
    for name in found {
        assert!(
            page.lines()
                .any(|line| line.trim_start().starts_with(&name)),
            "{name}"
        );
    }
}
