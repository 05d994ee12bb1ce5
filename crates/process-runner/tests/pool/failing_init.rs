//! Initializers that fail, do harm or hang: what becomes of their pool.

use std::fs::OpenOptions;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anypool_core::{Context, Executor as _, JobError, SubmitError};
use process_runner::ProcessPool;
use serde::{Deserialize, Serialize};

use crate::initializing::{abort, hang};
use crate::scene::{Log, PATIENCE, Scene, TRANSPORTS, eventually, quiet, square};

fn refuse(log: Log) -> Result<(), String> {
    log.note("tried");
    Err("no licence".to_owned())
}

/// How many attempts in a row the pool makes at least; more where one worker's lasts as long as several of the
/// other's.
const FEWEST_ATTEMPTS: u32 = 3;

#[test]
fn a_pool_whose_initializer_keeps_failing_has_failed() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(2, transport).worker_init(refuse, scene.log.clone());
        let pool = pool.start().unwrap();
        for outcome in pool.map(square, 0..5).collect::<Vec<_>>() {
            let (attempts, reason) = failure(outcome);
            assert_eq!(reason, "no licence");
            let tried = u32::try_from(scene.log.lines().len()).unwrap();
            if let Some(attempts) = attempts {
                // The other worker may have failed already, and not have been heard of.
                assert!((FEWEST_ATTEMPTS..=tried).contains(&attempts), "{attempts}");
                assert!(tried <= attempts + 1, "{tried} after {attempts}");
            }
        }
        let refused = pool.submit(square, 1).unwrap_err();
        let reason = match &refused {
            SubmitError::PoolFailed { reason } => reason,
            error => panic!("{error}"),
        };
        assert!(reason.contains("no licence"), "{reason}");
        pool.shutdown();
    }
}

#[track_caller]
fn failure<T: std::fmt::Debug>(outcome: Result<T, JobError>) -> (Option<u32>, String) {
    match outcome {
        Err(JobError::InitFailed { attempts, reason }) => (Some(attempts), reason),
        // Submitted after the failure: refused, and told by the map, which does not know how many there were.
        Err(JobError::PoolFailed { reason }) => {
            (None, reason.rsplit(": ").next().unwrap().to_owned())
        }
        other => panic!("{other:?}"),
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Harm {
    Panic,
    Abort,
    Exit,
    Kill,
    HangFor(Duration),
}

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "the harm under test"
)]
fn harmful(harm: Harm) -> Result<(), String> {
    match harm {
        Harm::Panic => panic!("no such device"),
        Harm::Abort => std::process::abort(),
        Harm::Exit => std::process::exit(3),
        Harm::Kill => nix::sys::signal::raise(nix::sys::signal::SIGKILL).unwrap(),
        Harm::HangFor(time) => std::thread::sleep(time),
    }
    Ok(())
}

#[test]
fn an_initializer_that_does_harm_has_failed_for_that_reason() {
    let kinds = [
        (Harm::Panic, "no such device"),
        (Harm::Abort, "died of SIGABRT"),
        (Harm::Exit, "exited with code 3"),
        (Harm::Kill, "died of SIGKILL"),
        (Harm::HangFor(PATIENCE * 10), "it took longer than 300ms"),
    ];
    for transport in TRANSPORTS {
        for (harm, expected) in kinds {
            let pool = quiet(1, transport).worker_init(harmful, harm);
            // Only what hangs may take that long, on any machine: the others end by themselves.
            let limit = match harm {
                Harm::HangFor(_) => Duration::from_millis(300),
                _ => PATIENCE,
            };
            let pool = pool.init_timeout(limit).start().unwrap();
            let outcome = pool.map(square, 1..2).next();
            let (attempts, reason) = failure(outcome.unwrap());
            assert!(
                attempts.is_none_or(|attempts| attempts == 3),
                "{attempts:?}"
            );
            assert!(reason.contains(expected), "{reason}");
        }
    }
}

#[test]
fn a_pool_gives_up_after_as_many_failures_as_it_was_told() {
    for most in [1, 5] {
        let scene = Scene::new();
        let pool = quiet(1, TRANSPORTS[0]).worker_init(refuse, scene.log.clone());
        let most_failures = u32::try_from(most).unwrap();
        let pool = pool.max_start_failures(most_failures).start().unwrap();
        eventually("it has failed", || pool.submit(square, 1).is_err());
        assert_eq!(scene.log.lines().len(), most);
    }
}

/// Fails until it has been tried for the `n`-th time.
fn at_last(log: Log, n: usize) -> Result<usize, String> {
    log.note("tried");
    let tries = log.lines().len();
    (tries >= n).then_some(tries).ok_or("not yet".to_owned())
}

#[test]
fn an_initializer_that_recovers_is_forgiven() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(1, transport)
            .worker_init(
                |(log, n): (Log, usize)| at_last(log, n),
                (scene.log.clone(), 3),
            )
            .start()
            .unwrap();
        let tries = |_: (), ctx: &Context| *ctx.state::<usize>().unwrap();
        assert_eq!(pool.submit(tries, ()).unwrap().join(), Ok(3));
        // What was forgiven does not count later.
        for _ in 0..3 {
            assert!(pool.submit(abort, ()).unwrap().join().is_err());
            assert_eq!(pool.submit(square, 5).unwrap().join(), Ok(25));
        }
    }
}

/// Only the first worker gets what there is one of.
fn take_the_only_one(file: PathBuf) -> Result<u32, String> {
    let taken = OpenOptions::new().write(true).create_new(true).open(file);
    taken.map(|_| 1).map_err(|error| error.to_string())
}

#[test]
fn a_pool_goes_on_without_the_workers_that_fail() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(3, transport).worker_init(take_the_only_one, scene.path("only"));
        let pool = pool.start().unwrap();
        eventually("the others have failed a few times", || {
            let squares = pool.map(square, 0..20);
            assert_eq!(squares.filter(Result::is_ok).count(), 20);
            pool.stats().restarts >= 6
        });
        let failed = pool.submit(square, 3).unwrap();
        assert_eq!(failed.join(), Ok(9));
    }
}

#[test]
fn an_initializer_that_hangs_cannot_keep_a_pool_from_stopping() {
    type Stop = fn(&ProcessPool) -> usize;
    let now: Stop = |pool| pool.shutdown_now().cancelled;
    let timeout: Stop = |pool| {
        let report = pool.shutdown_timeout(Duration::from_millis(50));
        report.unwrap_err().cancelled
    };
    for transport in TRANSPORTS {
        for stop in [now, timeout] {
            let scene = Scene::new();
            let stage = (scene.gate.clone(), scene.log.clone());
            let pool = quiet(2, transport).worker_init(hang, stage);
            let pool = pool.start().unwrap();
            let job = pool.submit(square, 1).unwrap();
            eventually("both hang", || scene.log.lines().len() == 2);
            let started = Instant::now();
            assert_eq!(stop(&pool), 1);
            assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
            assert_eq!(job.join(), Err(JobError::Cancelled));
        }
    }
}

#[test]
fn a_pool_without_jobs_does_not_wait_for_a_hanging_initializer() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let stage = (scene.gate.clone(), scene.log.clone());
        let pool = quiet(1, transport)
            .grace(Duration::from_millis(100))
            .worker_init(hang, stage)
            .start()
            .unwrap();
        scene.log.wait_for("hangs");
        drop(pool);
    }
}
