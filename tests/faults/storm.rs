//! The kill storm: many jobs on four workers, which are killed at random and kill themselves.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anypool_core::{Executor as _, ExitCause, JobHandle, Outcome};
use anypool_tests::Holdings;
use fastrand::Rng;
use nix::sys::signal::{Signal, kill, raise};
use nix::unistd::Pid;
use process_runner::fault::{Action, Point, arm, disarm, hits, victim};
use process_runner::{ProcessPool, Transport};

use crate::account::Account;
use crate::journal::{Journal, Pen};
use crate::stage::{TRANSPORTS, eventually, play_for, quiet, serves_on};

pub(crate) const WORKERS: usize = 4;

/// One job in so many ends its own process.
const SUICIDES: u64 = 50;

/// A worker is killed each time that at most so many items have been claimed since.
const CALM: u64 = 10;

/// The seed may be given, to see a storm again.
const SEED: &str = "ANYPOOL_TEST_SEED";

/// Storms are taken in parts of so many jobs: in one part, no process number comes twice.
const PART: usize = 10_000;

/// How a job ends its process, if it does.
pub(crate) fn fate(seed: u64, job: usize) -> Option<ExitCause> {
    let mut random = Rng::with_seed(seed ^ (job as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let kinds = [
        ExitCause::Signal(Signal::SIGSEGV as i32),
        ExitCause::Signal(Signal::SIGABRT as i32),
        ExitCause::Code(3),
    ];
    (random.u64(..SUICIDES) == 0).then(|| kinds[random.usize(..kinds.len())])
}

/// The task: says that it runs, works a little, and may take its process along.
#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "the death under test"
)]
pub(crate) fn weather(input: (Pen, u64), job: usize) -> usize {
    let (pen, seed) = input;
    pen.note(job);
    let mut sum = seed;
    for _ in 0..(seed ^ job as u64) % 4_000 {
        sum = std::hint::black_box(sum.rotate_left(1));
    }
    match fate(seed, job) {
        None => job,
        Some(ExitCause::Code(code)) => std::process::exit(code),
        Some(ExitCause::Signal(6)) => std::process::abort(),
        Some(_) => {
            raise(Signal::SIGSEGV).unwrap();
            unreachable!("the signal has its default action")
        }
    }
}

/// Where a worker that has work is struck, beside at moments that nobody chooses.
const STEPS: [Point; 5] = [
    Point::WorkerRead,
    Point::WorkerClaiming,
    Point::WorkerClaimed,
    Point::WorkerRan,
    Point::WorkerReplied,
];

const STRIKES: [Action; 4] = [Action::Kill, Action::Segv, Action::Abort, Action::Exit(3)];

/// Kills workers until told to stop: by signals at random moments, and at random steps.
///
/// It keeps pace with the jobs and not with a clock: on a slow machine workers would be killed faster
/// than they can start.
struct Killer<'a> {
    pool: &'a ProcessPool,
    over: &'a AtomicBool,
    random: Rng,
    killed: BTreeSet<u32>,
}

impl Killer<'_> {
    /// Returns whom it killed.
    fn run(mut self) -> BTreeSet<u32> {
        loop {
            let next = hits(Point::WorkerClaimed) + self.random.u64(1..=CALM);
            if !self.wait(|| hits(Point::WorkerClaimed) >= next) {
                return self.killed;
            }
            if self.random.bool() {
                self.signal();
            } else {
                self.strike();
            }
        }
    }

    fn signal(&mut self) {
        let pids: Vec<u32> = self.pool.stats().pids.into_values().collect();
        let signal = [Signal::SIGKILL, Signal::SIGSEGV][self.random.usize(..2)];
        if let Some(&pid) = self.random.choice(&pids)
            && kill(Pid::from_raw(pid.cast_signed()), signal).is_ok()
        {
            self.killed.insert(pid);
        }
    }

    fn strike(&mut self) {
        let point = STEPS[self.random.usize(..STEPS.len())];
        arm(point, STRIKES[self.random.usize(..STRIKES.len())]);
        if !self.wait(|| victim(point).is_some()) {
            // Who has come this far may still die of it; when all are idle again, nobody can.
            disarm(point);
            serves_on(self.pool);
        }
        self.killed.extend(victim(point));
    }

    /// Waits for a moment; false when the storm is over.
    fn wait(&mut self, moment: impl Fn() -> bool) -> bool {
        while !moment() {
            if self.over.load(Ordering::Relaxed) {
                return false;
            }
            std::thread::sleep(Duration::from_micros(self.random.u64(1..100)));
        }
        true
    }
}

