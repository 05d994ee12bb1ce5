//! Stopping a pool: when its work is done, or at once and bounded.

use std::time::{Duration, Instant};

use anypool_core::{Executor as _, JobError, SubmitError};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::StopReport;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::limits::{stubborn, with_child};
use crate::scene::{
    Gate, Log, PATIENCE, Scene, TRANSPORTS, eventually, gated, is_gone, logged, pool, quiet, square,
};

#[test]
fn shutdown_waits_for_everything_that_was_accepted() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(2, transport);
        let stage = (scene.gate.clone(), scene.log.clone());
        let jobs: Vec<_> = (0..10)
            .map(|n| pool.submit(gated, (stage.clone(), n)).unwrap())
            .collect();
        scene.log.wait_for("start 0");
        std::thread::scope(|scope| {
            let down = scope.spawn(|| pool.shutdown());
            eventually("the pool accepts no more", || {
                pool.submit(square, 1).err() == Some(SubmitError::Shutdown)
            });
            assert!(!down.is_finished());
            let _open = scene.gate.open();
            down.join().unwrap();
            assert!(jobs.iter().all(anypool_core::JobHandle::is_finished));
        });
        for (n, job) in (0..).zip(jobs) {
            assert_eq!(job.join(), Ok(n));
        }
        assert!(pool.stats().pids.is_empty());
        pool.shutdown();
        assert_eq!(pool.shutdown_now(), StopReport::default());
    }
}

#[test]
fn shutdown_now_cancels_what_waits_and_ends_what_runs() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let grace = Duration::from_millis(200);
        let pool = quiet(2, transport).grace(grace).start().unwrap();
        let stubborn = pool.submit(stubborn, scene.log.clone()).unwrap();
        scene.log.wait_for("stubborn");
        let parent = pool.submit(with_child, scene.log.clone()).unwrap();
        let child = scene.log.wait_for_number("child ");
        let queued: Vec<_> = (0..5)
            .map(|n| pool.submit(logged, (scene.log.clone(), n)).unwrap())
            .collect();
        let pids = pool.stats().pids;
        let started = Instant::now();
        let report = pool.shutdown_now();
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "{:?}",
            started.elapsed()
        );
        assert_eq!(report.cancelled, 5);
        let mut jobs: Vec<_> = report.killed.iter().map(|killed| killed.job).collect();
        let mut numbers: Vec<_> = report.killed.iter().map(|killed| killed.pid).collect();
        jobs.sort_unstable();
        numbers.sort_unstable();
        let mut expected: Vec<u32> = pids.values().copied().collect();
        expected.sort_unstable();
        assert_eq!(
            (jobs, numbers),
            (vec![stubborn.id(), parent.id()], expected)
        );
        assert_eq!(stubborn.join(), Err(JobError::Killed));
        assert_eq!(parent.join(), Err(JobError::Killed));
        for job in queued {
            assert_eq!(job.join(), Err(JobError::Cancelled));
        }
        for pid in pids.values().map(|pid| pid.cast_signed()).chain([child]) {
            eventually("it is gone", || is_gone(pid));
        }
        assert_eq!(pool.submit(square, 1).err(), Some(SubmitError::Shutdown));
    }
}

#[test]
fn shutdown_timeout_waits_first_and_tells_what_it_ended() {
    for transport in TRANSPORTS {
        let pool_of_one = pool(1, transport);
        let quick = pool_of_one.submit(square, 5).unwrap();
        assert_eq!(pool_of_one.shutdown_timeout(PATIENCE), Ok(()));
        assert_eq!(quick.join(), Ok(25));

        let scene = Scene::new();
        let pool = pool(1, transport);
        let stage = (scene.gate.clone(), scene.log.clone());
        let slow = pool.submit(gated, (stage, 0)).unwrap();
        scene.log.wait_for("start 0");
        let queued = pool.submit(square, 2).unwrap();
        let report = pool
            .shutdown_timeout(Duration::from_millis(50))
            .unwrap_err();
        assert_eq!((report.cancelled, report.killed.len()), (1, 1));
        assert_eq!(slow.join(), Err(JobError::Killed));
        assert_eq!(queued.join(), Err(JobError::Cancelled));
    }
}

#[test]
fn stopping_while_a_worker_is_being_replaced_is_quick() {
    for transport in TRANSPORTS {
        for _ in 0..40 {
            let pool = quiet(2, transport).start().unwrap();
            assert_eq!(pool.submit(square, 5).unwrap().join(), Ok(25));
            let pid = pool.stats().pids[&0];
            kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL).unwrap();
            eventually("its death is noticed", || pool.stats().restarts == 1);
            let started = Instant::now();
            assert_eq!(pool.shutdown_now(), StopReport::default());
            assert!(
                started.elapsed() < Duration::from_secs(4),
                "{:?}",
                started.elapsed()
            );
        }
    }
}

#[test]
fn submitting_cancelling_and_stopping_race_without_harm() {
    for round in 0..100 {
        let transport = TRANSPORTS[round % TRANSPORTS.len()];
        let pool = pool(2, transport);
        std::thread::scope(|scope| {
            for thread in 0..8u64 {
                let pool = &pool;
                scope.spawn(move || race(pool, thread, round));
            }
        });
        assert_eq!(pool.submit(square, 1).err(), Some(SubmitError::Shutdown));
    }
}

fn race(pool: &process_runner::ProcessPool, thread: u64, round: usize) {
    let mut handles = Vec::new();
    for n in 0..40 {
        match pool.submit(square, n) {
            Ok(handle) => handles.push((n, handle)),
            Err(error) => {
                assert_eq!(error, SubmitError::Shutdown);
                break;
            }
        }
        if thread.is_multiple_of(2) && n.is_multiple_of(3) {
            handles[handles.len() / 2].1.cancel();
        }
    }
    match (thread, round % 3) {
        (0, 0) => pool.shutdown(),
        (0, 1) => drop(pool.shutdown_now()),
        (0, _) => drop(pool.shutdown_timeout(Duration::from_millis(1))),
        _ => {}
    }
    for (n, handle) in handles {
        let outcome = handle.join_timeout(PATIENCE).expect("every job ends");
        match outcome {
            Ok(value) => assert_eq!(value, n * n),
            Err(JobError::Cancelled | JobError::Killed) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    if thread == 1 {
        pool.shutdown();
    }
}

/// Waits at a gate on its way out, and then refuses to go.
struct Reluctant(Gate, Log);

impl Serialize for Reluctant {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        self.1.note("encoding");
        self.0.pass();
        Err(S::Error::custom("it will not go"))
    }
}

impl<'de> Deserialize<'de> for Reluctant {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("it will not come"))
    }
}

#[test]
fn a_submission_that_fails_during_a_shutdown_does_not_hold_it_up() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(1, transport);
        std::thread::scope(|scope| {
            let input = Reluctant(scene.gate.clone(), scene.log.clone());
            let submission = scope.spawn(|| pool.submit(|_: Reluctant| (), input).is_err());
            scene.log.wait_for("encoding");
            let down = scope.spawn(|| pool.shutdown());
            eventually("the pool accepts no more", || {
                pool.submit(square, 1).err() == Some(SubmitError::Shutdown)
            });
            let open = scene.gate.open();
            assert!(submission.join().unwrap());
            eventually("the pool has ended", || down.is_finished());
            drop(open);
        });
    }
}
