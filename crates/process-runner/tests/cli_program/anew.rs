//! `--isolation exec`: a process for each task, in which the program is started anew.

use nix::sys::signal::Signal;

use super::program::child::{Live, program, run};

#[test]
fn it_gives_what_a_pool_gives() {
    for arguments in [
        "map primes 10..=40 -j 3",
        "map noop 1 2 3",
        "map fail a b -j 1",
        "map noisy 1 1 -j 2",
        "map result 1048576 -j 1",
        "map flaky 1 -j 1",
    ] {
        let [expected, ran] =
            ["pool", "exec"].map(|how| run(&format!("{arguments} --isolation {how}")));
        let text = |ran: &super::program::child::Ran| (ran.code, ran.out.clone(), ran.err.clone());
        assert_eq!(text(&ran), text(&expected), "{arguments}");
    }
}

#[test]
fn a_task_is_in_a_program_of_its_own() {
    for (how, is_anew) in [("pool", false), ("fork", false), ("exec", true)] {
        let words = run(&format!(
            "map wordcount /proc/self/cmdline --isolation {how}"
        ));
        assert_eq!(words.code, 0, "{}", words.err);
        assert_eq!(words.out.contains("\"call\": 1"), is_anew, "{}", words.out);
    }
}

#[test]
fn ctrl_c_ends_it_and_all_of_its_processes() {
    let mut live = Live::start(program("map worker 3600 3600 -j 2 --isolation exec"));
    live.line();
    live.line();
    live.signal(Signal::SIGINT);
    assert_eq!(live.finish().code, 130);
}

#[test]
fn a_crash_costs_its_own_task_and_says_why() {
    for (arguments, told) in [
        ("map abort a -j 1", "died of SIGABRT"),
        ("map segv a -j 1", "died of SIGSEGV"),
        ("map exit 7 -j 1", "exited with code 7"),
        ("map exit 0 -j 1", "exited with code 0"),
        ("map oom 16 -j 1", "died of SIGABRT"),
        ("map hang false --timeout 300ms", "timed out after 300ms"),
        (
            "map panic a -j 1",
            "asked to\" at crates/runner/src/catalogue/fault.rs",
        ),
    ] {
        let ran = run(&format!("{arguments} --isolation exec"));
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (100, "[null]\n"),
            "{arguments}: {}",
            ran.err
        );
        assert!(ran.err.contains(told), "{arguments}: {}", ran.err);
    }
}

#[test]
fn others_go_on_after_a_crash() {
    let ran = run("map exit 1 2 3 4 5 6 -j 2 --isolation exec");
    assert_eq!((ran.code, ran.err.lines().count()), (100, 6), "{}", ran.err);
    for code in 1..=6 {
        let told = format!("exited with code {code} after");
        assert_eq!(ran.err.matches(&told).count(), 1, "{}", ran.err);
    }
}

#[test]
fn what_is_printed_before_a_crash_is_not_lost() {
    let arguments = "map worker 3600 -s lang=en --timeout 2s --isolation exec";
    let mut live = Live::start(program(arguments));
    assert_eq!(live.line(), "Worker 0 started");
    assert_eq!(live.finish().out, "[null]\n");
}

#[test]
fn a_killed_runner_leaves_nothing_behind() {
    let mut live = Live::start(program("map worker 3600 3600 -j 2 --isolation exec"));
    live.line();
    live.line();
    live.signal(Signal::SIGKILL);
    assert_eq!(live.finish().code, 137);
}

#[test]
fn the_limit_on_memory_holds() {
    let ran = run("map alloc 1 512 1 -j 1 --memory-limit 128M --isolation exec");
    assert_eq!(ran.code, 100, "{}", ran.err);
    let list: Vec<_> = ran
        .out
        .trim()
        .trim_matches(&['[', ']'][..])
        .split(", ")
        .collect();
    assert_eq!((list[0], list[1]), (list[2], "null"), "{}", ran.out);
    assert!(ran.err.contains("alloc(512): "), "{}", ran.err);
}

#[test]
fn each_process_has_its_own_lock() {
    let ran = run("map spin 1000 1000 -j 2 --isolation exec --gil");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn nobody_starts_one_by_hand() {
    for arguments in ["@call", "@call 1 primes", "@call x primes"] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (70, ""), "{arguments}");
        assert!(ran.err.contains("no worker waits for it"), "{}", ran.err);
    }
}
