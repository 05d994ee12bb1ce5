//! The death of a worker costs the job that ran, and nothing else.

use anypool_core::{Executor as _, ExitCause, JobError, MapOptions, WorkerDeath};
use nix::sys::signal::{Signal, kill, raise};
use nix::unistd::Pid;
use std::num::NonZeroUsize;

use crate::scene::{Log, Scene, TRANSPORTS, eventually, gated, logged, pool, square};

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "the death under test"
)]
fn die(how: String) {
    eprintln!("last words before {how}");
    match how.as_str() {
        "abort" => std::process::abort(),
        "exit" => std::process::exit(3),
        "segv" => raise(Signal::SIGSEGV).unwrap(),
        _ => unreachable!(),
    }
}

#[track_caller]
pub(crate) fn death<T: std::fmt::Debug>(outcome: Result<T, JobError>) -> WorkerDeath {
    match outcome {
        Err(JobError::WorkerDied(death)) => *death,
        other => panic!("no death: {other:?}"),
    }
}

#[test]
fn every_kind_of_death_is_told_with_its_last_words() {
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        let kinds = [
            ("abort", ExitCause::Signal(6)),
            ("exit", ExitCause::Code(3)),
            ("segv", ExitCause::Signal(11)),
        ];
        for (how, cause) in kinds {
            // The first answer of a new worker may be there before the fork server's report.
            eventually("the worker has a number", || !pool.stats().pids.is_empty());
            let pid = pool.stats().pids.get(&0).copied();
            let death = death(pool.submit(die, how.to_owned()).unwrap().join());
            assert_eq!(death.cause, cause);
            assert_eq!(Some(death.pid), pid);
            assert!(death.started);
            let words = format!("last words before {how}\n");
            assert!(death.stderr_tail.ends_with(&words), "{death:?}");
            assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
        }
        assert_eq!(pool.stats().restarts, 3);
    }
}

#[test]
fn a_killed_worker_costs_the_started_job_and_is_replaced() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(2, transport);
        let stage = (scene.gate.clone(), scene.log.clone());
        let running = [0, 1].map(|n| pool.submit(gated, (stage.clone(), n)).unwrap());
        scene.log.wait_for("start 0");
        scene.log.wait_for("start 1");
        // Some of these are sent ahead, the others wait in the queue.
        let later: Vec<_> = (10..16)
            .map(|n| pool.submit(logged, (scene.log.clone(), n)).unwrap())
            .collect();
        eventually("jobs are sent ahead", || pool.stats().queued < 6);
        let before = pool.stats().pids;
        kill(Pid::from_raw(before[&0].cast_signed()), Signal::SIGKILL).unwrap();
        for (n, handle) in (10..).zip(later) {
            assert_eq!(handle.join(), Ok(n));
        }
        let open = scene.gate.open();
        let outcomes = running.map(anypool_core::JobHandle::join);
        let (lost, kept): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_err);
        assert_eq!((lost.len(), kept.len()), (1, 1));
        let death = death(lost.into_iter().next().unwrap());
        assert_eq!((death.cause, death.pid), (ExitCause::Signal(9), before[&0]));
        assert!(death.started);
        let stats = pool.stats();
        assert_eq!((stats.restarts, stats.pids[&1]), (1, before[&1]));
        assert_ne!(stats.pids[&0], before[&0]);
        drop(open);
        let ran = scene
            .log
            .lines()
            .iter()
            .filter(|line| line.starts_with("ran"))
            .count();
        assert_eq!(ran, 6);
    }
}

fn abort_at_4(log: Log, n: u32) -> u32 {
    log.note(n);
    if n == 4 {
        std::process::abort();
    }
    n
}

#[test]
fn a_death_in_a_chunk_costs_one_item() {
    for transport in TRANSPORTS {
        for workers in [1, 2, 3] {
            let scene = Scene::new();
            let pool = pool(workers, transport);
            let options = MapOptions::new().chunk(NonZeroUsize::new(10).unwrap());
            let inputs = (1..=10).map(|n| (scene.log.clone(), n));
            let outcomes: Vec<_> = pool.map_with(abort_at_4, inputs, options).collect();
            for (n, outcome) in (1..=10).zip(outcomes) {
                match n {
                    4 => assert!(death(outcome).started),
                    _ => assert_eq!(outcome, Ok(n)),
                }
            }
            let mut ran: Vec<u32> = scene
                .log
                .lines()
                .iter()
                .map(|n| n.parse().unwrap())
                .collect();
            ran.sort_unstable();
            assert_eq!(ran, (1..=10).collect::<Vec<u32>>());
        }
    }
}

fn abort_at_every_7th(n: u32) -> u32 {
    if n.is_multiple_of(7) {
        std::process::abort();
    }
    n
}

#[test]
fn many_deaths_in_large_chunks_on_many_workers_cost_their_items() {
    for transport in TRANSPORTS {
        let pool = pool(3, transport);
        let options = MapOptions::new().chunk(NonZeroUsize::new(50).unwrap());
        let outcomes: Vec<_> = pool
            .map_with(abort_at_every_7th, 1..=200, options)
            .collect();
        assert_eq!(outcomes.len(), 200);
        for (n, outcome) in (1..=200).zip(outcomes) {
            match n % 7 {
                0 => assert!(death(outcome).started),
                _ => assert_eq!(outcome, Ok(n)),
            }
        }
    }
}
