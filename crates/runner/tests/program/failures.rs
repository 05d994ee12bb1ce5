//! Tasks that give no value, of which each costs its own and no other.

use super::child::run;

/// Whether a line tells of a failure of `subject`, names the worker that had it, and goes on with `cause`.
fn tells(line: &str, subject: &str, cause: &str) -> bool {
    let rest = line.strip_prefix(subject);
    let rest = rest.and_then(|rest| rest.strip_prefix(": worker "));
    rest.and_then(|rest| rest.split_once(' '))
        .is_some_and(|(worker, rest)| worker.parse::<u32>().is_ok() && rest.starts_with(cause))
}

#[test]
fn a_panic_is_a_line_and_a_null() {
    let ran = run("map panic a b -j 2");
    assert_eq!((ran.code, ran.out.as_str()), (100, "[null, null]\n"));
    let lines: Vec<_> = ran.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.err);
    let cause = "panicked: \"this task panics";
    assert!(tells(lines[0], "panic(a)", cause), "{}", ran.err);
    assert!(tells(lines[1], "panic(b)", cause), "{}", ran.err);
    assert!(lines[0].contains("fault.rs:"), "{}", ran.err);
}

#[test]
fn a_worker_that_fails_is_named() {
    let ran = run("spawn panic --count 2");
    assert_eq!((ran.code, ran.out.as_str()), (100, ""));
    let lines: Vec<_> = ran.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.err);
    let cause = "panicked: ";
    assert!(tells(lines[0], "worker 0 of panic", cause), "{}", ran.err);
    assert!(tells(lines[1], "worker 1 of panic", cause), "{}", ran.err);
}

#[test]
fn a_task_that_runs_too_long_is_stopped() {
    let cause = "timed out after 100ms";
    let ran = run("map hang false --timeout 100ms");
    assert_eq!((ran.code, ran.out.as_str()), (100, "[null]\n"));
    assert!(tells(&ran.err, "hang(false)", cause), "{}", ran.err);
    let ran = run("spawn hang --timeout 100ms");
    assert_eq!((ran.code, ran.out.as_str()), (100, ""));
    assert!(tells(&ran.err, "worker 0 of hang", cause), "{}", ran.err);
}

#[test]
fn a_task_that_cannot_be_stopped_does_not_hold_up_the_others() {
    let ran = run("map hang true true --timeout 100ms --grace 100ms -j 1");
    assert_eq!((ran.code, ran.out.as_str()), (100, "[null, null]\n"));
    assert_eq!(
        ran.err.matches("timed out after 100ms").count(),
        2,
        "{}",
        ran.err
    );
}

#[test]
fn a_limit_per_task_is_no_limit_for_all_of_them() {
    let ran = run("map sleep 30 30 30 30 30 30 --timeout 20s -j 1");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "[30, 30, 30, 30, 30, 30]\n")
    );
}

#[test]
fn children_that_will_not_go_are_gone_with_the_run() {
    let ran = run("spawn fork-bomb-lite -s children=3 --timeout 200ms --grace 200ms");
    assert_eq!((ran.code, ran.out.as_str()), (100, ""), "{}", ran.err);
    assert!(ran.err.contains("timed out after 200ms"), "{}", ran.err);
}

#[test]
fn a_task_that_fails_says_why_in_its_own_words() {
    let ran = run("map fail disk-full 1 -j 1");
    assert_eq!((ran.code, ran.out.as_str()), (100, "[null, null]\n"));
    assert_eq!(ran.err, "fail(disk-full): disk-full\nfail(1): 1\n");
}

#[test]
fn values_that_are_no_numbers_are_json() {
    let ran = run("map sha256 no/such/file -j 1");
    assert_eq!((ran.code, ran.out.as_str()), (100, "[null]\n"));
    let ran = run("spawn wordcount -s size=1 -s top=2");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "{\"w1\": 1, \"w15\": 1}\n")
    );
}
