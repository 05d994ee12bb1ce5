//! Suites that are looked at: checked, listed, described; nothing of them is run.

use std::fs;
use std::path::Path;

use super::child::{Ran, run};

/// A folder with a suite in it.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub(super) fn with(suite: &str) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("some.toml", &format!("schema = 1\n{suite}"));
        folder
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    /// The folder's path.
    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs the program with the suite in the place of `SUITE`.
    pub(super) fn run(&self, arguments: &str) -> Ran {
        let suite = self.path().join("some.toml");
        run(&arguments.replace("SUITE", suite.to_str().unwrap()))
    }
}

/// A suite that ships.
pub(crate) fn shipped(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../runner/suites");
    format!("{folder}/{name}.toml")
}

#[test]
fn a_suite_that_is_right_is_shown_instance_by_instance() {
    let ran = run(&format!("check {}", shipped("run-test-shards")));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(lines.len(), 11);
    assert!(lines[0].starts_with("suite run-test-shards: A test suite in shards"));
    assert!(
        lines[1].starts_with("shard[shard=1]  sh -c 'echo shard $SHARD"),
        "{}",
        lines[1]
    );
    assert!(lines[9].starts_with("report          echo 'all shards passed'  (after shard, "));
    assert_eq!(lines[10], "9 tasks; nothing was run");
}

#[test]
fn all_that_is_wrong_is_said_and_counted() {
    let folder = Folder::with("nam = 1\n[[task]]\nid = \"a\"\nkind = \"noop\"\ntimeout = 3\n");
    for command in ["check SUITE", "list SUITE"] {
        let ran = folder.run(command);
        assert_eq!((ran.code, ran.out.as_str()), (65, ""), "{command}");
        assert!(
            ran.err.contains("some.toml:2:1\n 2│ nam = 1\n"),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("^^^ did you mean `name`?"), "{}", ran.err);
        assert!(ran.err.contains("some.toml:6:11\n"), "{}", ran.err);
        let end = "some.toml has 2 errors; nothing was started (exit 65)\n";
        assert!(ran.err.ends_with(end), "{}", ran.err);
    }
}

#[test]
fn what_is_not_there_is_missing() {
    let ran = run("check no-such-suite.toml");
    assert_eq!((ran.code, ran.out.as_str()), (69, ""));
    assert!(
        ran.err
            .contains("no-such-suite.toml cannot be read: No such file"),
        "{}",
        ran.err
    );
    let folder = Folder::with(
        "[[task]]\nid = \"a\"\nkind = \"command\"\nargv = [\"no-such-program\"]\n\
         [[task]]\nid = \"b\"\nkind = \"command\"\nargv = [\"./no-such\"]\ncwd = \"sub\"\n",
    );
    let ran = folder.run("check SUITE");
    assert_eq!((ran.code, ran.out.as_str()), (69, ""));
    let told = "there is no program `no-such-program`, which task `a` runs";
    assert!(ran.err.contains(told), "{}", ran.err);
    assert!(ran.err.contains("no folder in PATH has one"), "{}", ran.err);
    assert!(
        ran.err.contains("`./no-such`, which task `b` runs"),
        "{}",
        ran.err
    );
    assert_eq!(folder.run("check SUITE --skip-missing").code, 0);
}

#[test]
fn nothing_that_is_asked_for_is_a_failure_unless_it_may_be() {
    let folder = Folder::with("[[task]]\nid = \"a\"\nkind = \"noop\"\n");
    for arguments in ["-E none", "--class cpu", "-E a --class cpu"] {
        let ran = folder.run(&format!("check SUITE {arguments}"));
        assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{arguments}");
        assert!(
            ran.err.contains("no task of some is what was asked for"),
            "{}",
            ran.err
        );
        let ran = folder.run(&format!("check SUITE {arguments} --no-tasks pass"));
        assert_eq!(ran.code, 0, "{arguments}");
    }
    assert_eq!(folder.run("check SUITE -E a --class overhead").code, 0);
    let empty = Folder::with("").run("check SUITE");
    assert_eq!(empty.code, 4);
    assert!(empty.err.contains("some has no tasks"), "{}", empty.err);
}

#[test]
fn a_list_is_for_people_or_for_programs() {
    let suite = shipped("seeds");
    let text = run(&format!("list {suite} -E square*"));
    assert_eq!(
        (text.code, text.out.lines().count()),
        (0, 5),
        "{}",
        text.err
    );
    assert!(
        text.out.starts_with("square[1]  square n=1 secs=0.05\n"),
        "{}",
        text.out
    );
    let json = run(&format!("list {suite} --format json --class io"));
    let expected =
        "  {\"suite\":\"seeds\",\"task\":\"worker[secs=0.05]\",\"of\":\"worker\",\"key\":\"b3:";
    assert!(
        json.out.starts_with(&format!("[\n{expected}")),
        "{}",
        json.out
    );
    assert!(json.out.ends_with("}\n]\n"), "{}", json.out);
    assert_eq!(json.out.lines().count(), 12);
    let none = run(&format!("list {suite} --format json -E none"));
    assert_eq!(none.out, "[\n]\n");
}

#[test]
fn a_suite_of_a_million_tasks_is_listed_while_it_is_read() {
    let folder =
        Folder::with("[[task]]\nid = \"a\"\nkind = \"square\"\nmatrix.n = \"1..=1000000\"\n");
    let ran = folder.run("list SUITE -E a[n=999999]");
    assert_eq!(ran.out, "a[n=999999]  square n=999999\n", "{}", ran.err);
}
