//! What a log is good for afterwards: doing what is left, and telling it again.

use std::fs;
use std::process::Command;

use super::child::{Live, Ran, program};
use super::exec::{ran, run, script};

/// A folder with the log of a run in which `b` failed.
fn with_log() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("run.jsonl").display().to_string();
    let first = ran(check(&format!("--log {log}"), "a b c"));
    assert_eq!((first.code, first.out.as_str()), (100, "a\nb\nc\n"));
    (folder, log)
}

/// Programs that print their argument, of which `b` fails.
fn check(options: &str, arguments: &str) -> Command {
    script(
        &format!("-j 1 {options}"),
        "echo $1; test $1 != b",
        arguments,
    )
}

#[test]
fn what_ended_well_is_left_out_wherever_it_stands_now() {
    let (_folder, log) = with_log();
    let resumed = ran(check(&format!("--resume {log}"), "d c b a a"));
    assert_eq!((resumed.code, resumed.out.as_str()), (100, "d\nb\na\n"));
    assert!(resumed.err.contains("· 2 skipped"), "{}", resumed.err);
    let rerun = ran(check(&format!("--rerun-failed {log}"), "d c b a"));
    assert_eq!((rerun.code, rerun.out.as_str()), (100, "b\n"));
    let dry = ran(check(&format!("--dry-run --rerun-failed {log}"), "d c b a"));
    assert_eq!((dry.code, dry.out.lines().count()), (0, 1), "{}", dry.out);
}

#[test]
fn a_log_can_go_on_and_be_resumed_until_nothing_is_left() {
    let (_folder, log) = with_log();
    // As a runner leaves it that is killed while it writes.
    let whole = fs::read_to_string(&log).unwrap();
    fs::write(&log, format!("{whole}{{\"event\":\"task-fini")).unwrap();
    let again = |arguments: &str| {
        let mut command = program(&format!("exec -j 1 --resume {log} --log {log} -- sh -c"));
        command.args(["echo $1; test $1 != b", "sh", "{}", ":::"]);
        ran({
            command.args(arguments.split_whitespace());
            command
        })
    };
    assert_eq!(again("a b c d").out, "b\nd\n");
    assert_eq!(again("a b c d").out, "b\n");
    let nothing = again("a c d");
    assert_eq!(
        (nothing.code, nothing.out.as_str()),
        (0, ""),
        "{}",
        nothing.err
    );
    assert!(fs::read_to_string(&log).unwrap().starts_with(&whole));
}

#[test]
fn several_runs_in_a_log_are_told_one_after_another() {
    let (_folder, log) = with_log();
    // As a runner leaves it that is killed before the last end.
    let whole = fs::read_to_string(&log).unwrap();
    let (begun, _) = whole.rsplit_once("{\"event\":\"task-finished\"").unwrap();
    fs::write(&log, begun).unwrap();
    let resumed = ran(check(&format!("--resume {log} --log {log}"), "a b c"));
    assert_eq!((resumed.code, resumed.out.as_str()), (100, "b\nc\n"));
    let told = run(&format!("replay {log} -k --status all"));
    assert_eq!((told.code, told.out.as_str()), (0, "a\nb\nc\nb\nc\n"));
    let (first, second) = told.err.split_once("SKIPPED").unwrap();
    assert_eq!(first.matches("FAILED").count(), 1, "{}", told.err);
    // Its own line, and that at the end.
    assert_eq!(second.matches("FAILED").count(), 2, "{}", told.err);
    assert!(
        told.err.trim_end().ends_with("first failure: sh[b]"),
        "{}",
        told.err
    );
}

#[test]
fn the_last_line_runs_again_what_failed() {
    let (_folder, log) = with_log();
    let failed = ran(check(&format!("--resume {log} --log {log}"), "a b c"));
    let line = failed.err.lines().last().unwrap();
    let words = line.trim_start().strip_prefix("rerun").unwrap().trim();
    let words = words.strip_prefix(crate::NAME).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec \"$0\" {words}"), crate::PROGRAM]);
    let again = Live::start({
        shell.stdout(std::process::Stdio::piped());
        shell
    });
    let Ran { code, out, err } = again.finish();
    assert_eq!((code, out.as_str()), (100, "b\n"), "{err}");
}

