//! Command lines that are wrong: told in full, on standard error, before anything starts.

use std::process::{Command, Stdio};

use super::child::{Live, run};

/// Each word of `told` must be said.
fn wrong(arguments: &str, told: &[&str]) {
    let ran = run(arguments);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (2, ""),
        "{arguments}: {}",
        ran.err
    );
    for words in told {
        assert!(
            ran.err.contains(words),
            "{arguments}: {words:?} is not in\n{}",
            ran.err
        );
    }
}

#[test]
fn what_is_wrong_is_said_and_what_to_do() {
    for (arguments, told) in [
        (
            "map sqaure 1",
            &[
                "no task is named `sqaure`",
                "tasks: worker,",
                "did you mean `square`?",
            ][..],
        ),
        (
            "spawn banana",
            &["no task is named `banana`", "`list` says"],
        ),
        ("spawn worker -s secs", &["`-s secs` has no value"]),
        (
            "spawn worker -s secs=x",
            &["cannot take `x` as `secs`", "expected: a number of seconds"],
        ),
        ("spawn worker -s lang=fr", &["expected: ko or en"]),
        ("spawn noop -s foo=1", &["`noop` takes no parameters"]),
        (
            "spawn sleep",
            &["`sleep` needs its parameter `ms`", "add `-s ms=…`"],
        ),
        ("spawn sleep -s ms=1 -s ms=2", &["given more than once"]),
        ("map square 1 -s n=2", &["an INPUT both set `n`"]),
        (
            "map square 1 -s foo=1",
            &["parameters of `square`: n, secs=1"],
        ),
        ("map square", &["<INPUT>"]),
        ("map square -- -1", &["cannot take `-1` as input 1"]),
        ("map square -1", &["cannot take `-1` as input 1"]),
        (
            "map square 4294967296",
            &["expected: a whole number from 0 to 4294967295"],
        ),
        ("map square 5..=1", &["a range goes up"]),
        (
            "map square 1 -j 0",
            &["without a worker nothing would ever run"],
        ),
        ("map square 1 -j two", &["expected `auto`"]),
        ("map square 1 --inline -j 2", &["--inline", "--workers"]),
        ("map square 1 --timeout 0s", &["nothing can end in no time"]),
        ("map square 1 --timeout 5", &["time unit needed"]),
        (
            "map square 1 --inline --timeout 5s",
            &["--inline", "--timeout"],
        ),
        ("map square 1 --output loud", &["line", "none"]),
        ("spawn worker --count 0", &["--count"]),
        ("spawn worker -j 2", &["'-j'"]),
        ("spawn", &["<TASK>"]),
        ("frobnicate", &["frobnicate"]),
    ] {
        wrong(arguments, told);
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    wrong(
        "map square 1 x 2 y -s secs=z -s foo=1",
        &[
            "`x` as input 2",
            "`y` as input 4",
            "`z` as `secs`",
            "no parameter `foo`",
        ],
    );
}

#[test]
fn without_a_command_there_are_three_examples() {
    let name = crate::NAME;
    let first = format!("  {name} spawn worker --count 5\n");
    let second = format!("  {name} map square 1 2 3 4 5 --workers 4\n");
    let third = format!("  {name} list\n");
    wrong("", &[&first, &second, &third]);
}

#[test]
fn the_count_of_workers_can_be_relative() {
    for count in ["auto", "1", "50%", "200%", "+1", "-1", "-100"] {
        let ran = run(&format!("map square 3 -s secs=0 -j {count}"));
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (0, "[9]\n"),
            "{count}: {}",
            ran.err
        );
    }
}

#[test]
fn a_closed_input_is_not_an_empty_one() {
    let mut shell = Command::new("sh");
    let script = "exec \"$0\" map square - <&-";
    shell.args(["-c", script, crate::PROGRAM]);
    shell.stdout(Stdio::piped());
    let ran = Live::start(shell).finish();
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert_eq!(
        ran.err,
        "error: standard input cannot be read: it is closed\n"
    );
}
