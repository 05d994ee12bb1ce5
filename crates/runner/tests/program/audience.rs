//! Who is told of a run: people by lines, programs by events on standard output and in a log.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::process::{Command, Stdio};

use anypool_runner::event::{Counts, Event, Lines, Stamped, Verdict};

use nix::sys::signal::Signal;

use super::child::{Live, Ran, program};
use super::exec::{ran, run, script};

/// The events of these lines, each of which has to be one.
pub(super) fn events(lines: &[u8]) -> Vec<Stamped> {
    let mut lines = Lines::new(lines);
    let events = lines.by_ref().map(Result::unwrap).collect();
    assert!(!lines.is_torn());
    events
}

fn names(events: &[Stamped]) -> Vec<&'static str> {
    events.iter().map(|stamped| stamped.event.name()).collect()
}

pub(super) fn log(path: &Path) -> Vec<Stamped> {
    let lines = Lines::new(BufReader::new(File::open(path).unwrap()));
    lines.map(Result::unwrap).collect()
}

pub(super) fn ended(events: &[Stamped]) -> (u8, Counts) {
    match &events.last().unwrap().event {
        Event::RunFinished(finished) => (finished.exit, finished.counts),
        other => panic!("a run's last event is its end, not {}", other.name()),
    }
}

#[test]
fn events_are_all_that_comes_on_standard_output_and_the_log_has_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    let options = format!("-k --message-format json --log {} -j 2", path.display());
    let text = "printf 'out\\n\\377'; echo err >&2; test $1 != b";
    let Ran { code, out, err } = ran(script(&options, text, "a b c"));
    assert_eq!((code, err.as_str()), (100, ""));
    let told = events(out.as_bytes());
    assert_eq!(log(&path), told);
    assert!(told.is_sorted_by_key(|event| event.t));
    let names = names(&told);
    assert_eq!(names[0], "run-started");
    for (name, count) in [("task-started", 3), ("task-finished", 3), ("error", 0)] {
        assert_eq!(
            names.iter().filter(|found| **found == name).count(),
            count,
            "{out}"
        );
    }
    let (exit, counts) = ended(&told);
    assert_eq!((exit, counts.ok, counts.failed), (100, 2, 1));
    let printed = told.iter().filter_map(|stamped| match &stamped.event {
        Event::TaskOutput(printed) if printed.index == 1 => Some(printed.output.as_bytes()),
        _ => None,
    });
    let mut printed = printed.collect::<Vec<_>>().concat();
    printed.sort_unstable();
    let mut expected = b"out\n\xfferr\n".to_vec();
    expected.sort_unstable();
    assert_eq!(printed, expected);
}

#[test]
fn a_runner_that_is_killed_leaves_a_log_of_all_that_had_ended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    let options = format!("-j 1 --log {}", path.display());
    let text = "test $1 = 3 && exec sleep 1; echo $1";
    let mut live = Live::start(script(&options, text, "1 2 3"));
    assert_eq!([live.line(), live.line()], ["1", "2"]);
    live.child.kill().unwrap();
    assert_eq!(live.finish().code, 137);
    let done = log(&path)
        .into_iter()
        .filter_map(|stamped| match stamped.event {
            Event::TaskFinished(finished) => Some((finished.index, finished.outcome)),
            _ => None,
        });
    assert_eq!(
        done.collect::<Vec<_>>(),
        [(0, Verdict::Ok), (1, Verdict::Ok)]
    );
}

#[test]
fn a_log_that_takes_nothing_more_ends_the_run_and_one_that_is_nowhere_begins_none() {
    let full = run("exec -j 1 --log /dev/full -- sleep ::: 0 3600");
    assert_eq!((full.code, full.out.as_str()), (74, ""));
    let told = "error: the log /dev/full cannot be written: No space left on device";
    assert!(full.err.starts_with(told), "{}", full.err);
    assert_eq!(full.err.matches("error:").count(), 1, "{}", full.err);
    let nowhere = run("exec --log /no-such-folder/log -- echo ::: a");
    assert_eq!((nowhere.code, nowhere.out.as_str()), (74, ""));
    assert!(
        nowhere.err.contains("nothing was started"),
        "{}",
        nowhere.err
    );
}

#[test]
fn events_that_nobody_takes_end_the_run() {
    let mut full = program("exec --message-format json -- sleep ::: 3600");
    full.stdout(File::options().write(true).open("/dev/full").unwrap());
    let ran = Live::start(full).finish();
    assert_eq!(ran.code, 74, "{}", ran.err);
    assert_eq!(ran.err.matches("error:").count(), 1, "{}", ran.err);
    let mut live = Live::start(script("--message-format json -v", "yes", "a b"));
    live.line();
    live.close();
    let ran = live.finish();
    assert_eq!((ran.code, ran.err.as_str()), (141, ""));
}

