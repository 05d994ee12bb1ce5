//! `run` as programs see it, and how it ends before its time.

use std::fs::File;
use std::process::Command;

use anypool_runner::event::{Event, Lines};
use nix::sys::signal::Signal;

use super::child::{Live, program, run};
use super::run::sh;
use super::suites::{Folder, shipped};

fn events(text: &str) -> Vec<Event> {
    let lines = Lines::new(text.as_bytes());
    lines.map(|line| line.unwrap().event).collect()
}

#[test]
fn programs_are_told_all_of_it_and_nothing_else() {
    let suite = [
        "[[task]]\nid = \"noisy\"\nkind = \"noisy\"\nparams.mib = 1\n".to_owned(),
        sh("program", "echo hello"),
    ]
    .concat();
    let ran = Folder::with(&suite).run("run SUITE --message-format json");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let events = events(&ran.out);
    let Event::RunStarted(started) = &events[0] else {
        panic!("it begins with the run");
    };
    assert_eq!(
        (started.name.as_deref(), started.tasks),
        (Some("some"), Some(2))
    );
    assert_eq!(started.command, "run");
    let named = |name: &str| events.iter().filter(|event| event.name() == name).count();
    assert_eq!((named("task-started"), named("task-finished")), (2, 2));
    assert!(named("task-output") >= 2);
    let Some(Event::RunFinished(finished)) = events.last() else {
        panic!("it ends with the run");
    };
    assert_eq!((finished.exit, finished.counts.ok), (0, 2));
}

#[test]
fn programs_are_told_what_is_wrong_with_a_suite() {
    let ran = Folder::with("nam = 1\n").run("run SUITE --message-format json");
    assert_eq!(ran.code, 65);
    let [Event::Error(error)] = &*events(&ran.out) else {
        panic!("it is an error: {}", ran.out);
    };
    assert_eq!(
        (&*error.code, error.line, error.column),
        ("suite-invalid", Some(2), Some(1))
    );
    assert!(error.file.as_deref().unwrap().ends_with("some.toml"));
    let ran = Folder::with("").run("run SUITE --message-format json");
    assert_eq!(ran.code, 4);
    assert!(
        ran.out.contains("\"code\":\"nothing-selected\""),
        "{}",
        ran.out
    );
}

#[test]
fn what_was_done_before_is_not_done_again() {
    let flaky = sh("once", "test -e done || { touch done; exit 1; }");
    let suite = [&*sh("good", "echo good"), &flaky].concat();
    let folder = Folder::with(&suite);
    let log = folder.path().join("log");
    let first = folder.run(&format!("run SUITE --log {}", log.display()));
    assert_eq!(first.code, 100, "{}", first.err);
    let dry = folder.run(&format!("run SUITE --dry-run --resume {}", log.display()));
    assert!(
        dry.out.starts_with("once  sh ")
            && dry.out.ends_with("1 of 2 would be run; nothing was run\n"),
        "{}{}",
        dry.out,
        dry.err
    );
    let again = folder.run(&format!(
        "run SUITE --show-ok always --resume {}",
        log.display()
    ));
    assert_eq!((again.code, again.out.as_str()), (0, ""), "{}", again.err);
    assert!(again.err.contains("1 ok"), "{}", again.err);
    let failed = folder.run(&format!("run SUITE --rerun-failed {}", log.display()));
    assert_eq!(failed.code, 0, "{}", failed.err);
}

#[test]
fn what_counted_as_failed_because_it_was_flaky_is_done_again() {
    let folder = Folder::with("[[task]]\nid = \"flaky\"\nkind = \"flaky\"\n");
    let log = folder.path().join("log");
    for (verdict, left) in [("pass", 0), ("fail", 1)] {
        let log = log.display();
        folder.run(&format!(
            "run SUITE --retries 1 --flaky {verdict} --log {log}"
        ));
        let dry = folder.run(&format!("run SUITE --dry-run --rerun-failed {log}"));
        let told = format!("{left} of 1 would be run");
        assert!(dry.out.contains(&told), "{verdict}: {}{}", dry.out, dry.err);
    }
}

