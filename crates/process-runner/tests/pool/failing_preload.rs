//! Preloads that fail, do harm or hang: `start` says so, and nothing is left.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::thread;

use anypool_core::Executor as _;
use nix::sys::signal::{SigSet, Signal, kill, raise};
use nix::unistd::Pid;
use process_runner::{InitError, ProcessPool, StartError, preloaded};
use serde::{Deserialize, Serialize};

use crate::leaks::children_of;
use crate::scene::{
    Log, PATIENCE, Scene, TRANSPORTS, alone, eventually, is_alone, is_gone, pool, program, quiet,
    square,
};

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Harm {
    Error,
    Panic,
    Abort,
    Exit,
    Segv,
    Threads,
    Pool,
}

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "the harm under test"
)]
fn harmful(harm: Harm) -> Result<(), String> {
    match harm {
        Harm::Error => return Err(format!("no table: {}", "é".repeat(100_000))),
        Harm::Panic => panic!("no such table"),
        Harm::Abort => std::process::abort(),
        Harm::Exit => std::process::exit(0),
        Harm::Segv => raise(Signal::SIGSEGV).unwrap(),
        Harm::Threads => {
            for _ in 0..2 {
                let thread = thread::Builder::new().name("left".to_owned());
                drop(thread.spawn(|| thread::park_timeout(PATIENCE)).unwrap());
            }
        }
        Harm::Pool => {
            let refused = ProcessPool::start().unwrap_err();
            assert_eq!(refused, StartError::Init(InitError::InsidePreload));
            return Err(refused.to_string());
        }
    }
    Ok(())
}

#[test]
fn a_preload_that_fails_is_told_by_the_start() {
    if !alone("failing_preload::a_preload_that_fails_is_told_by_the_start") {
        return;
    }
    let zygote = children_of(std::process::id())[0];
    let kinds = [
        (Harm::Error, "no table: éé"),
        (Harm::Panic, "no such table"),
        (Harm::Abort, "its process died of SIGABRT"),
        (Harm::Exit, "its process exited with code 0"),
        (Harm::Segv, "its process died of SIGSEGV"),
        (Harm::Threads, "it left 2 threads running"),
        (Harm::Pool, "start them in the program or in a task"),
    ];
    for transport in TRANSPORTS {
        for (harm, expected) in kinds {
            let refused = quiet(2, transport).preload(harmful, harm).start();
            match refused.unwrap_err() {
                StartError::Preload { reason } => {
                    assert!(reason.contains(expected), "{reason}");
                    assert!(reason.len() < 100_000);
                }
                error => panic!("{error}"),
            }
            eventually("nothing is left", || children_of(zygote).is_empty());
            let pool = pool(1, transport);
            assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
            drop(pool);
            eventually("nothing is left", || children_of(zygote).is_empty());
        }
    }
}

fn sum_on_threads(end: u64) -> Result<u64, String> {
    let sum = |range: std::ops::Range<u64>| range.sum::<u64>();
    Ok(thread::scope(|scope| {
        let halves = [0..end / 2, end / 2..end].map(|half| scope.spawn(move || sum(half)));
        halves.into_iter().map(|half| half.join().unwrap()).sum()
    }))
}

#[test]
fn a_preload_may_use_threads_that_it_joins() {
    for transport in TRANSPORTS {
        for _ in 0..10 {
            let pool = quiet(1, transport).preload(sum_on_threads, 1_000);
            let pool = pool.start().unwrap();
            let sum = |_: ()| preloaded::<u64>().copied();
            assert_eq!(pool.submit(sum, ()).unwrap().join(), Ok(Some(499_500)));
        }
    }
}

/// Starts a child and does not end, whatever `SIGTERM` says.
fn hang(log: Log) -> Result<(), String> {
    let mut blocked = SigSet::empty();
    blocked.add(Signal::SIGTERM);
    blocked.thread_block().unwrap();
    let child = Command::new("sleep")
        .arg("1000")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    log.note(format_args!("child {}", child.unwrap().id()));
    log.note(format_args!("template {}", std::process::id()));
    loop {
        thread::park_timeout(PATIENCE);
    }
}

fn start_hanging(log: Log) {
    drop(quiet(1, TRANSPORTS[0]).preload(hang, log).start());
}

#[test]
fn a_preload_that_hangs_ends_with_the_worker_that_waits_for_it() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(1, transport);
        let job = pool.submit(start_hanging, scene.log.clone()).unwrap();
        let pids = ["child ", "template "].map(|name| scene.log.wait_for_number(name));
        let owner = pool.stats().pids[&0].cast_signed();
        kill(Pid::from_raw(owner), Signal::SIGKILL).unwrap();
        assert!(job.join().is_err());
        for pid in pids {
            eventually("it is gone", || is_gone(pid));
        }
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
    }
}

const TEST: &str = "failing_preload::a_preload_that_hangs_ends_with_the_program";

#[test]
fn a_preload_that_hangs_ends_with_the_program() {
    if is_alone(TEST) {
        let scene = Scene::new();
        let log = scene.log.clone();
        let waiting = thread::Builder::new().name("waits".to_owned());
        let waiting = waiting.spawn(move || start_hanging(log)).unwrap();
        let pids = ["child ", "template "].map(|name| scene.log.wait_for_number(name));
        // The kill would leave the folder behind.
        drop(scene);
        println!("\npids {} {}", pids[0], pids[1]);
        std::io::stdout().flush().unwrap();
        waiting.join().unwrap();
    }
    let mut victim = program(TEST).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let pids = lines.find_map(|line| Some(line.ok()?.strip_prefix("pids ")?.to_owned()));
    let pids = pids.expect("the program says its processes");
    let pids: Vec<i32> = pids.split(' ').map(|pid| pid.parse().unwrap()).collect();
    assert!(!pids.iter().any(|&pid| is_gone(pid)));
    victim.kill().unwrap();
    victim.wait().unwrap();
    for pid in pids {
        eventually("it is gone", || is_gone(pid));
    }
}
