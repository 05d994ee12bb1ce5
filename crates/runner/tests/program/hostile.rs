//! What nobody should give a runner, and somebody will: lines without end, bytes that are no text, outputs that are closed,
//! children that leave.

use std::fs::{self, File};
use std::io::{Seek as _, Write as _};
use std::process::{Command, Stdio};

use super::child::{Live, Ran, program};
use super::exec::script;
use super::suites::Folder;

/// A line of 100 MB, and a short one.
fn long_line() -> File {
    let mut file = tempfile::tempfile().unwrap();
    let piece = vec![b'x'; 1 << 20];
    (0..100).for_each(|_| file.write_all(&piece).unwrap());
    file.write_all(b"\n7\n").unwrap();
    file.rewind().unwrap();
    file
}

/// Runs a command line, split at spaces, with this to read.
fn reading(arguments: &str, input: impl Into<Stdio>) -> Ran {
    let mut command = program(arguments);
    command.stdin(input);
    Live::start(command).finish()
}

/// What is said must not be what was given: neither as long, nor as it is.
fn is_civil(ran: &Ran, what: &str) {
    assert!(ran.err.len() < 8192, "{what}: {} bytes", ran.err.len());
    let is_order = |letter: char| letter.is_control() && letter != '\n';
    assert!(!ran.err.contains(is_order), "{what}: {:?}", ran.err);
}

#[test]
fn a_line_of_100_megabytes_costs_itself() {
    let ran = reading("exec -j 1 -- echo", long_line());
    assert_eq!((ran.code, ran.out.as_str()), (100, "7\n"), "{}", ran.err);
    assert!(
        ran.err.contains("it is 104857600 bytes long"),
        "{}",
        ran.err
    );
    is_civil(&ran, "exec");
    let ran = reading("map square -", long_line());
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    is_civil(&ran, "map");
}

#[test]
fn a_suite_with_a_line_of_100_megabytes_is_told() {
    let folder = Folder::with(
        "[[task]]\nid = \"a\"\nkind = \"command\"\nargv = [\"echo\"]\ninputs = { lines-of = \"long\" }\n",
    );
    let mut long = File::create(folder.path().join("long")).unwrap();
    std::io::copy(&mut long_line(), &mut long).unwrap();
    let ran = folder.run("run SUITE");
    assert_eq!((ran.code, ran.out.as_str()), (65, ""), "{}", ran.err);
    is_civil(&ran, "lines-of");
    fs::rename(folder.path().join("long"), folder.path().join("some.toml")).unwrap();
    let ran = folder.run("run SUITE");
    assert_eq!((ran.code, ran.out.as_str()), (65, ""), "{}", ran.err);
    is_civil(&ran, "suite");
}

#[test]
fn bytes_that_are_no_text_are_arguments_or_are_told() {
    let bytes: Vec<u8> = (0..=255).cycle().take(64 << 10).collect();
    let input = || {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        file.rewind().unwrap();
        file
    };
    let ran = reading("exec -0 -k -j 2 -- true", input());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let ran = reading("exec -j 2 -- true", input());
    assert_eq!(ran.code, 100, "{}", ran.err);
    assert!(ran.err.contains("a zero byte"), "{}", ran.err);
    assert!(!ran.err.contains('\u{1b}'), "{:?}", ran.err);
    for arguments in ["map square -", "map primes - --inline"] {
        let ran = reading(arguments, input());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments}");
        is_civil(&ran, arguments);
    }
}

/// Runs it in a shell that closes what `closed` says.
fn without(closed: &str, run: &Command) -> Ran {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec \"$0\" \"$@\" {closed}")]);
    shell.arg(run.get_program()).args(run.get_args());
    shell.env("XDG_CONFIG_HOME", "/nonexistent");
    shell.stdin(Stdio::null()).stdout(Stdio::piped());
    Live::start(shell).finish()
}

#[test]
fn outputs_that_are_closed_take_nothing_else_along() {
    let folder =
        Folder::with("[[task]]\nid = \"a\"\nkind = \"square\"\nparams = { n = 3, secs = 0 }\n");
    let suite = folder.path().join("some.toml").display().to_string();
    for (arguments, out) in [
        ("exec -- echo ::: a".to_owned(), "a\n"),
        ("map square 3 -s secs=0".to_owned(), "[9]\n"),
        (format!("run {suite}"), ""),
    ] {
        let ran = without("2>&-", &program(&arguments));
        assert_eq!((ran.code, ran.out.as_str()), (0, out), "{arguments}");
        let ran = without("<&-", &program(&arguments));
        assert_eq!((ran.code, ran.out.as_str()), (0, out), "{arguments}");
        for closed in [">&-", ">&- 2>&-", "<&- >&- 2>&-"] {
            let code = without(closed, &program(&arguments)).code;
            assert_eq!(code, 74, "{arguments} {closed}");
        }
    }
}

#[test]
fn what_is_said_never_lands_in_a_file_that_took_a_closed_outputs_place() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let run = script(
        &format!("-v --log {}", log.display()),
        "echo words >&2; exit 1",
        "a",
    );
    assert_eq!(without("2>&-", &run).code, 100);
    let log = fs::read_to_string(log).unwrap();
    assert!(
        log.lines().all(|line| line.starts_with("{\"event\":")),
        "{log}"
    );
    assert!(log.contains("\"output\":\"words\\n\""), "{log}");
}

/// A script that prints `up`, and leaves a process which lives as long as the runner: whoever waits for its end waits for
/// ever.
fn leaving(outputs: &str) -> String {
    format!("setsid sh -c 'while kill -0 $0; do sleep 0.1; done' $PPID {outputs} & echo up")
}

#[test]
fn a_child_that_leaves_its_group_is_not_waited_for() {
    for (outputs, code) in [("2>&1 >/dev/null", 100), (">/dev/null 2>&1", 0)] {
        let leave = leaving(outputs);
        let ran = Live::start(script("-j 1", &leave, "a")).finish();
        assert_eq!((ran.code, ran.out.as_str()), (code, "up\n"), "{}", ran.err);
        let folder = Folder::with(&super::run::sh("a", &leave));
        let ran = folder.run("run SUITE --show-ok always");
        assert_eq!((ran.code, ran.out.as_str()), (code, "up\n"), "{}", ran.err);
        let told = "left a process that holds its output running";
        assert_eq!(ran.err.contains(told), code == 100, "{}", ran.err);
    }
}

#[test]
fn reports_that_cannot_be_written_end_a_suite_as_well() {
    let folder = Folder::with(&super::run::sh("a", "echo a"));
    for option in ["--log", "--junit", "--trace"] {
        let ran = folder.run(&format!("run SUITE {option} /dev/full"));
        assert_eq!(ran.code, 74, "{option}: {}", ran.err);
        assert!(ran.err.contains("No space left on device"), "{}", ran.err);
        assert_eq!(ran.err.matches("error:").count(), 1, "{}", ran.err);
    }
}
