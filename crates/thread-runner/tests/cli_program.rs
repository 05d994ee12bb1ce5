//! The program as its users meet it: what both runners owe, and what threads cannot do.

/// The tested program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_thread-runner");

/// What it is called.
const NAME: &str = "thread-runner";

/// What stands under Isolation in the help of `spawn`, `map` and `run`.
const ISOLATION: [&str; 3] = [ALLOW_UNSAFE; 3];

const ALLOW_UNSAFE: &str = "      --allow-unsafe
          Let tasks run that end the whole process, and this runner with it
";

#[path = "../../runner/tests/program/mod.rs"]
mod program;

use std::time::{Duration, Instant};

use program::child::run;

#[test]
fn what_would_end_the_runner_is_refused() {
    for (arguments, task, how) in [
        ("spawn segv", "segv", "a segmentation fault"),
        ("map abort a", "abort", "an abort"),
        ("spawn exit --inline", "exit", "an exit"),
    ] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments}");
        let told = format!(
            "error: `thread-runner` cannot run task `{task}`: {how} in a thread ends the whole process\n"
        );
        assert!(ran.err.starts_with(&told), "{arguments}: {}", ran.err);
        assert!(
            ran.err.contains("help: run it with `process-runner`"),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("--allow-unsafe"), "{}", ran.err);
    }
}

#[test]
fn what_ends_the_runner_can_be_watched() {
    for (task, code) in [("segv", 139), ("abort", 134), ("exit", 3)] {
        let ran = run(&format!("spawn {task} --allow-unsafe"));
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{task}");
    }
}

#[test]
fn what_only_processes_have_is_not_accepted() {
    for flag in [
        "--transport pipe",
        "--isolation fork",
        "--memory-limit=1G",
        "--max-tasks-per-worker 1",
        "--max-start-failures 1",
    ] {
        let ran = run(&format!("map square 1 {flag}"));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        let name = flag.split([' ', '=']).next().unwrap();
        let told = format!("error: `thread-runner` cannot do what {name} asks for: ");
        assert!(ran.err.starts_with(&told), "{flag}: {}", ran.err);
        assert!(ran.err.contains("use `process-runner`"), "{}", ran.err);
    }
}

#[test]
fn two_tasks_under_the_lock_take_as_long_as_one_after_the_other() {
    // Processor time, whatever else the machine does; where both had a core it would be over in half of that.
    let began = Instant::now();
    let ran = run("map spin 300000 300000 -j 2 --gil");
    assert_eq!((ran.code, ran.out.as_str()), (0, "[300000, 300000]\n"));
    assert!(began.elapsed() >= Duration::from_millis(600));
}

#[test]
fn a_suite_with_tasks_that_would_end_the_runner_is_refused() {
    let suite = program::suites::shipped("faults");
    let ran = run(&format!("run {suite}"));
    assert_eq!((ran.code, ran.out.as_str()), (65, ""));
    let told = "error: `thread-runner` cannot run task `segv`: a segmentation fault in a thread ends the whole process\n";
    assert!(ran.err.contains(told), "{}", ran.err);
    assert!(ran.err.contains("42│ kind = \"segv\"\n"), "{}", ran.err);
    assert!(
        ran.err
            .contains("11 other tasks of this run would be lost with it")
    );
    assert!(
        ran.err
            .contains("help: run this suite with `process-runner`")
    );
    let without = run(&format!(
        "run {suite} -E panic -E fail -E flaky -E hang -E good"
    ));
    assert_eq!(without.code, 0, "{}", without.err);
    let watched = run(&format!("run {suite} -E segv --allow-unsafe"));
    assert_eq!(watched.code, 139, "{}", watched.err);
}
