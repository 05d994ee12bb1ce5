//! The program killed at any moment: nothing of its pools survives, whatever they were in the middle of.
//!
//! All processes of a program carry a mark in their environment, so those that were just being forked, and
//! that nobody has a number of, are found as well.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anypool_core::Executor as _;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::ProcessPool;

use crate::limits::{stubborn, with_child};
use crate::scene::{
    PATIENCE, Scene, TRANSPORTS, eventually, is_alone, is_gone, pool, program, square,
};

const MARK: &str = "ANYPOOL_TEST_MARK";

/// A program that will be killed.
struct Victim {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    mark: String,
}

impl Victim {
    fn start(mut program: Command) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        // Relaxed: only uniqueness matters.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mark = format!("{}-{number}-", std::process::id());
        program.env(MARK, &mark).stdin(Stdio::null());
        program.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = program.spawn().unwrap();
        Self {
            lines: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
            mark: format!("{MARK}={mark}"),
        }
    }

    /// Waits until it says `line`.
    fn says(&mut self, line: &str) {
        let said = self.lines.any(|said| said.is_ok_and(|said| said == line));
        assert!(said, "the program never said {line:?}");
    }

    /// All its processes that are alive.
    fn processes(&self) -> Vec<i32> {
        let folders = fs::read_dir("/proc").unwrap().map_while(Result::ok);
        let numbers = folders.filter_map(|folder| folder.file_name().to_str()?.parse().ok());
        let is_its = |&pid: &i32| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            let mut variables = environment.split(|&byte| byte == 0);
            variables.any(|variable| variable == self.mark.as_bytes()) && !is_gone(pid)
        };
        numbers.filter(is_its).collect()
    }

    /// Kills it, and waits until nothing of it is left. Returns how long that took.
    fn killed(mut self) -> Duration {
        let killed = Instant::now();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        eventually("nothing of it is left", || self.processes().is_empty());
        killed.elapsed()
    }
}

fn say(line: &str) {
    use std::io::Write as _;
    // The harness has begun a line of its own.
    println!("\n{line}");
    std::io::stdout().flush().unwrap();
}

/// What its pools do when a program is killed.
const IDLE: &str = "killed_parents::a_program_with_idle_workers_leaves_nothing";
const BUSY: &str = "killed_parents::a_program_with_busy_workers_and_their_children_leaves_nothing";
const STUBBORN: &str = "killed_parents::a_program_whose_workers_ignore_sigterm_leaves_nothing";
const HELD: &str = "killed_parents::a_program_whose_pool_is_held_leaves_nothing";
const STARTING: &str = "killed_parents::a_program_that_starts_pools_leaves_nothing";
const STORM: &str = "killed_parents::a_program_whose_workers_are_being_replaced_leaves_nothing";

/// Pools of which every worker runs `task`, or none does, until the program is killed.
fn be_killed(task: Option<fn(&ProcessPool, &Scene)>, held: bool) -> ! {
    let scene = Scene::new();
    let pools = TRANSPORTS.map(|transport| pool(3, transport));
    for pool in &pools {
        for _ in 0..3 {
            task.inspect(|task| task(pool, &scene));
        }
        if task.is_some() {
            eventually("all are busy", || pool.stats().busy == 3);
        }
    }
    if task.is_some() {
        let started = 3 * TRANSPORTS.len();
        eventually("all have started", || scene.log.lines().len() == started);
    }
    if held {
        pools.iter().for_each(ProcessPool::suspend);
    }
    // The kill would leave the folder behind.
    drop(fs::remove_dir_all(scene.path("")));
    say("ready");
    loop {
        std::thread::park_timeout(PATIENCE);
    }
}

fn submit_stubborn(pool: &ProcessPool, scene: &Scene) {
    drop(pool.submit(stubborn, scene.log.clone()).unwrap());
}

fn submit_parent(pool: &ProcessPool, scene: &Scene) {
    drop(pool.submit(with_child, scene.log.clone()).unwrap());
}

/// Kills the program of `test` when it is ready. `of_a_pool` is how many processes each pool has then.
fn kill_when_ready(test: &str, of_a_pool: usize) {
    let mut victim = Victim::start(program(test));
    victim.says("ready");
    // The program, its zygote, and for each transport so many workers with what they started.
    let processes = 2 + TRANSPORTS.len() * of_a_pool;
    assert_eq!(victim.processes().len(), processes, "{test}");
    println!("{test}: all gone {:?} after the kill", victim.killed());
}

#[test]
fn a_program_with_idle_workers_leaves_nothing() {
    if is_alone(IDLE) {
        be_killed(None, false);
    }
    kill_when_ready(IDLE, 3);
}

#[test]
fn a_program_with_busy_workers_and_their_children_leaves_nothing() {
    if is_alone(BUSY) {
        be_killed(Some(submit_parent), false);
    }
    kill_when_ready(BUSY, 6);
}

#[test]
fn a_program_whose_workers_ignore_sigterm_leaves_nothing() {
    if is_alone(STUBBORN) {
        be_killed(Some(submit_stubborn), false);
    }
    kill_when_ready(STUBBORN, 3);
}

#[test]
fn a_program_whose_pool_is_held_leaves_nothing() {
    if is_alone(HELD) {
        be_killed(Some(submit_parent), true);
    }
    kill_when_ready(HELD, 6);
}

/// Kills the program of `test` some way into what it does over and over, and not always as far.
fn kill_at_many_moments(test: &str) {
    let mut longest = Duration::ZERO;
    for round in 0..30u64 {
        let mut victim = Victim::start(program(test));
        victim.says("ready");
        // No event tells the moment in the middle of a fork: many moments are tried.
        std::thread::sleep(Duration::from_micros(round * 733 % 9_000));
        longest = longest.max(victim.killed());
    }
    println!("{test}: all gone {longest:?} after the kill, at most");
}

#[test]
fn a_program_that_starts_pools_leaves_nothing() {
    if is_alone(STARTING) {
        say("ready");
        for round in 0.. {
            drop(pool(8, TRANSPORTS[round % TRANSPORTS.len()]));
        }
    }
    kill_at_many_moments(STARTING);
}

#[test]
fn a_program_whose_workers_are_being_replaced_leaves_nothing() {
    if is_alone(STORM) {
        let pools = TRANSPORTS.map(|transport| pool(4, transport));
        say("ready");
        loop {
            for pool in &pools {
                drop(pool.submit(square, 3));
                for pid in pool.stats().pids.into_values() {
                    // It may have ended by itself.
                    let _ = kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL);
                }
            }
        }
    }
    kill_at_many_moments(STORM);
}

/// The promise itself, on a machine with nothing else to do.
#[test]
#[ignore = "needs a quiet machine: it asserts 100 ms"]
fn everything_is_gone_within_100_ms() {
    for test in [IDLE, BUSY, STUBBORN, HELD] {
        let mut victim = Victim::start(program(test));
        victim.says("ready");
        let pids = victim.processes();
        let killed = Instant::now();
        victim.child.kill().unwrap();
        eventually("all are gone", || pids.iter().all(|&pid| is_gone(pid)));
        let took = killed.elapsed();
        victim.child.wait().unwrap();
        println!("{test}: {took:?}");
        assert!(took < Duration::from_millis(100), "{test}: {took:?}");
    }
}
