//! Memory: tasks that take too much of it, and what a program tells of its time that is measured with much of it.

use std::collections::BTreeMap;
use std::fs;

use crate::program::child::{Live, program, run, wait_until};

/// So much that no program of ours has it by itself, in MiB.
const MUCH: u64 = 48;

const MIB: u64 = 1 << 20;

/// The numbers that a run with a ballast has told, by their names.
fn told(ballast: &str, arguments: &str) -> BTreeMap<String, u64> {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut command = program(arguments);
    command.env("ANYPOOL_BALLAST", ballast);
    command.env("ANYPOOL_MOMENTS", file.path());
    let ran = Live::start(command).finish();
    assert_eq!(ran.code, 0, "{ran:?}");
    let text = fs::read_to_string(file.path()).unwrap();
    let pairs = text.lines().map(|line| line.split_once(' ').unwrap());
    pairs
        .map(|(name, number)| (name.to_owned(), number.parse().unwrap()))
        .collect()
}

#[test]
fn the_time_of_a_large_program_begins_when_all_of_it_is_there() {
    for stage in ["early", "late"] {
        for arguments in [
            "map noop 1 2 --workers 2",
            "map noop 1 --isolation fork",
            "spawn noop",
        ] {
            let told = told(&format!("{stage}:{MUCH}"), arguments);
            let moments = ["begin", "ready", "done", "end"].map(|name| told[name]);
            assert!(moments.is_sorted(), "{stage} {arguments}: {told:?}");
            assert!(told["resident"] >= MUCH * MIB, "{told:?}");
            assert!(told["user"] + told["system"] > 0, "{told:?}");
        }
    }
}

#[test]
fn a_program_that_nobody_asks_is_as_large_as_it_is_and_does_not_say_when_it_began() {
    for ballast in ["", "early", "late:much"] {
        let told = told(ballast, "map noop 1");
        assert!(told.contains_key("ready"), "{told:?}");
        assert!(
            !told.contains_key("begin") && !told.contains_key("resident"),
            "{told:?}"
        );
    }
}

/// What the two processes have resident that are forked for a run: the server, and a worker that comes from it.
fn forked(ballast: &str) -> Vec<u64> {
    let mut command = program("map sleep 600000 --workers 1");
    command.env("ANYPOOL_BALLAST", ballast);
    let mut run = Live::start(command);
    let runner = format!("/proc/{}", run.child.id());
    let mut sizes = Vec::new();
    wait_until("a worker", || {
        let others = run.processes().into_iter().filter(|one| *one != runner);
        sizes = others.filter_map(resident).collect();
        sizes.len() == 2
    });
    run.child.kill().unwrap();
    run.finish();
    sizes
}

fn resident(process: String) -> Option<u64> {
    let status = fs::read_to_string(process + "/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib << 10)
}

#[test]
fn workers_have_what_was_there_before_their_server_and_nothing_of_what_came_after() {
    let early = forked(&format!("early:{MUCH}"));
    assert!(early.iter().all(|bytes| *bytes >= MUCH * MIB), "{early:?}");
    let late = forked(&format!("late:{MUCH}"));
    assert!(late.iter().all(|bytes| *bytes < MUCH * MIB), "{late:?}");
}

#[test]
fn a_process_that_runs_out_of_memory_costs_its_own_task() {
    let ran = run("map oom 16 -j 1");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (100, "[null]\n"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("died of SIGABRT"), "{}", ran.err);
}

#[test]
fn who_takes_more_memory_than_it_may_loses_its_own_task() {
    let ran = run("map alloc 1 512 1 -j 1 --memory-limit 128M");
    assert_eq!(ran.code, 100, "{}", ran.err);
    let list: Vec<_> = ran
        .out
        .trim_matches(&['[', ']', '\n'][..])
        .split(", ")
        .collect();
    assert_eq!((list[0], list[1]), (list[2], "null"), "{}", ran.out);
    assert!(
        ran.err.contains("alloc(512): ") && ran.err.contains("memory"),
        "{}",
        ran.err
    );
    let ran = run("spawn alloc -s mib=512 --memory-limit 128M");
    assert_eq!(ran.code, 100);
    assert!(ran.err.contains("memory"), "{}", ran.err);
}
