//! `run`: the tasks of suites, run to their end.

use std::fs;

use super::child::run;
use super::suites::{Folder, shipped};

/// A command of the shell as a task.
pub(super) fn sh(id: &str, script: &str) -> String {
    format!(
        "[[task]]\nid = \"{id}\"\nkind = \"command\"\nargv = [\"sh\", \"-c\", '''{script}''']\n"
    )
}

/// A script that fails when another of its kind runs beside it.
const ALONE: &str = "mkdir lock || exit 1; sleep 0.01; rmdir lock";

#[test]
fn the_suites_that_ship_can_be_run() {
    for suite in ["seeds", "tour", "checksum-tree", "run-test-shards"] {
        let ran = run(&format!("run {}", shipped(suite)));
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (0, ""),
            "{suite}: {}",
            ran.err
        );
        assert!(ran.err.contains("Summary"), "{}", ran.err);
    }
}

#[test]
fn logs_are_packed_tested_and_only_then_removed() {
    let folder = Folder::with("");
    fs::copy(shipped("recompress-logs"), folder.path().join("some.toml")).unwrap();
    fs::create_dir_all(folder.path().join("logs/old")).unwrap();
    for log in ["a.log", "old/b.log"] {
        folder.write(&format!("logs/{log}"), "line\n");
    }
    let ran = folder.run("run SUITE --profile careful");
    assert_eq!(ran.code, 0, "{}", ran.err);
    for log in ["a.log", "old/b.log"] {
        let log = folder.path().join("logs").join(log);
        assert!(!log.exists());
        assert!(log.with_extension("log.gz").exists());
    }
}

#[test]
fn tasks_wait_for_those_that_they_come_after() {
    let note = "echo $0 >> order";
    let mut suite = format!(
        "{}after = [\"first\", \"many*\"]\n",
        sh("last", &note.replace("$0", "last"))
    );
    suite += &sh("first", &note.replace("$0", "first"));
    suite += &sh("many", &note.replace("$0", "many{n}"));
    suite += "matrix.n = \"1..=5\"\nafter = \"first\"\n";
    let folder = Folder::with(&suite);
    let ran = folder.run("run SUITE -j 4");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let order = fs::read_to_string(folder.path().join("order")).unwrap();
    let mut order: Vec<_> = order.lines().collect();
    assert_eq!((order[0], order[6]), ("first", "last"), "{order:?}");
    order.sort_unstable();
    assert_eq!(
        order,
        ["first", "last", "many1", "many2", "many3", "many4", "many5"]
    );
}

#[test]
fn what_comes_after_a_failure_is_skipped() {
    let suite = [
        "[[task]]\nid = \"bad\"\nkind = \"fail\"\n",
        &format!("{}after = \"bad\"\n", sh("never", "touch never")),
        "[[task]]\nid = \"after-never\"\nkind = \"noop\"\nafter = \"never\"\n",
        "[[task]]\nid = \"good\"\nkind = \"noop\"\n",
    ]
    .concat();
    let folder = Folder::with(&suite);
    let ran = folder.run("run SUITE --status all");
    assert_eq!(ran.code, 100, "{}", ran.err);
    assert!(ran.err.contains("after bad failed"), "{}", ran.err);
    assert!(ran.err.contains("after never failed"), "{}", ran.err);
    assert!(ran.err.contains("1 ok"), "{}", ran.err);
    assert!(!folder.path().join("never").exists());
}

