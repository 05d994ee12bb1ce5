//! What is made of suites that are right.

use std::path::Path;

use super::super::choice::{Choice, Chosen, Flags};
use super::super::listing;
use super::super::profile::Profile;
use super::super::read::{Suite, Unread};
use crate::pattern::Pattern;
use crate::report::Report;

fn read(text: &str, profile: Option<&str>) -> Suite {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("some.toml");
    std::fs::write(&path, format!("schema = 1\n{text}")).unwrap();
    match Suite::read(&path, "a-runner", profile.map(needed)) {
        Ok(suite) => suite,
        Err(Unread::Invalid(wrong)) => {
            panic!("{}", wrong.iter().map(Report::plain).collect::<String>())
        }
        Err(Unread::Missing(report)) => panic!("{}", report.plain()),
    }
}

fn needed(name: &str) -> Profile<'_> {
    let is_needed = true;
    Profile { name, is_needed }
}

/// The lines of a listing.
fn lines(suite: &Suite, names: &[&str]) -> Vec<String> {
    let choice = Choice {
        names: names.iter().map(|name| Pattern::new(name)).collect(),
        classes: Vec::new(),
    };
    let mut lines = Vec::new();
    let take = |line: &str| {
        lines.push(line.split_whitespace().collect::<Vec<_>>().join(" "));
        Ok::<_, ()>(())
    };
    listing::text(&[Chosen::new(suite, &choice)], &Flags::default(), take).unwrap();
    lines
}

const SOME: &str = r#"
[defaults]
timeout = "30s"

[profile.ci]
defaults.timeout = "2m"

[profile.night]
inherits = "ci"
defaults.retries = 3
max-fail = "5%"

[[task]]
id = "square"
kind = "square"
matrix = { n = "2..4", secs = [0, 0.5] }

[[task]]
id = "echo"
kind = "command"
argv = ["echo", "{number}", "{x}-{stem}"]
matrix.x = ["a b"]
inputs = ["in/c.d", "e"]
timeout = "1s"
after = ["square[n=2,secs=0.5]", "sq*"]
expect = "failed"

[[task]]
id = "last"
kind = "noop"
after = "echo*"
"#;

#[test]
fn every_combination_is_an_instance_with_its_terms() {
    let suite = read(SOME, None);
    assert_eq!(suite.name, "some");
    let expected = [
        "square[n=2,secs=0] square n=2 secs=0 (timeout 30s)",
        "square[n=2,secs=0.5] square n=2 secs=0.5 (timeout 30s)",
        "square[n=3,secs=0] square n=3 secs=0 (timeout 30s)",
        "square[n=3,secs=0.5] square n=3 secs=0.5 (timeout 30s)",
        "echo[x=a b,in/c.d] echo 1 'a b-c' (after square[n=2,secs=0.5], sq*, timeout 1s, expect failed)",
        "echo[x=a b,e] echo 2 'a b-e' (after square[n=2,secs=0.5], sq*, timeout 1s, expect failed)",
        "last noop (after echo*, timeout 30s)",
    ];
    assert_eq!(lines(&suite, &[]), expected);
}

#[test]
fn who_is_chosen_takes_along_what_it_comes_after() {
    let suite = read(SOME, None);
    let ids = |names: &[&str]| -> Vec<String> {
        let lines = lines(&suite, names).into_iter();
        lines
            .map(|line| line.split(']').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(&["square[n=3*"]).len(), 2);
    assert_eq!(ids(&["square"]).len(), 4);
    assert_eq!(ids(&["echo[x=a b,e]"]).len(), 5);
    assert_eq!(ids(&["last"]).len(), 7);
    assert_eq!(ids(&["none", "square[n=2,secs=0]"]), ["square[n=2,secs=0"]);
    assert_eq!(ids(&["none"]).len(), 0);
}

#[test]
fn a_profile_adds_to_the_one_it_inherits_and_a_task_has_the_last_word() {
    let suite = read(SOME, Some("night"));
    let lines = lines(&suite, &[]);
    assert!(
        lines[0].ends_with("(timeout 120s, retries 3)"),
        "{}",
        lines[0]
    );
    assert!(lines[4].contains("timeout 1s, retries 3"), "{}", lines[4]);
    assert_eq!(suite.wishes.max_fail.unwrap().to_string(), "5%");
    assert_eq!(suite.wishes.workers, None);
}

#[test]
fn a_profile_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("some.toml");
    std::fs::write(&path, "schema = 1\nprofile.nightly = {}\n").unwrap();
    let Err(Unread::Invalid(wrong)) = Suite::read(&path, "a-runner", Some(needed("nihgtly")))
    else {
        panic!("it is not there");
    };
    let said = wrong[0].plain();
    assert!(said.contains("has no profile `nihgtly`"), "{said}");
    assert!(said.contains("help: did you mean `nightly`?"), "{said}");
}

#[test]
fn paths_begin_in_the_folder_of_the_suite() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("data/a.bin"), "abc").unwrap();
    std::fs::write(folder.path().join("list"), "data/a.bin\n").unwrap();
    let path = folder.path().join("some.toml");
    let text = r#"
schema = 1
[[task]]
id = "hash"
kind = "blake3"
files = ["data/*", "data/*.bin", "none/../*.none"]
[[task]]
id = "cat"
kind = "command"
argv = ["cat", "{input}"]
inputs = { lines-of = "list" }
"#;
    std::fs::write(&path, text.replace("none/../", "")).unwrap();
    let suite = Suite::read(&path, "a-runner", None).unwrap();
    let at = folder.path().display();
    let expected = [
        format!("hash[data/a.bin] blake3 file={at}/data/a.bin"),
        "cat[data/a.bin] cat data/a.bin".to_owned(),
    ];
    assert_eq!(lines(&suite, &[]), expected);
    let warned = suite.warnings[0].plain();
    assert!(
        warned.starts_with("warning: `files` of task `hash` finds nothing"),
        "{warned}"
    );
}

#[test]
fn the_suites_that_ship_are_right() {
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("suites")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let suite = Suite::read(&path, "a-runner", None);
            assert!(suite.is_ok(), "{}: {suite:?}", path.display());
        }
    }
}
