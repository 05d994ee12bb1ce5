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

const LINES: [&str; 3] = ["tutorial-map", "--message-format", "json"];

#[test]
fn a_reader_of_lines_that_went_away_is_learnt_before_anything_is_built() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let mut command = compare(&LINES);
    command.arg("--out").arg(folder.path()).stdout(writer);
    let output = command.output().unwrap();
    assert_eq!(code_and_words(&output), (Some(141), String::new()));
}

#[test]
fn lines_that_nothing_takes_are_told_before_anything_is_built() {
    let folder = tempfile::tempdir().unwrap();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = compare(&LINES);
    command.arg("--out").arg(folder.path()).stdout(full);
    let (code, words) = code_and_words(&command.output().unwrap());
    assert_eq!(code, Some(74), "{words}");
    assert!(
        words.starts_with("error: the report cannot be printed: No space left"),
        "{words}"
    );
}

#[test]
fn what_fails_is_a_line_as_well_and_nothing_else_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let below = report(folder.path()).join("below");
    let mut command = compare(&LINES);
    let output = command.arg("--out").arg(&below).output().unwrap();
    let (code, words) = code_and_words(&output);
    assert_eq!(code, Some(74), "{words}");
    let line: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&line["event"], &line["exit"]),
        (&"error".into(), &74.into())
    );
    let message = line["message"].as_str().unwrap();
    assert_eq!(words, format!("error: {message}   (exit 74)\n"));
}

#[test]
fn where_nothing_is_measured_there_are_no_steps() {
    for verb in ["list", "doctor", "report", "diff", "self-test"] {
        let output = compare(&[verb, "--message-format=json"]).output().unwrap();
        let (code, words) = code_and_words(&output);
        assert_eq!(code, Some(2), "{words}");
        let told = format!("error: `{verb}` measures nothing");
        assert!(words.starts_with(&told), "{words}");
    }
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

/// Draws a report into a folder while no file may have more than so many blocks of 512 bytes, which fails as a full disk
/// does, and needs no disk that is full.
fn report_with_limit(saved: &Path, out: &Path, blocks: u64) -> Output {
    let script = format!("ulimit -f {blocks}; exec \"$@\"");
    Command::new("/bin/sh")
        .args(["-c", &script, "sh", XTASK, "compare", "report"])
        .args([saved, Path::new("--out"), out])
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn a_file_that_may_not_grow_leaves_no_half_report() {
    let folder = tempfile::tempdir().unwrap();
    let (saved, out) = (report(folder.path()), folder.path().join("out"));
    let output = report_with_limit(&saved, &out, 1);
    let (code, words) = code_and_words(&output);
    assert_eq!(code, Some(74), "{words}");
    let file = out.join("report.json").display().to_string();
    assert!(
        words.starts_with(&format!("error: the report cannot be written to {file}: ")),
        "{words}"
    );
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
}

#[test]
fn earlier_files_outlive_those_that_there_is_no_room_for() {
    let folder = tempfile::tempdir().unwrap();
    let (saved, out) = (report(folder.path()), folder.path().join("out"));
    fs::create_dir(&out).unwrap();
    const NAMES: [&str; 4] = ["report.json", "report.html", "report.md", "samples.csv"];
    for name in NAMES {
        fs::write(out.join(name), "the earlier one").unwrap();
    }
    let output = report_with_limit(&saved, &out, 1);
    assert_eq!(output.status.code(), Some(74));
    for name in NAMES {
        let text = fs::read_to_string(out.join(name)).unwrap();
        assert_eq!(text, "the earlier one", "{name}");
    }
    assert_eq!(fs::read_dir(&out).unwrap().count(), NAMES.len());
}

#[test]
fn a_page_that_cannot_be_written_is_named_and_what_was_measured_is_shown() {
    for name in ["report.html", "report.md", "samples.csv"] {
        let folder = tempfile::tempdir().unwrap();
        let (saved, out) = (report(folder.path()), folder.path().join("out"));
        // No file takes the place of a folder.
        fs::create_dir_all(out.join(name)).unwrap();
        let mut command = compare(&["report"]);
        let output = command.args([&saved, Path::new("--out"), &out]).output();
        let output = output.unwrap();
        let (code, words) = code_and_words(&output);
        assert_eq!(code, Some(74), "{words}");
        let [named, saved] = [name, "report.json"].map(|name| out.join(name).display().to_string());
        assert!(
            words.starts_with(&format!("error: the report cannot be written to {named}: ")),
            "{words}"
        );
        assert!(
            words.contains(&format!("cargo xtask compare report {saved}")),
            "{words}"
        );
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(shown.contains("threads"), "{shown}");
    }
}
