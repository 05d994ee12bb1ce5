//! A job is killed by its handle, and nobody else is harmed.

use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anypool_core::{Executor as _, JobError, JobOptions, Retries};
use process_runner::ProcessPool;

use crate::limits::{stubborn, with_child};
use crate::scene::{
    Log, PATIENCE, Scene, TRANSPORTS, eventually, gated, is_gone, logged, pool, quiet, square,
};

const LONG: Duration = Duration::from_secs(600);

fn started(log: Log) {
    log.note("started");
    std::thread::park_timeout(LONG);
}

#[test]
fn a_killed_job_costs_only_itself() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(1, transport);
        let job = pool.submit(started, scene.log.clone()).unwrap();
        let behind = pool.submit(logged, (scene.log.clone(), 1)).unwrap();
        let queued = pool.submit(logged, (scene.log.clone(), 2)).unwrap();
        scene.log.wait_for("started");
        assert!(job.kill());
        assert_eq!(job.join(), Err(JobError::Killed));
        assert_eq!((behind.join(), queued.join()), (Ok(1), Ok(2)));
    }
}

#[test]
fn a_job_that_has_not_started_is_cancelled_wherever_it_is() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(1, transport);
        let stage = (scene.gate.clone(), scene.log.clone());
        let running = pool.submit(gated, (stage, 0)).unwrap();
        scene.log.wait_for("start 0");
        let others = [1, 2, 3].map(|n| pool.submit(logged, (scene.log.clone(), n)).unwrap());
        for other in others {
            assert!(other.kill());
            assert_eq!(other.join(), Err(JobError::Cancelled));
        }
        let open = scene.gate.open();
        assert_eq!(running.join(), Ok(0));
        drop((open, pool));
        assert_eq!(scene.log.lines(), ["start 0", "end 0"]);
    }
}

#[test]
fn what_ignores_the_polite_signal_is_killed_and_takes_its_children_with_it() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let grace = Duration::from_millis(50);
        let pool = quiet(1, transport).grace(grace).start().unwrap();
        let job = pool.submit(stubborn, scene.log.clone()).unwrap();
        scene.log.wait_for("stubborn");
        assert!(job.kill());
        assert_eq!(job.join(), Err(JobError::Killed));
        let job = pool.submit(with_child, scene.log.clone()).unwrap();
        let child = scene.log.wait_for_number("child ");
        assert!(job.kill());
        assert_eq!(job.join(), Err(JobError::Killed));
        eventually("the child is gone", || is_gone(child));
    }
}

#[test]
fn a_killed_job_is_not_tried_again() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(1, transport);
        let options = JobOptions::new().retries(Retries::new(9));
        let job = pool.submit_with(started, scene.log.clone(), options);
        let job = job.unwrap();
        scene.log.wait_for("started");
        assert!(job.kill());
        assert_eq!(job.join(), Err(JobError::Killed));
        drop(pool);
        assert_eq!(scene.log.lines(), ["started"]);
    }
}

/// Spins for about `micros`.
fn spin(micros: u64) {
    let started = Instant::now();
    while started.elapsed() < Duration::from_micros(micros) {
        std::hint::spin_loop();
    }
}

/// Tells that it has started, and is over soon.
fn short(starts: PathBuf, micros: u64) -> u64 {
    let socket = UnixDatagram::unbound().unwrap();
    socket.send_to(b"!", starts).unwrap();
    spin(micros);
    micros
}

/// How many jobs ended in which way when they were killed as they ended.
#[derive(Debug, Default)]
struct Account {
    done: u64,
    killed: u64,
}

/// Kills jobs as they end, again and again, with a neighbour behind each that must not be harmed.
fn storm(pool: &ProcessPool, rounds: u64) -> Account {
    let scene = Scene::new();
    let path = scene.path("starts");
    let starts = UnixDatagram::bind(&path).unwrap();
    starts.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut account = Account::default();
    for round in 0..rounds {
        let length = 200 + round % 100;
        let victim = pool.submit(short, (path.clone(), length)).unwrap();
        let neighbour = pool.submit(square, round).unwrap();
        starts.recv(&mut [0]).unwrap();
        spin(round * 7 % 400);
        let asked = victim.kill();
        let (victim, neighbour) = (victim.join(), neighbour.join());
        assert_eq!(neighbour, Ok(round * round), "round {round}");
        match victim {
            Ok(micros) => {
                assert_eq!(micros, length);
                account.done += 1;
            }
            Err(JobError::Killed) if asked => account.killed += 1,
            other => panic!("round {round}: {other:?}, asked {asked}"),
        }
    }
    account
}

#[test]
fn killing_a_job_as_it_ends_never_costs_another() {
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        let account = storm(&pool, 5_000);
        let restarts = pool.stats().restarts;
        eprintln!("{transport}: {account:?}, {restarts} workers replaced");
        assert!(account.killed > 0 && account.done > 0, "the race is none");
        // A worker that answers while the order is on its way may be lost as well, and nothing with it.
        assert!(restarts >= account.killed);
    }
}

#[test]
fn a_worker_that_is_killed_in_a_grace_loses_what_it_runs_and_no_more() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let grace = Duration::from_millis(300);
        let pool = quiet(1, transport).grace(grace).start().unwrap();
        let job = pool.submit(stubborn, scene.log.clone()).unwrap();
        scene.log.wait_for("stubborn");
        assert!(job.kill());
        let other = pool.submit(square, 3).unwrap();
        assert!(job.kill(), "again, which changes nothing");
        let report = pool.shutdown_now();
        assert_eq!(job.join(), Err(JobError::Killed));
        assert!(
            matches!(other.join(), Err(JobError::Cancelled)),
            "{report:?}"
        );
    }
}
