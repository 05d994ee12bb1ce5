//! The program as its users meet it: what both runners owe, and what only processes can do.

/// The tested program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_process-runner");

/// What it is called.
const NAME: &str = "process-runner";

/// What stands under Isolation in the help of `spawn`, `map` and `run`.
const ISOLATION: [&str; 3] = [
    include_str!("isolation/spawn.txt"),
    include_str!("isolation/map.txt"),
    include_str!("isolation/map.txt"),
];

#[path = "../../runner/tests/program/mod.rs"]
mod program;

#[path = "cli_program/anew.rs"]
mod anew;

#[path = "cli_program/memory.rs"]
mod memory;

use std::process::{Command, Stdio};

use nix::sys::signal::Signal;
use program::child::{Live, program as command, run};

#[test]
fn a_crash_costs_its_own_task_and_says_why() {
    for (arguments, task, cause) in [
        ("map abort a -j 1", "abort(a)", "died of SIGABRT"),
        ("map segv a -j 1", "segv(a)", "died of SIGSEGV"),
        ("map exit 7 -j 1", "exit(7)", "exited with code 7"),
        ("spawn exit", "worker 0 of exit", "exited with code 3"),
        ("spawn segv", "worker 0 of segv", "died of SIGSEGV"),
    ] {
        let ran = run(arguments);
        let list = if arguments.starts_with("map") {
            "[null]\n"
        } else {
            ""
        };
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (100, list),
            "{arguments}: {}",
            ran.err
        );
        let told = ran
            .err
            .strip_prefix(&format!("{task}: worker "))
            .unwrap_or_default();
        let (pid, told) = told.split_once(' ').unwrap_or_default();
        assert!(pid.parse::<u32>().is_ok(), "{arguments}: {}", ran.err);
        assert!(told.starts_with(cause), "{arguments}: {}", ran.err);
        assert!(
            told.contains("after it had started"),
            "{arguments}: {}",
            ran.err
        );
    }
}

#[test]
fn the_pool_goes_on_after_a_crash() {
    let ran = run("map exit 1 2 3 4 5 6 -j 2");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (100, "[null, null, null, null, null, null]\n")
    );
    for code in 1..=6 {
        let told = format!("exited with code {code} after");
        assert_eq!(ran.err.matches(&told).count(), 1, "{}", ran.err);
    }
}

#[test]
fn a_child_that_a_task_leaves_running_is_told_and_ended() {
    for command in ["spawn leak -s what=child", "map leak child -j 1"] {
        let ran = run(&format!("{command} --status fail"));
        let told = ran.err.contains("left a process (sleep) running");
        assert!(ran.code == 100 && told, "{command}: {}", ran.err);
    }
}

#[test]
fn a_worker_of_its_own_that_dies_is_told_and_tried_again_no_more_than_twice() {
    let ran = run("spawn segv --retries 5 --message-format json");
    let count = |event: &str| ran.out.matches(event).count();
    let told = (ran.code, count("\"worker-lost\""), count("\"task-retry\""));
    assert_eq!(told, (100, 2, 1), "{}", ran.out);
}

#[test]
fn what_is_printed_before_a_crash_is_not_lost() {
    let mut live = Live::start(command("map worker 3600 -s lang=en --timeout 500ms"));
    assert_eq!(live.line(), "Worker 0 started");
    assert_eq!(live.finish().out, "[null]\n");
}

#[test]
fn the_transports_give_the_same() {
    let expected = run("map primes 10..=40 --inline").out;
    for transport in ["pipe", "ipc", "shm"] {
        let ran = run(&format!("map primes 10..=40 -j 2 --transport {transport}"));
        assert_eq!(
            (ran.code, &ran.out),
            (0, &expected),
            "{transport}: {}",
            ran.err
        );
        let ran = run(&format!(
            "spawn worker -s secs=0 -s lang=en --transport {transport}"
        ));
        let lines = "Worker 0 started\nWorker 0 done\nAll tasks done\n";
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (0, lines),
            "{transport}: {}",
            ran.err
        );
    }
}

#[test]
fn what_would_end_the_runner_is_refused() {
    let ran = run("spawn segv --inline");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.contains("cannot run task `segv` inline"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("leave --inline out"), "{}", ran.err);
}

