//! What `cargo xtask compare` does when its outputs cannot be written, or when their readers go away.

use std::fs::{self, File};
use std::io::pipe;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anypool_compare::sample;

const XTASK: &str = env!("CARGO_BIN_EXE_xtask");

fn compare(arguments: &[&str]) -> Command {
    let mut command = Command::new(XTASK);
    command.arg("compare").args(arguments).stdin(Stdio::null());
    command.env_remove("GITHUB_STEP_SUMMARY");
    command
}

fn code_and_words(output: &Output) -> (Option<i32>, String) {
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), words)
}

/// A report in a folder of its own.
fn report(folder: &Path) -> PathBuf {
    let file = folder.join("saved.json");
    fs::write(&file, serde_json::to_vec(&sample::one()).unwrap()).unwrap();
    file
}

#[test]
fn a_reader_that_went_away_ends_it_without_a_message() {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let output = compare(&["list"]).stdout(writer).output().unwrap();
    assert_eq!(code_and_words(&output), (Some(141), String::new()));
}

#[test]
fn nobody_has_to_listen_to_what_is_said_beside_it() {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let status = compare(&["nothing-of-that-name"])
        .stdout(Stdio::null())
        .stderr(writer)
        .status();
    assert_eq!(status.unwrap().code(), Some(2));
}

#[test]
fn an_output_that_takes_nothing_is_told() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = compare(&["list"]).stdout(full).output().unwrap();
    let (code, words) = code_and_words(&output);
    assert_eq!(code, Some(74), "{words}");
    assert!(
        words.starts_with("error: the report cannot be printed: No space left"),
        "{words}"
    );
    assert!(words.ends_with("(exit 74)\n"), "{words}");
}

#[test]
fn a_folder_that_cannot_be_made_is_learnt_before_anything_is_built() {
    let folder = tempfile::tempdir().unwrap();
    let below = report(folder.path()).join("below");
    let output = compare(&["cpu", "--out"]).arg(&below).output().unwrap();
    let (code, words) = code_and_words(&output);
    assert_eq!(code, Some(74), "{words}");
    assert!(
        words.starts_with("error: the report cannot be written to "),
        "{words}"
    );
}

#[test]
fn a_summary_that_cannot_be_written_is_learnt_before_anything_is_built() {
    let folder = tempfile::tempdir().unwrap();
    let output = compare(&["cpu", "--github", "--out"])
        .arg(folder.path())
        .env("GITHUB_STEP_SUMMARY", folder.path())
        .output()
        .unwrap();
    let (code, words) = code_and_words(&output);
    assert_eq!(code, Some(74), "{words}");
    assert!(
        words.starts_with("error: the step's summary cannot be written to "),
        "{words}"
    );
}

#[test]
fn a_file_that_may_not_grow_leaves_no_half_report() {
    let folder = tempfile::tempdir().unwrap();
    let (saved, out) = (report(folder.path()), folder.path().join("out"));
    // A limit on the size of files fails as a full disk does, and needs no disk that is full.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$@\"";
    let output = Command::new("/bin/sh")
        .args(["-c", script, "sh", XTASK, "compare", "report"])
        .args([&saved, Path::new("--out"), &out])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (code, words) = code_and_words(&output);
    assert_eq!(code, Some(74), "{words}");
    assert!(
        words.starts_with("error: the report cannot be written to "),
        "{words}"
    );
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
}
