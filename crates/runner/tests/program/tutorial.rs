//! The lines that the tutorial shows, and what it says about them.

use std::collections::BTreeSet;
use std::process::Stdio;

use nix::sys::signal::Signal;

use super::child::{Live, program, run};

fn numbered(word: &str) -> BTreeSet<String> {
    (0..5)
        .map(|number| format!("Worker {number} {word}"))
        .collect()
}

fn check_workers(arguments: &str, [started, done, all_done]: [&str; 3]) {
    let ran = run(arguments);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let mut lines: Vec<_> = ran.out.lines().map(str::to_owned).collect();
    assert_eq!(lines.pop().as_deref(), Some(all_done));
    assert_eq!(lines.len(), 10);
    let lines: BTreeSet<_> = lines.into_iter().collect();
    assert_eq!(lines, &numbered(started) | &numbered(done));
}

#[test]
fn five_workers_start_end_and_are_joined() {
    let words = ["시작", "완료", "모든 작업 완료"];
    check_workers("spawn worker --count 5 -s secs=0.05", words);
}

#[test]
fn workers_speak_english_when_asked() {
    let words = ["started", "done", "All tasks done"];
    check_workers("spawn worker --count 5 -s secs=0.05 -s lang=en", words);
}

#[test]
fn all_workers_start_before_one_is_done_and_are_heard_at_once() {
    let mut live = Live::start(program("spawn worker --count 5 -s secs=3600"));
    let started: BTreeSet<_> = (0..5).map(|_| live.line()).collect();
    assert_eq!(started, numbered("시작"));
    live.signal(Signal::SIGINT);
    let ran = live.finish();
    assert_eq!((ran.code, ran.out.as_str()), (130, ""));
}

#[test]
fn a_pool_gives_one_list() {
    let ran = run("map square 1 2 3 4 5 --workers 4 -s secs=0.05");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "[1, 4, 9, 16, 25]\n");
}

#[test]
fn results_keep_the_order_of_inputs_that_end_in_another() {
    let ran = run("map sleep 150 1 50 2 --workers 4");
    assert_eq!((ran.code, ran.out.as_str()), (0, "[150, 1, 50, 2]\n"));
}

#[test]
fn inputs_come_from_words_ranges_and_standard_input() {
    let dir = tempfile::tempdir().unwrap();
    let lines = dir.path().join("inputs");
    std::fs::write(&lines, "7\n8\n").unwrap();
    let mut command = program("map square 1 - 3..=5 -s secs=0 -j 2");
    command.stdin(Stdio::from(std::fs::File::open(lines).unwrap()));
    let ran = Live::start(command).finish();
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "[1, 49, 64, 9, 16, 25]\n")
    );
}

#[test]
fn many_inputs_are_no_trouble() {
    let ran = run("map noop 1..=20000 -j 2");
    assert_eq!(ran.code, 0);
    assert_eq!(ran.out.matches('0').count(), 20_000);
}

#[test]
fn lines_of_tasks_come_before_the_list() {
    let ran = run("map worker 0.01 0.02 -s lang=en -j 2");
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!((ran.code, lines.len(), lines[4]), (0, 5, "[0, 1]"));
}

#[test]
fn without_workers_it_goes_one_after_another() {
    let ran = run("spawn worker --count 2 -s secs=0 -s lang=en --inline");
    let lines =
        "Worker 0 started\nWorker 0 done\nWorker 1 started\nWorker 1 done\nAll tasks done\n";
    assert_eq!((ran.code, ran.out.as_str()), (0, lines));
    let ran = run("map square 1..=3 -s secs=0 --inline");
    assert_eq!((ran.code, ran.out.as_str()), (0, "[1, 4, 9]\n"));
}

#[test]
fn tasks_lines_can_be_dropped() {
    let ran = run("spawn worker --count 2 -s secs=0 -s lang=en --output none");
    assert_eq!((ran.code, ran.out.as_str()), (0, "All tasks done\n"));
}

#[test]
fn every_task_that_ends_gives_its_value() {
    for (task, value) in [
        ("primes -s limit=200000", "17984\n"),
        ("spin -s us=100", "100\n"),
        ("noop", "0\n"),
        ("sleep -s ms=1", "1\n"),
        ("square -s n=12 -s secs=0", "144\n"),
    ] {
        let ran = run(&format!("spawn {task} --count 2"));
        assert_eq!(
            (ran.code, ran.out),
            (0, value.repeat(2)),
            "{task}: {}",
            ran.err
        );
    }
}
