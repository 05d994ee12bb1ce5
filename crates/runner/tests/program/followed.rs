//! `map` and `spawn` that somebody follows: what they print stays the same, and all that happens is told.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anypool_runner::event::{Event, TaskFinished, Verdict};
use nix::sys::signal::Signal;
use tempfile::TempDir;

use super::audience::{ended, events, log};
use super::child::{Live, Ran, program, run};

/// A folder, and the log in it.
fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("run.jsonl");
    (folder, log)
}

/// What a run prints that writes a log, and how its tasks ended.
fn logged(arguments: &str) -> (Ran, Vec<TaskFinished>) {
    let (_folder, path) = folder();
    let ran = run(&format!("{arguments} --log {}", path.display()));
    let finished = log(&path)
        .into_iter()
        .filter_map(|stamped| match stamped.event {
            Event::TaskFinished(finished) => Some(*finished),
            _ => None,
        });
    (ran, finished.collect())
}

#[test]
fn what_is_followed_prints_what_it_always_prints() {
    let (ran, finished) = logged("map square 3 1..=2 -s secs=0 -j 2");
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (0, "[9, 1, 4]\n", "")
    );
    let mut told: Vec<_> = finished.iter().collect();
    told.sort_by_key(|finished| finished.index);
    let told: Vec<_> = told
        .iter()
        .map(|finished| (&*finished.task, finished.value.as_deref().unwrap()))
        .collect();
    let expected = [("square[3]", "9"), ("square[1]", "1"), ("square[2]", "4")];
    assert_eq!(told, expected);
    let (ran, finished) = logged("spawn worker --count 3 -s secs=0.01 -s lang=en");
    assert_eq!((ran.code, ran.err.as_str(), finished.len()), (0, "", 3));
    let mut lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(lines.pop(), Some("All tasks done"));
    let lines: BTreeSet<_> = lines.into_iter().map(str::to_owned).collect();
    let line = |number: u32, what: &str| format!("Worker {number} {what}");
    let expected = (0..3).flat_map(|number| ["started", "done"].map(|what| line(number, what)));
    assert_eq!(lines, expected.collect());
    let (ran, _) = logged("spawn primes --count 2 -s limit=100 --inline");
    assert_eq!((ran.code, ran.out.as_str()), (0, "25\n25\n"), "{}", ran.err);
}

#[test]
fn events_are_all_that_comes_on_standard_output() {
    for (arguments, command, tasks) in [
        ("map worker 0 0.01 -s lang=en -j 2", "map", 2),
        ("spawn worker --count 3 -s secs=0.01", "spawn", 3),
        ("spawn worker --count 2 -s secs=0 --inline", "spawn", 2),
    ] {
        let ran = run(&format!("{arguments} --message-format json"));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments}");
        let told = events(ran.out.as_bytes());
        let Event::RunStarted(started) = &told[0].event else {
            panic!("{}", ran.out);
        };
        assert_eq!(
            (started.command.as_str(), started.tasks),
            (command, Some(tasks))
        );
        assert_eq!(started.name.as_deref(), Some("worker"));
        let (exit, counts) = ended(&told);
        assert_eq!((exit, counts.ok), (0, tasks));
        let printed = told
            .iter()
            .filter(|stamped| matches!(stamped.event, Event::TaskOutput(_)));
        assert!(printed.count() > 0, "{}", ran.out);
    }
    let ran = run("map sqaure 1 --message-format json");
    assert_eq!(ran.code, 2);
    let told = events(ran.out.as_bytes());
    assert!(matches!(told[..].first().unwrap().event, Event::Error(_)));
}

#[test]
fn a_failure_is_told_as_ever_and_in_the_log() {
    let (ran, finished) = logged("map panic a b -j 2");
    assert_eq!((ran.code, ran.out.as_str()), (100, "[null, null]\n"));
    let mut lines: Vec<_> = ran.err.lines().collect();
    lines.sort_unstable();
    let cause = "panicked: \"this task panics, as it was asked to\" at ";
    for (line, input) in lines.iter().zip(["a", "b"]) {
        assert!(
            line.starts_with(&format!("panic({input}): {cause}")),
            "{line}"
        );
    }
    assert!(lines.len() == 2 && finished.len() == 2, "{}", ran.err);
    assert_eq!(finished[0].outcome, Verdict::Panicked);
    let (ran, _) = logged("spawn fail -s message=no --count 2");
    let mut lines: Vec<_> = ran.err.lines().collect();
    lines.sort_unstable();
    assert_eq!((ran.code, ran.out.as_str(), lines.len()), (100, "", 2));
    assert!(lines[1].starts_with("worker 1 of fail: ") && lines[1].ends_with("no"));
    let ran = run("map fail no -q");
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (100, "[null]\n", "")
    );
}