#[test]
fn a_killed_runner_leaves_nothing_behind() {
    let mut live = Live::start(command("map worker 3600 3600 -j 2"));
    live.line();
    live.line();
    live.signal(Signal::SIGKILL);
    assert_eq!(live.finish().code, 137);
}

#[test]
fn what_only_threads_have_is_not_accepted() {
    let ran = run("spawn segv --allow-unsafe");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("--allow-unsafe"), "{}", ran.err);
}

#[test]
fn a_process_that_cannot_be_started_stops_the_others() {
    for (arguments, told) in [
        (
            "spawn worker -s secs=3600 --count 50",
            "of `worker` cannot be started: ",
        ),
        (
            "map square 1..=50 -s secs=0 -j 40",
            "error: a pool of 40 workers cannot be started: ",
        ),
    ] {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -n 64 && exec \"$0\" \"$@\"", PROGRAM]);
        shell
            .args(arguments.split(' '))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let ran = Live::start(shell).finish();
        assert_eq!(ran.code, 70, "{arguments}: {}", ran.err);
        assert!(ran.err.contains(told), "{arguments}: {}", ran.err);
        assert!(
            ran.err.contains("help: ask for fewer"),
            "{arguments}: {}",
            ran.err
        );
    }
}

#[test]
fn without_descriptors_the_program_does_not_blame_threads() {
    for limit in 4..16 {
        let mut shell = Command::new("sh");
        let command = format!("ulimit -n {limit} && exec \"$0\" \"$@\"");
        shell.args(["-c", &command, PROGRAM, "map", "square", "1", "-j", "1"]);
        shell.stdin(Stdio::null()).stdout(Stdio::piped());
        let ran = Live::start(shell).finish();
        assert!(!ran.err.contains("threads were running"), "{}", ran.err);
        let told = [
            "Too many open files",
            "descriptors are needed",
            "cannot be counted: EMFILE",
        ];
        let says_why = told.iter().any(|reason| ran.err.contains(reason));
        assert!(says_why, "{limit}: {}", ran.err);
    }
}

/// The workers that a `map` of panics names.
fn workers_of(arguments: &str) -> Vec<u32> {
    let ran = run(arguments);
    assert_eq!(ran.code, 100, "{arguments}: {}", ran.err);
    let pid = |line: &str| {
        let (_, told) = line.split_once("worker ")?;
        told.split(' ').next()?.parse().ok()
    };
    let workers: Vec<_> = ran.err.lines().filter_map(pid).collect();
    assert_eq!(workers.len(), 4, "{arguments}: {}", ran.err);
    workers
}

#[test]
fn tasks_are_kept_apart_as_far_as_asked_for() {
    for (flags, [second, third, fourth]) in [
        ("", [true, true, true]),
        ("--isolation pool", [true, true, true]),
        ("--isolation fork", [false, false, false]),
        ("--max-tasks-per-worker 1", [false, false, false]),
        ("--max-tasks-per-worker 2", [true, false, true]),
    ] {
        let workers = workers_of(&format!("map panic 1 2 3 4 -j 1 {flags}"));
        let same = [0, 1, 2].map(|place| workers[place] == workers[place + 1]);
        assert_eq!(same, [second, third, fourth], "{flags}: {workers:?}");
    }
}

#[test]
fn each_way_to_travel_gives_the_same() {
    for transport in ["auto", "pipe", "ipc", "shm"] {
        let ran = run(&format!("map primes 10 100 --transport {transport}"));
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (0, "[4, 25]\n"),
            "{transport}"
        );
    }
}

#[test]
fn limits_that_do_not_go_together_are_refused() {
    for (arguments, told) in [
        (
            "map noop 1 --isolation fork --max-tasks-per-worker 2",
            "a process runs one task",
        ),
        (
            "map noop 1 --isolation exec --max-tasks-per-worker 2",
            "a process runs one task",
        ),
        ("map noop 1 --inline --isolation fork", "--inline"),
        ("map noop 1 --inline --memory-limit 1G", "--inline"),
        (
            "map noop 1 --max-tasks-per-worker 0",
            "--max-tasks-per-worker",
        ),
        ("map noop 1 --max-start-failures 0", "--max-start-failures"),
        ("map noop 1 --memory-limit much", "--memory-limit"),
        (
            "spawn noop --max-tasks-per-worker 1",
            "--max-tasks-per-worker",
        ),
    ] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments}");
        assert!(ran.err.contains(told), "{arguments}: {}", ran.err);
    }
}
