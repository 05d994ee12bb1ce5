//! What is said about suites that are wrong: each suite in the folder beside this file, and the text beside it.
//!
//! `SNAPSHOTS=overwrite cargo test` writes the texts anew; what changes is to be read.

use std::fs;
use std::path::{Path, PathBuf};

use snapbox::{Data, assert_data_eq};

use super::super::read::{Suite, Unread};
use crate::catalogue::kind::Kind;
use crate::report::Report;

/// The folder of suites that are wrong.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/suite/tests/wrong")
}

#[test]
fn all_that_is_wrong_is_said_with_its_place_and_what_to_do() {
    let mut checked = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        let Err(Unread::Invalid(wrong)) = Suite::read(&path, "a-runner", None) else {
            panic!("{} is not wrong", path.display());
        };
        let said: String = wrong.iter().map(Report::plain).collect();
        let said = said.replace(&format!("{}/", folder().display()), "wrong/");
        // The catalogue grows.
        let kinds: Vec<_> = Kind::all().map(|kind| kind.name).collect();
        let said = said.replace(&kinds.join(", "), "…");
        let expected = Data::read_from(&path.with_extension("txt"), None);
        assert_data_eq!(said, expected.raw());
        checked += 1;
    }
    assert_eq!(checked, 11);
}

#[test]
fn no_file_and_one_that_is_no_text_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("suite.toml");
    let Err(Unread::Missing(report)) = Suite::read(&path, "a-runner", None) else {
        panic!("it is not there");
    };
    assert!(report.plain().contains("No such file"), "{report:?}");
    fs::write(&path, b"schema = 1\nname = \"\xff\"\n").unwrap();
    let Err(Unread::Invalid(reports)) = Suite::read(&path, "a-runner", None) else {
        panic!("it is no text");
    };
    assert!(
        reports[0].plain().contains("line 2 is not UTF-8"),
        "{reports:?}"
    );
    let Err(Unread::Invalid(reports)) = Suite::read(Path::new("/dev/zero"), "a-runner", None)
    else {
        panic!("it has no end");
    };
    assert!(
        reports[0].plain().contains("longer than 64 MiB"),
        "{reports:?}"
    );
}

#[test]
fn errors_without_number_are_told_in_part() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("suite.toml");
    let keys: String = (0..1000).map(|key| format!("key{key} = 1\n")).collect();
    fs::write(&path, format!("schema = 1\n{keys}")).unwrap();
    let Err(Unread::Invalid(reports)) = Suite::read(&path, "a-runner", None) else {
        panic!("it is wrong");
    };
    assert_eq!(reports.len(), 51);
    assert!(reports[50].plain().contains("has more errors than these"));
}
