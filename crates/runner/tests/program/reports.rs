//! Files that other programs read when a run is over: those for build servers, and what becomes of any that cannot be written.

use std::fs;

use nix::sys::signal::Signal;

use super::child::Live;
use super::exec::{ran, run, script};

/// A folder, and the path of a file in it.
fn file(name: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name).display().to_string();
    (folder, path)
}

#[test]
fn build_servers_are_told_how_each_task_ended() {
    let (_folder, path) = file("junit.xml");
    let text = "echo \"<$1>\"; test $1 != b";
    let failed = ran(script(
        &format!("-j 2 --retries 1 --junit {path}"),
        text,
        "a b c",
    ));
    assert_eq!(failed.code, 100, "{}", failed.err);
    let xml = fs::read_to_string(&path).unwrap();
    for (told, times) in [
        (
            "<testsuite name=\"sh\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\"",
            1,
        ),
        ("<testcase name=\"sh[", 3),
        ("<failure message=\"exit 1\" type=\"failed\"/>", 1),
        ("<rerunFailure message=\"exit 1\" type=\"failed\"/>", 1),
        ("<system-out>&lt;a&gt;&#10;</system-out>", 1),
        ("</testsuites>\n", 1),
    ] {
        assert_eq!(xml.matches(told).count(), times, "{told}: {xml}");
    }
}

#[test]
fn build_servers_are_told_what_had_ended_when_a_run_is_ended_by_force() {
    let (_folder, path) = file("junit.xml");
    let options = format!("-j 1 --output line --grace 1h --junit {path}");
    let text = "trap '' TERM INT; echo $1; test $1 = a || sleep 1000";
    let mut live = Live::start(script(&options, text, "a b"));
    assert_eq!([live.line(), live.line()], ["a", "b"]);
    live.signal(Signal::SIGINT);
    live.signal(Signal::SIGTERM);
    live.close();
    let code = live.finish().code;
    assert!([130, 143].contains(&code), "{code}");
    let xml = fs::read_to_string(&path).unwrap();
    assert_eq!(xml.matches("<testcase name=\"sh[a]\"").count(), 1, "{xml}");
    assert!(xml.ends_with("</testsuites>\n"), "{xml}");
}

#[test]
fn reports_are_written_of_a_run_that_is_stopped() {
    let (_folder, path) = file("junit.xml");
    let options = format!("-j 1 --output line --junit {path}");
    let mut live = Live::start(script(&options, "echo up; sleep 3600", "a b"));
    assert_eq!(live.line(), "up");
    live.signal(Signal::SIGTERM);
    let stopped = live.finish();
    assert_eq!(stopped.code, 143, "{}", stopped.err);
    let xml = fs::read_to_string(&path).unwrap();
    assert_eq!(xml.matches("<skipped ").count(), 2, "{xml}");
    assert!(xml.ends_with("</testsuites>\n"), "{xml}");
}

#[test]
fn reports_that_cannot_be_written_are_told() {
    for (options, told) in [
        (
            "--junit /dev/full",
            "error: /dev/full cannot be written: No space left on device",
        ),
        (
            "--trace /dev/full",
            "error: the trace /dev/full cannot be written",
        ),
        (
            "--junit /no-such-folder/a",
            "error: /no-such-folder/a cannot be written",
        ),
        (
            "--trace /no-such-folder/a",
            "error: the trace /no-such-folder/a cannot be written",
        ),
    ] {
        let ran = run(&format!("exec {options} -- echo ::: a"));
        assert_eq!(ran.code, 74, "{options}: {}", ran.err);
        assert!(ran.err.starts_with(told), "{}", ran.err);
        assert_eq!(ran.err.matches("error:").count(), 1, "{}", ran.err);
    }
}