#[test]
fn a_group_never_has_more_running_than_it_may() {
    let task = format!(
        "{}matrix.n = \"1..=12\"\ngroup = \"one\"\n",
        sh("alone", ALONE)
    );
    let folder = Folder::with(&format!("groups.one.max-running = 1\n{task}"));
    let ran = folder.run("run SUITE -j 4");
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn a_task_of_all_the_weight_runs_alone() {
    let task = format!(
        "{}matrix.n = \"1..=12\"\nweight = 100\n",
        sh("alone", ALONE)
    );
    let ran = Folder::with(&task).run("run SUITE -j 4");
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn flags_go_before_tasks_these_before_profiles_and_these_before_defaults() {
    let suite = "[defaults]\nretries = 0\n\n[profile.more]\ndefaults.retries = 2\nflaky = \"fail\"\n\
                 [[task]]\nid = \"flaky\"\nkind = \"flaky\"\nparams.fail_first = 2\n";
    let folder = Folder::with(suite);
    for (flags, code) in [
        ("", 100),
        ("--retries 1", 100),
        ("--retries 2", 0),
        ("--retries 2 --flaky fail", 100),
        ("--profile more", 100),
        ("--profile more --flaky pass", 0),
        ("--profile more --flaky pass --retries 1", 100),
    ] {
        let ran = folder.run(&format!("run SUITE {flags}"));
        assert_eq!(ran.code, code, "{flags}: {}", ran.err);
    }
    folder.write("own.toml", &format!("schema = 1\n{suite}retries = 2\n"));
    let own = folder.path().join("own.toml");
    assert_eq!(run(&format!("run {}", own.display())).code, 0);
}

#[test]
fn a_task_may_be_expected_to_fail_and_then_has_to() {
    for (kind, expect, code) in [
        ("fail", "failed", 0),
        ("panic", "panicked", 0),
        ("panic", "failed", 100),
        ("noop", "failed", 100),
    ] {
        let folder = Folder::with(&format!(
            "[[task]]\nid = \"a\"\nkind = \"{kind}\"\nexpect = \"{expect}\"\n"
        ));
        let ran = folder.run("run SUITE");
        assert_eq!(ran.code, code, "{kind}: {}", ran.err);
    }
}

#[test]
fn tasks_and_programs_that_take_too_long_are_stopped() {
    let suite = [
        "defaults.timeout = \"100ms\"\ndefaults.grace = \"100ms\"\n",
        "[[task]]\nid = \"task\"\nkind = \"hang\"\nexpect = \"timed-out\"\n",
        &format!("{}expect = \"timed-out\"\n", sh("program", "sleep 1000")),
        &format!("{}timeout = \"1h\"\n", sh("patient", "sleep 0.3")),
    ]
    .concat();
    let ran = Folder::with(&suite).run("run SUITE");
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn a_program_gets_what_its_task_says() {
    let suite = r#"
[[task]]
id = "all"
kind = "command"
argv = ["sh", "-c", "printf '%s|' \"$@\"; cat; pwd | sed 's|.*/||'; echo $A; exit 7", "sh", "{input}", "{stem}", "{{n}}", "{n}"]
inputs = ["x/a b.c"]
matrix.n = [3]
stdin = "in {n}\n"
cwd = "sub"
env = { A = "env {name}" }
ok-codes = [0, 7]
[[task]]
id = "file"
kind = "command"
argv = ["cat"]
stdin = { file = "some.toml" }
"#;
    let folder = Folder::with(suite);
    fs::create_dir(folder.path().join("sub")).unwrap();
    let ran = folder.run("run SUITE --show-ok always -E all");
    let expected = "x/a b.c|a b|{n}|3|in 3\nsub\nenv a b.c\n";
    assert_eq!((ran.code, ran.out.as_str()), (0, expected), "{}", ran.err);
    let ran = folder.run("run SUITE --show-ok always -E file");
    assert!(ran.out.contains("id = \"file\""), "{}", ran.err);
}

#[test]
fn what_ends_as_expected_is_silent_and_what_does_not_is_shown() {
    let suite = [sh("good", "echo good"), sh("bad", "echo bad; exit 1")].concat();
    let folder = Folder::with(&suite);
    let ran = folder.run("run SUITE");
    assert_eq!((ran.code, ran.out.as_str()), (100, "bad\n"), "{}", ran.err);
    assert!(ran.err.contains("exit 1"), "{}", ran.err);
    let all = folder.run("run SUITE --show-ok always -j 1").out;
    assert_eq!(all, "good\nbad\n");
}

#[test]
fn a_missing_program_and_what_comes_after_it_can_be_left_out() {
    let suite = "[[task]]\nid = \"gone\"\nkind = \"command\"\nargv = [\"no-such-program\"]\n\
                 [[task]]\nid = \"after\"\nkind = \"noop\"\nafter = \"gone\"\n\
                 [[task]]\nid = \"good\"\nkind = \"noop\"\n";
    let folder = Folder::with(suite);
    assert_eq!(folder.run("run SUITE").code, 69);
    let ran = folder.run("run SUITE --skip-missing --status all");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("there is no program `no-such-program`"),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("comes after gone, which is skipped"),
        "{}",
        ran.err
    );
}

#[test]
fn several_suites_are_one_run() {
    let suite = "[[task]]\nid = \"a\"\nkind = \"noop\"\n";
    let (one, other) = (
        Folder::with(suite),
        Folder::with(&format!("name = \"more\"\n{suite}")),
    );
    let suites = [&one, &other].map(|folder| folder.path().join("some.toml"));
    let [one, other] = suites.map(|suite| suite.display().to_string());
    let ran = run(&format!("run {one} {other} --status ok"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("some/a"), "{}", ran.err);
    assert!(ran.err.contains("more/a"), "{}", ran.err);
}

#[test]
fn a_suite_of_everything_that_goes_wrong_is_contained() {
    let suite = shipped("faults");
    // Threads contain the others.
    let which = match crate::NAME {
        "process-runner" => "",
        _ => "-E panic -E hang -E flaky -E fail -E noisy -E good",
    };
    let ran = run(&format!("run {suite} --status ok {which}"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    for (task, how) in [
        ("fail", "failed"),
        ("panic", "panicked"),
        ("hang", "timed-out"),
    ] {
        let mut lines = ran.err.lines();
        let line = lines.find(|line| line.contains(&format!(") {task} ")));
        assert!(
            line.is_some_and(|line| line.contains(how)),
            "{task}: {}",
            ran.err
        );
    }
    let ran = run(&format!("run {suite} -E segv --inline"));
    assert_eq!((ran.code, ran.out.as_str()), (65, ""), "{}", ran.err);
}