#[test]
fn the_last_line_of_a_run_that_was_stopped_goes_on_with_what_has_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log").display().to_string();
    let options = format!("-j 1 --max-fail 1 --log {log}");
    let stopped = ran(script(&options, "test $1 != a", "a b c"));
    let line = stopped.err.lines().last().unwrap();
    let words = line.trim_start().strip_prefix("resume").unwrap();
    assert!(words.contains(&format!(" exec --resume {log} ")), "{line}");
}

#[test]
fn what_is_no_log_is_refused_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    for (text, told) in [
        ("a.txt\nb.txt\n", "line 1 is not an event"),
        ("", "no run is in it"),
        (
            "{\"event\":\"run-started\",\"schema\":9,\"run\":\"\",\"runner\":\"\",\"version\":\"\",\"isolation\":\"\",\
          \"workers\":1,\"time\":\"\"}\n",
            "written by a later version",
        ),
    ] {
        fs::write(&path, text).unwrap();
        for flag in ["--resume", "--rerun-failed"] {
            let ran = run(&format!("exec {flag} {} -- echo ::: a", path.display()));
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
            assert!(ran.err.contains(told), "{}", ran.err);
            assert!(
                ran.err.contains("help: give a file that --log has written"),
                "{}",
                ran.err
            );
        }
    }
    let both = run("exec --resume a --rerun-failed b -- echo ::: a");
    assert_eq!(both.code, 2);
}

#[test]
fn a_log_is_told_again_as_the_options_say_now() {
    let (_folder, log) = with_log();
    let again = run(&format!("replay {log}"));
    assert_eq!(
        (again.code, again.out.as_str()),
        (0, "a\nb\nc\n"),
        "{}",
        again.err
    );
    for told in [
        crate::NAME,
        "OK [",
        "FAILED [",
        "Summary",
        "first failure: sh[b]",
    ] {
        assert!(again.err.contains(told), "{}", again.err);
    }
    let tagged = run(&format!("replay -q --output tag {log}"));
    assert_eq!(tagged.out, "sh[a]\ta\nsh[b]\tb\nsh[c]\tc\n");
    assert_eq!(tagged.err, "");
    let events = run(&format!("replay --message-format json {log}"));
    assert_eq!(events.out, fs::read_to_string(&log).unwrap());
}

#[test]
fn a_log_without_an_end_is_told_as_far_as_it_goes() {
    let (_folder, log) = with_log();
    let whole = fs::read_to_string(&log).unwrap();
    let lines = whole
        .lines()
        .take_while(|line| !line.contains("\"task-finished\""));
    let cut = lines.collect::<Vec<_>>().join("\n") + "\n{\"event\":\"ta";
    fs::write(&log, cut).unwrap();
    let told = run(&format!("replay {log}"));
    assert_eq!((told.code, told.out.as_str()), (0, "a\n"), "{}", told.err);
    assert!(told.err.contains("the log ends here"), "{}", told.err);
}

#[test]
fn what_cannot_be_told_again_is_an_error() {
    let (_folder, log) = with_log();
    let whole = fs::read_to_string(&log).unwrap();
    let over = run(&format!("replay {log} --log {log}"));
    assert_eq!((over.code, over.out.as_str()), (2, ""));
    assert_eq!(
        fs::read_to_string(&log).unwrap(),
        whole,
        "it is not emptied"
    );
    fs::write(&log, whole.replacen('\n', "\nspoiled\n", 1)).unwrap();
    let spoiled = run(&format!("replay {log}"));
    assert_eq!(spoiled.code, 2);
    assert!(
        spoiled.err.contains("line 2 is not an event"),
        "{}",
        spoiled.err
    );
    assert_eq!(run("replay no-such-log").code, 69);
}
