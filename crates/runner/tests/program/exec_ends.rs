//! How runs of `exec` end before their end: limits, signals, outputs that are gone.

use std::fs::File;
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::child::{Live, program};
use super::exec::{ran, script};

#[test]
fn a_program_that_runs_too_long_is_stopped_with_what_it_started() {
    let text = "sleep 3600 & sleep 3600";
    let ran = ran(script("--timeout 200ms", text, "a"));
    assert_eq!((ran.code, ran.out.as_str()), (100, ""));
    assert!(ran.err.contains("TIMEOUT"), "{}", ran.err);
    assert!(ran.err.contains("SIGTERM"), "{}", ran.err);
    let stubborn = "trap '' TERM; while :; do sleep 3600; done";
    let ran = super::exec::ran(script("--timeout 2s --grace 100ms", stubborn, "a"));
    assert_eq!(ran.code, 100);
    assert!(ran.err.contains("SIGKILL"), "{}", ran.err);
}

#[test]
fn what_a_program_leaves_running_is_told_and_ended() {
    let ran = ran(script("--grace 100ms", "sleep 3600 & echo up", "a"));
    assert_eq!((ran.code, ran.out.as_str()), (100, "up\n"));
    assert!(ran.err.contains("LEAKED"), "{}", ran.err);
}

#[test]
fn what_takes_long_and_why_a_run_stops_is_told() {
    let slow = ran(script(
        "--slow-after 50ms --run-timeout 3s",
        "sleep 3600",
        "a",
    ));
    assert_eq!((slow.code, slow.out.as_str()), (124, ""));
    assert!(slow.err.contains("SLOW [>"), "{}", slow.err);
    assert!(
        slow.err.contains("; stopping the 1 that run"),
        "{}",
        slow.err
    );
    let failing = ran(script("-j 1 --max-fail 1", "exit 1", "1 2"));
    assert!(
        failing.err.contains("; nothing more starts"),
        "{}",
        failing.err
    );
}

#[test]
fn a_signal_stops_programs_and_a_second_ends_them() {
    let text = "echo up; sleep 3600";
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let mut live = Live::start(script("--output line -j 1", text, "a b"));
        assert_eq!(live.line(), "up");
        live.signal(signal);
        let ran = live.finish();
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{}", ran.err);
    }
    let stubborn = "trap '' TERM INT; echo up; while :; do sleep 3600; done";
    let mut live = Live::start(script("--output line --grace 1h", stubborn, "a"));
    assert_eq!(live.line(), "up");
    live.signal(Signal::SIGINT);
    live.signal(Signal::SIGTERM);
    let code = live.finish().code;
    assert!([130, 143].contains(&code), "{code}");
}

#[test]
fn outputs_that_take_nothing_end_the_run() {
    let mut full = program("exec -j 1 -- echo ::: a b");
    full.stdout(File::options().write(true).open("/dev/full").unwrap());
    let ran = Live::start(full).finish();
    assert_eq!(ran.code, 74, "{}", ran.err);
    let mut endless = program("exec -0 -j 1 -- echo");
    endless.stdin(File::open("/dev/zero").unwrap());
    let mut live = Live::start(endless);
    live.line();
    live.close();
    let ran = live.finish();
    assert_eq!((ran.code, ran.err.as_str()), (141, ""));
}

#[test]
fn an_endless_input_is_read_only_as_far_as_it_is_needed() {
    let mut endless = program("exec -0 -j 2 --max-fail 3 -- false");
    endless.stdin(File::open("/dev/zero").unwrap());
    let failed = ran(endless);
    assert_eq!(failed.code, 100, "{}", failed.err);
    let mut endless = program("exec -0 -j 2 --run-timeout 500ms -- true");
    endless.stdin(File::open("/dev/zero").unwrap());
    assert_eq!(ran(endless).code, 124);
}

#[test]
fn a_suspended_run_holds_its_programs_and_their_time_limits() {
    let folder = tempfile::tempdir().unwrap();
    let gate = folder.path().join("gate");
    // More than it takes to hold all of it on a machine with too much to do.
    let limit = Duration::from_secs(8);
    let options = format!("-j 1 --output line --timeout {}s", limit.as_secs());
    let text = "echo up; until [ -e $GATE ]; do sleep 0.05; done; echo done";
    let mut command = script(&options, text, "a");
    command.env("GATE", &gate);
    let mut live = Live::start(command);
    assert_eq!(live.line(), "up");
    live.signal(Signal::SIGTSTP);
    live.wait_until_stopped();
    thread::sleep(limit);
    File::create(&gate).unwrap();
    live.signal(Signal::SIGCONT);
    let ran = live.finish();
    assert_eq!((ran.code, ran.out.as_str()), (0, "done\n"), "{}", ran.err);
}