/// Ends the storm when dropped.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How jobs are handed over: a handle for each, or as a map.
type Work = fn(&ProcessPool, &Pen, u64, usize) -> Vec<Outcome<usize>>;

fn submitted(pool: &ProcessPool, pen: &Pen, seed: u64, jobs: usize) -> Vec<Outcome<usize>> {
    let submit = |job| pool.submit(weather, ((pen.clone(), seed), job)).unwrap();
    let handles: Vec<_> = (0..jobs).map(submit).collect();
    handles.into_iter().map(JobHandle::join).collect()
}

fn mapped(pool: &ProcessPool, pen: &Pen, seed: u64, jobs: usize) -> Vec<Outcome<usize>> {
    let inputs = (0..jobs).map(|job| ((pen.clone(), seed), job));
    pool.map(weather, inputs).collect()
}

/// A pool that bears with workers which are struck before they can serve: by the signals of crashes, several in a
/// row where the machine is slow, it would otherwise take them for a program that cannot start.
pub(crate) fn stormproof(transport: Transport) -> ProcessPool {
    let builder = quiet(WORKERS, transport).max_start_failures(u32::MAX);
    builder.start().unwrap()
}

/// Does `work` while workers are killed. Returns what it gave, and who was killed.
pub(crate) fn in_a_storm<R>(
    pool: &ProcessPool,
    seed: u64,
    work: impl FnOnce() -> R,
) -> (R, BTreeSet<u32>) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let killer = Killer {
            pool,
            over: &over,
            random: Rng::with_seed(seed),
            killed: BTreeSet::new(),
        };
        let killer = scope.spawn(|| killer.run());
        // The scope waits for the killer, also when something goes wrong here.
        let storm = Over(&over);
        let given = work();
        drop(storm);
        (given, killer.join().unwrap())
    })
}

/// One part of a storm, and its account.
fn part(pool: &ProcessPool, work: Work, seed: u64, jobs: usize) -> Account {
    let journal = Journal::new();
    let restarts = pool.stats().restarts;
    let started = Instant::now();
    let (outcomes, killed) = in_a_storm(pool, seed, || work(pool, &journal.pen(), seed, jobs));
    let took = started.elapsed();
    let mut account = Account::draw(&outcomes, &journal.runs(), &killed, |job| fate(seed, job));
    let replaced = || pool.stats().restarts - restarts;
    eventually("every death is made good", || {
        replaced() >= account.dead.len() as u64 && pool.stats().pids.len() == WORKERS
    });
    serves_on(pool);

    account.took = took;
    account.restarts = replaced();
    assert_eq!(account.restarts, account.dead.len() as u64, "{account}");
    account
}

/// The seed of this storm, which is told.
pub(crate) fn told_seed() -> u64 {
    let seed = std::env::var(SEED).ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    println!("to see this storm again: {SEED}={seed}");
    seed
}

fn storm(name: &'static str, work: Work, jobs: usize) {
    let seed = told_seed();
    play_for("storm::of_kills", Duration::from_secs(600), move || {
        for transport in TRANSPORTS {
            let before = Holdings::now();
            let pool = stormproof(transport);
            for start in (0..jobs).step_by(PART) {
                let seed = seed.wrapping_add(start as u64);
                let account = part(&pool, work, seed, PART.min(jobs - start));
                println!("{name} over {transport}: {account}");
            }
            drop(pool);
            before.wait_for();
        }
    });
}

#[test]
fn a_storm_costs_the_jobs_that_had_started_to_the_unit() {
    storm("jobs", submitted, 10_000);
}

#[test]
fn a_storm_costs_the_items_of_a_map_that_had_started_to_the_unit() {
    storm("map", mapped, 10_000);
}

#[test]
#[ignore = "takes a minute; the short form runs always"]
fn a_long_storm_costs_the_jobs_that_had_started_to_the_unit() {
    storm("jobs", submitted, 100_000);
}

#[test]
#[ignore = "takes a minute; the short form runs always"]
fn a_long_storm_costs_the_items_of_a_map_that_had_started_to_the_unit() {
    storm("map", mapped, 100_000);
}
