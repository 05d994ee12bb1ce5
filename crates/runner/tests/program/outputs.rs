//! Outputs that end before the run does.

use std::fs::{self, OpenOptions};
use std::process::{Command, Stdio};
use std::thread;

use super::child::{Live, program, run};

#[test]
fn a_reader_that_has_enough_ends_the_run_in_silence() {
    // More lines than a pipe holds, so that the run cannot end before its reader goes.
    let inputs = " 0".repeat(4000);
    let mut live = Live::start(program(&format!("map worker {inputs} -j 2")));
    live.line();
    live.close();
    let ran = live.finish();
    assert_eq!((ran.code, ran.err.as_str()), (141, ""));
}

#[test]
fn an_output_without_a_reader_stops_what_runs() {
    for arguments in [
        "spawn worker --count 3 -s secs=3600",
        "map worker 3600 3600 -j 2",
        "map sleep 1 1",
        "spawn noop",
        "list",
        "--help",
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = program(arguments);
        command.stdout(writer);
        let ran = Live::start(command).finish();
        assert_eq!((ran.code, ran.err.as_str()), (141, ""), "{arguments}");
    }
}

#[test]
fn a_full_disk_is_told() {
    for arguments in [
        "map square 1..=3 -s secs=0",
        "spawn worker -s secs=0",
        "list",
        "--help",
    ] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = program(arguments);
        command.stdout(full);
        let ran = Live::start(command).finish();
        assert_eq!(ran.code, 74, "{arguments}: {}", ran.err);
        let told = "error: standard output cannot be written: No space left on device";
        assert!(ran.err.starts_with(told), "{arguments}: {}", ran.err);
        assert_eq!(
            ran.err.matches("error:").count(),
            1,
            "{arguments}: {}",
            ran.err
        );
    }
}

#[test]
fn a_full_disk_for_errors_changes_no_result() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = program("map primes 10 x 20 -j 2").stderr(full).output();
    assert_eq!(output.unwrap().status.code(), Some(2));
    for (arguments, code, out) in [
        ("map primes 10 20 -j 2", 0, "[4, 8]\n"),
        ("map panic 1 2 -j 2", 100, "[null, null]\n"),
    ] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = program(arguments).stderr(full).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments}");
        assert_eq!(output.stdout, out.as_bytes(), "{arguments}");
    }
}

#[test]
fn a_closed_output_is_told_before_anything_starts() {
    for arguments in [
        "map square 1 -s secs=0",
        "spawn worker -s secs=0",
        "list",
        "--help",
    ] {
        let mut shell = Command::new("sh");
        let script = "exec \"$0\" \"$@\" >&-";
        shell.args(["-c", script, crate::PROGRAM]);
        shell
            .args(arguments.split_whitespace())
            .stdin(Stdio::null());
        let ran = Live::start(shell).finish();
        assert_eq!(ran.code, 74, "{arguments}: {}", ran.err);
        let told = "error: standard output cannot be written: it is closed";
        assert!(ran.err.starts_with(told), "{arguments}: {}", ran.err);
    }
}

#[test]
fn an_output_that_is_dropped_on_purpose_is_no_error() {
    let mut command = program("map square 1 -s secs=0");
    command.stdout(Stdio::null());
    assert_eq!(Live::start(command).finish().code, 0);
}

#[test]
fn a_file_gets_no_colours() {
    assert!(!run("spawn banana").err.contains('\u{1b}'));
}

#[test]
fn two_things_that_are_written_are_not_written_to_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one").display().to_string();
    let dotted = folder.path().join(".").join("one").display().to_string();
    for (flags, code) in [
        (format!("--log {path} --junit {path}"), 2),
        (format!("--trace {path} --junit {dotted}"), 2),
        (format!("--log {path} --trace {dotted}"), 2),
        ("--junit /dev/null --log /dev/null".to_owned(), 0),
    ] {
        let ran = run(&format!("exec {flags} -- echo ::: a"));
        assert_eq!(ran.code, code, "{flags}: {}", ran.err);
        let told = ran.err.contains("would both write to");
        assert_eq!(
            (told, fs::exists(&path).unwrap()),
            (code == 2, false),
            "{flags}: {}",
            ran.err
        );
    }
    fs::write(&path, "").unwrap();
    let ran = run(&format!("map noop 1 --log {path} --trace {dotted}"));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
}

#[test]
fn a_log_can_be_a_pipe_that_has_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    let (ran, log) = thread::scope(|scope| {
        let reader = scope.spawn(|| fs::read_to_string(&path).unwrap());
        let ran = run(&format!("exec --log {} -- echo ::: a", path.display()));
        (ran, reader.join().unwrap())
    });
    assert_eq!((ran.code, ran.out.as_str()), (0, "a\n"), "{}", ran.err);
    assert!(log.starts_with("{\"event\":\"run-started\""), "{log}");
    assert!(
        log.lines()
            .last()
            .unwrap()
            .starts_with("{\"event\":\"run-finished\""),
        "{log}"
    );
}