#[test]
fn an_interrupt_stops_tasks_and_programs_and_starts_nothing_more() {
    let suite = [
        &*sh("program", "echo program; sleep 1000"),
        "[[task]]\nid = \"task\"\nkind = \"hang\"\n",
        &*sh("never", "echo never"),
    ]
    .concat();
    let folder = Folder::with(&suite);
    let mut command = program("run -j 2 --output line --grace 10s");
    command.arg(folder.path().join("some.toml"));
    let mut live = Live::start(command);
    assert_eq!(live.line(), "program");
    live.signal(Signal::SIGINT);
    let ran = live.finish();
    assert_eq!((ran.code, ran.out.as_str()), (130, ""), "{}", ran.err);
}

#[test]
fn a_second_interrupt_does_not_wait_for_the_grace() {
    let suite = [
        &*sh(
            "program",
            "trap '' TERM INT; echo program; while :; do sleep 1000; done",
        ),
        "[[task]]\nid = \"task\"\nkind = \"hang\"\nparams.stubborn = true\n",
    ]
    .concat();
    let folder = Folder::with(&suite);
    let mut command = program("run -j 2 --output line --grace 1000s");
    command.arg(folder.path().join("some.toml"));
    let mut live = Live::start(command);
    assert_eq!(live.line(), "program");
    live.wait_until_stubborn();
    live.signal(Signal::SIGINT);
    // Two of a kind that come at once are one to the kernel.
    live.signal(Signal::SIGTERM);
    let code = live.finish().code;
    assert!([130, 143].contains(&code), "{code}");
}

#[test]
fn a_full_disk_under_the_output_is_told_and_ends_the_run() {
    let folder = Folder::with(&sh("a", "echo hello"));
    let mut command = program("run --show-ok always");
    command.arg(folder.path().join("some.toml"));
    command.stdout(File::options().write(true).open("/dev/full").unwrap());
    let ran = Live::start(command).finish();
    assert_eq!(ran.code, 74, "{}", ran.err);
    assert!(ran.err.contains("No space left"), "{}", ran.err);
}

#[test]
fn a_run_has_a_limit_of_its_own() {
    let folder = Folder::with(&format!(
        "profile.short.run-timeout = \"100ms\"\n{}",
        sh("a", "sleep 1000")
    ));
    let ran = folder.run("run SUITE --profile short");
    assert_eq!(ran.code, 124, "{}", ran.err);
}

#[test]
fn without_workers_tasks_run_one_after_another() {
    let ran = run(&format!("run {} --inline --status ok", shipped("seeds")));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let squares: Vec<_> = ran
        .err
        .lines()
        .filter(|line| line.contains("square["))
        .collect();
    assert_eq!(squares.len(), 5);
    for (number, line) in (1..).zip(squares) {
        assert!(line.contains(&format!("square[{number}]")), "{}", ran.err);
    }
}

/// So many that a list of who waits for whom, for each, would be too long.
fn many(count: u32) -> Folder {
    Folder::with(&format!(
        "[[task]]\nid = \"a\"\nkind = \"square\"\nparams.secs = 0\nmatrix.n = \"1..={count}\"\n\
         [[task]]\nid = \"b\"\nkind = \"square\"\nparams.secs = 0\nmatrix.n = \"1..={count}\"\nafter = \"a\"\n"
    ))
}

#[test]
fn thousands_of_tasks_come_after_thousands() {
    let ran = many(2_000).run("run SUITE -q");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let ran = many(20_000).run("run SUITE --until-success 1");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains(" cancelled"), "{}", ran.err);
}

#[test]
#[ignore = "takes minutes without optimization"]
fn a_million_tasks_are_run_in_bounded_memory() {
    let folder = many(500_000);
    // Some hundred bytes a task, and what the program maps without any.
    let limited = "ulimit -v 1500000; exec \"$0\" run -q \"$1\"";
    let mut command = Command::new("sh");
    command.args(["-c", limited, crate::PROGRAM]);
    command.arg(folder.path().join("some.toml"));
    assert!(command.status().unwrap().success());
}