#[test]
fn an_error_of_the_runner_is_an_event_as_well() {
    let ran = run("exec --message-format json -- anypool-no-such-program ::: a");
    assert_eq!(ran.code, 69);
    assert!(
        ran.err.starts_with("error: there is no program"),
        "{}",
        ran.err
    );
    let [
        Stamped {
            event: Event::Error(fatal),
            ..
        },
    ] = &events(ran.out.as_bytes())[..]
    else {
        panic!("one error, and nothing else: {}", ran.out);
    };
    assert_eq!((fatal.code.as_str(), fatal.exit), ("missing", 69));
    let unreadable = run("exec --message-format json -a / -- echo");
    let told = events(unreadable.out.as_bytes());
    assert_eq!(
        (unreadable.code, *names(&told).last().unwrap()),
        (2, "error")
    );
}

#[test]
fn people_are_told_as_much_as_they_want() {
    let text = "echo $1; test $1 != b";
    let lines = |options: &str| {
        let ran = ran(script(&format!("-k -j 2 {options}"), text, "a b c"));
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (100, "a\nb\nc\n"),
            "{options}"
        );
        let starts = ran
            .err
            .lines()
            .map(|line| line.split_whitespace().next().unwrap().to_owned());
        starts
            .filter(|word| word != "CPU")
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(lines(""), "FAILED ──────── Summary");
    assert_eq!(lines("-q"), "");
    assert_eq!(lines("--status none"), "──────── Summary");
    assert_eq!(lines("--status ok"), "OK FAILED OK ──────── FAILED Summary");
    let name = format!("{} OK FAILED OK ──────── FAILED Summary", crate::NAME);
    assert_eq!(lines("-v"), name);
}

#[test]
fn lines_for_nobody_change_nothing() {
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec \"$0\" \"$@\" 2>&-", crate::PROGRAM]);
    shell.args("exec -v -k -- sh -c".split_whitespace());
    shell.args([
        "echo $1; echo err >&2; exit $1",
        "sh",
        "{}",
        ":::",
        "0",
        "1",
    ]);
    let output = shell.stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(100));
    assert_eq!(output.stdout, b"0\n1\n");
}

#[test]
fn a_log_is_emptied_before_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    for arguments in ["a b c", "a"] {
        let ran = run(&format!(
            "exec --log {} -- true ::: {arguments}",
            path.display()
        ));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    }
    assert_eq!(ended(&log(&path)).1.ok, 1);
    fs::write(&path, "").unwrap();
    assert_eq!(
        run(&format!("exec --log {} -- true ::: a", path.display())).code,
        0
    );
}

#[test]
fn what_is_no_log_is_not_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.txt");
    for text in ["a\n", "a longer list\nof arguments\n"] {
        fs::write(&path, text).unwrap();
        let shown = path.display();
        let refused = run(&format!("exec -a {shown} --log {shown} -- echo"));
        assert_eq!(
            (refused.code, refused.out.as_str()),
            (74, ""),
            "{}",
            refused.err
        );
        assert!(
            refused.err.contains("is no log, and would be lost"),
            "{}",
            refused.err
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_reader_that_pauses_does_not_keep_a_run_from_stopping() {
    for options in ["--message-format json", "--output line"] {
        let mut command = program(&format!("exec {options} -j 2 --grace 100ms -- sh -c"));
        let text = "trap '' TERM; echo up; while :; do printf '%01000d\\n' 0; done";
        command.args([text, ":::", "a", "b"]);
        let mut live = Live::start(command);
        live.line();
        live.signal(Signal::SIGTERM);
        // Nobody reads anything else until then, and the programs print on until they are killed.
        assert_eq!(live.child.wait().unwrap().code(), Some(143), "{options}");
        live.finish();
    }
}

#[test]
fn what_is_printed_can_wait_for_the_end_or_be_left_out() {
    let text = "echo $1; echo err $1 >&2; test $1 != b";
    let printed = |options: &str| {
        let ran = ran(script(
            &format!("-j 1 --status none {options}"),
            text,
            "a b c",
        ));
        assert_eq!(ran.code, 100, "{options}");
        let err = ran.err.lines().filter(|line| line.starts_with("err "));
        (
            ran.out.replace('\n', " "),
            err.collect::<Vec<_>>().join(" "),
        )
    };
    for (options, out, err) in [
        ("", "a b c ", "err a err b err c"),
        ("--show-ok never", "b ", "err b"),
        ("--show-ok final", "b a c ", "err b err a err c"),
        ("--show-fail final", "a c b ", "err a err c err b"),
        ("--show-fail both", "a b c b ", "err a err b err c err b"),
        (
            "--show-ok final --show-fail final -k",
            "a b c ",
            "err a err b err c",
        ),
    ] {
        assert_eq!(
            printed(options),
            (out.to_owned(), err.to_owned()),
            "{options}"
        );
    }
    let told = ran(script("-j 1 --show-fail final", text, "a b c"));
    let lines: Vec<_> = told.err.lines().take(5).collect();
    assert_eq!(lines[..1], ["err a"], "{}", told.err);
    assert!(lines[1].starts_with("    FAILED"), "{}", told.err);
    assert_eq!(lines[2..4], ["err c", "err b"], "{}", told.err);
    assert_eq!(lines[4], lines[1], "{}", told.err);
}