#[test]
fn what_failed_is_tried_again() {
    let ran = run("map flaky 1 0 --retries 1 --retry-delay 1ms");
    assert_eq!((ran.code, ran.out.as_str()), (0, "[2, 1]\n"), "{}", ran.err);
    assert!(ran.err.contains("RETRY 1/1"), "{}", ran.err);
    let ran = run("spawn flaky --count 2 --retries 1 --flaky fail -v");
    assert_eq!((ran.code, ran.out.as_str()), (100, "2\n2\n"), "{}", ran.err);
    assert!(ran.err.contains("spawn flaky · 2 tasks"), "{}", ran.err);
    assert!(ran.err.contains("Summary"), "{}", ran.err);
    let (ran, finished) = logged("map flaky 3 --retries 1 --status none");
    assert_eq!((ran.code, ran.out.as_str()), (100, "[null]\n"));
    assert_eq!((ran.err.as_str(), finished[0].attempt), ("", 2));
}

#[test]
fn a_run_can_end_before_all_of_it_is_done() {
    let ran = run("map flaky 5..=504 -j 1 --max-fail 2");
    let list = format!("[{}]\n", vec!["null"; 500].join(", "));
    assert_eq!((ran.code, ran.out), (100, list), "{}", ran.err);
    assert!(ran.err.contains("--max-fail"), "{}", ran.err);
    let ran = run("map sleep 0 3600000 -j 1 --until-success 1");
    assert_eq!((ran.code, ran.out.as_str()), (0, "[0, null]\n"));
    for command in ["spawn hang --count 3", "map hang false -j 1"] {
        let ran = run(&format!("{command} --run-timeout 300ms --grace 10s"));
        assert_eq!(ran.code, 124, "{command}: {}", ran.err);
        assert!(ran.err.contains("--run-timeout"), "{}", ran.err);
    }
}

#[test]
fn it_can_be_repeated_and_each_round_has_its_list() {
    let ran = run("map square 2 3 -s secs=0 -j 2 --repeat 2");
    assert_eq!((ran.code, ran.out.as_str()), (0, "[4, 9]\n[4, 9]\n"));
    let ran = run("spawn primes -s limit=100 --count 2 --repeat 3");
    assert_eq!((ran.code, ran.out), (0, "25\n".repeat(6)));
}

#[test]
fn files_for_others_are_written() {
    let (folder, _) = folder();
    for command in ["map square 1 2 -s secs=0", "spawn noop --count 2"] {
        let file = |name: &str| folder.path().join(name);
        let (junit, trace) = (file("junit.xml"), file("trace.json"));
        let files = format!("--junit {} --trace {}", junit.display(), trace.display());
        let ran = run(&format!("{command} {files}"));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{command}");
        let junit = fs::read_to_string(junit).unwrap();
        assert_eq!(junit.matches("<testcase").count(), 2, "{junit}");
        let trace = fs::read_to_string(trace).unwrap();
        assert_eq!(trace.matches("\"ph\":\"X\"").count(), 2, "{trace}");
    }
    let ran = run("map sleep 3600000 -j 1 --log /dev/full");
    assert_eq!((ran.code, ran.out.as_str()), (74, ""), "{}", ran.err);
}

#[test]
fn workers_of_ones_own_stop_together_and_leave_nothing_behind() {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let (_folder, path) = folder();
        let command = format!(
            "spawn worker --count 3 -s secs=3600 --log {}",
            path.display()
        );
        let mut live = Live::start(program(&command));
        for _ in 0..3 {
            live.line();
        }
        live.signal(signal);
        let ran = live.finish();
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{}", ran.err);
        let (exit, counts) = ended(&log(&path));
        assert_eq!((i32::from(exit), counts.cancelled), (code, 3));
    }
    let mut live = Live::start(program("map worker 3600 0 -j 1 --status fail"));
    live.line();
    live.signal(Signal::SIGINT);
    let ran = live.finish();
    assert_eq!((ran.code, ran.out.as_str()), (130, ""), "{}", ran.err);
    let live = Live::start(program(
        "spawn hang -s stubborn=true --status all --grace 50ms",
    ));
    live.wait_until_stubborn();
    live.signal(Signal::SIGINT);
    assert_eq!(live.finish().code, 130);
}

#[test]
fn workers_of_ones_own_are_suspended_with_the_run() {
    let live = Live::start(program("spawn spin -s us=400000 --count 2 --status fail"));
    live.wait_until_busy(Duration::from_millis(50));
    live.signal(Signal::SIGTSTP);
    live.wait_until_stopped();
    thread::sleep(Duration::from_millis(100));
    live.signal(Signal::SIGCONT);
    let ran = live.finish();
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "400000\n400000\n"),
        "{}",
        ran.err
    );
}

#[test]
fn who_asks_is_told_what_runs() {
    let mut live = Live::start(program("spawn worker --count 2 -s secs=3600 --status fail"));
    live.line();
    live.line();
    live.signal(Signal::SIGUSR1);
    live.wait_until_told("2 running, 0 ended of 2");
    live.signal(Signal::SIGINT);
    assert_eq!(live.finish().code, 130);
}
