//! Holding a pool, and workers that somebody else has stopped.

use std::time::{Duration, Instant};

use anypool_core::{Executor as _, JobError, JobOptions, StoppedBy};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::{Process, ProcessPool};

use crate::limits::{stubborn, with_child};
use crate::scene::{
    PATIENCE, Scene, TRANSPORTS, eventually, gated, is_gone, logged, overrun, pool, quiet, square,
    state_of,
};

/// Long enough for a task to start and to end on a machine that is busy, short enough to be waited for.
const LIMIT: Duration = Duration::from_secs(3);

fn limit() -> JobOptions {
    JobOptions::new().timeout(LIMIT)
}

fn workers(pool: &ProcessPool) -> Vec<i32> {
    let pids = pool.stats().pids.into_values();
    pids.map(u32::cast_signed).collect()
}

fn are_stopped(pids: &[i32]) -> bool {
    pids.iter().all(|&pid| state_of(pid) == Some('T'))
}

/// Lets more time pass than a job may run: the event to wait for is that nothing happens.
fn outlast_the_limit() {
    std::thread::sleep(LIMIT + LIMIT / 4);
}

#[test]
fn time_in_which_a_pool_is_held_counts_against_no_limit() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(2, transport);
        let stage = (scene.gate.clone(), scene.log.clone());
        let job = pool.submit_with(gated, (stage, 7), limit()).unwrap();
        scene.log.wait_for("start 7");
        let parent = pool.submit(with_child, scene.log.clone()).unwrap();
        let mut held = workers(&pool);
        held.push(scene.log.wait_for_number("child "));
        pool.suspend();
        eventually("workers and their children are stopped", || {
            are_stopped(&held)
        });
        outlast_the_limit();
        assert!(!job.is_finished() && are_stopped(&held));
        pool.resume();
        let _open = scene.gate.open();
        assert_eq!(job.join(), Ok(7));
        assert_eq!(pool.stats().restarts, 0);
        let _ = pool.shutdown_now();
        assert_eq!(parent.join(), Err(JobError::Killed));
    }
}

#[test]
fn a_job_still_has_its_limit_after_its_pool_was_held() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(1, transport);
        let stage = (scene.gate.clone(), scene.log.clone());
        let options = JobOptions::new().timeout(Duration::from_millis(300));
        let job = pool.submit_with(gated, (stage, 7), options).unwrap();
        pool.suspend();
        pool.suspend();
        pool.resume();
        let outcome = job.join_timeout(PATIENCE).unwrap();
        assert!(
            matches!(outcome, Err(JobError::TimedOut { .. })),
            "{outcome:?}"
        );
    }
}

#[test]
fn nothing_starts_in_a_pool_that_is_held() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(2, transport);
        pool.suspend();
        let held = workers(&pool);
        eventually("the workers are stopped", || are_stopped(&held));
        let jobs = [0, 1, 2].map(|n| pool.submit(logged, (scene.log.clone(), n)).unwrap());
        assert!(jobs[1].cancel());
        kill(Pid::from_raw(held[0]), Signal::SIGKILL).unwrap();
        eventually("the dead worker is missed", || workers(&pool).len() == 1);
        assert!(scene.log.lines().is_empty());
        pool.resume();
        let outcomes = jobs.map(|job| job.join_timeout(PATIENCE).unwrap());
        assert_eq!(outcomes, [Ok(0), Err(JobError::Cancelled), Ok(2)]);
        eventually("the pool is whole again", || workers(&pool).len() == 2);
    }
}

#[test]
fn a_pool_that_is_held_can_be_stopped() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let held = pool(1, transport);
        let stage = (scene.gate.clone(), scene.log.clone());
        let running = held.submit(gated, (stage.clone(), 0)).unwrap();
        scene.log.wait_for("start 0");
        held.suspend();
        let queued = held.submit(square, 1).unwrap();
        assert_eq!(held.shutdown_now().cancelled, 1);
        assert_eq!(running.join(), Err(JobError::Killed));
        assert_eq!(queued.join(), Err(JobError::Cancelled));
        // A pool that has ended holds nothing, and nobody waits for it.
        held.suspend();
        held.resume();

        let held = pool(1, transport);
        let job = held.submit(square, 5).unwrap();
        held.suspend();
        drop(held);
        assert_eq!(job.join(), Ok(25));
    }
}

#[test]
fn a_single_process_can_be_held() {
    let scene = Scene::new();
    let stage = (scene.gate.clone(), scene.log.clone());
    let builder = Process::builder().timeout(LIMIT);
    let process = builder.spawn(gated, (stage, 3)).unwrap();
    scene.log.wait_for("start 3");
    process.suspend();
    let pid = process.pid().cast_signed();
    eventually("it is stopped", || are_stopped(&[pid]));
    outlast_the_limit();
    process.resume();
    let _open = scene.gate.open();
    assert_eq!(process.join(), Ok(3));
}

#[test]
fn a_stopped_worker_over_its_limit_goes_on_to_be_terminated() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(1, transport).grace(PATIENCE).start().unwrap();
        let stage = (scene.gate.clone(), scene.log.clone());
        let limit = Duration::from_millis(500);
        let options = JobOptions::new().timeout(limit);
        let job = pool.submit_with(gated, (stage, 0), options).unwrap();
        scene.log.wait_for("start 0");
        let pid = workers(&pool)[0];
        kill(Pid::from_raw(pid), Signal::SIGSTOP).unwrap();
        let outcome = job.join_timeout(PATIENCE / 2).expect("within the grace");
        let stopped_by = StoppedBy::Terminate;
        assert_eq!(overrun(outcome), (limit, stopped_by));
        assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
    }
}

#[test]
fn a_stopped_worker_that_ignores_sigterm_is_killed() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let limit = Duration::from_millis(500);
        let pool = quiet(1, transport).grace(limit).start().unwrap();
        let options = JobOptions::new().timeout(limit);
        let job = pool.submit_with(stubborn, scene.log.clone(), options);
        let job = job.unwrap();
        scene.log.wait_for("stubborn");
        let pid = workers(&pool)[0];
        kill(Pid::from_raw(pid), Signal::SIGSTOP).unwrap();
        let outcome = job.join_timeout(PATIENCE).unwrap();
        let stopped_by = StoppedBy::Kill;
        assert_eq!(overrun(outcome), (limit, stopped_by));
        assert!(is_gone(pid));
    }
}

#[test]
fn a_job_that_was_sent_to_a_stopped_worker_is_run_by_another() {
    let pools = TRANSPORTS.map(|transport| pool(1, transport));
    let jobs = pools.each_ref().map(|pool| {
        let pid = workers(pool)[0];
        // It serves, and has nothing to do.
        assert_eq!(pool.submit(square, 2).unwrap().join(), Ok(4));
        kill(Pid::from_raw(pid), Signal::SIGSTOP).unwrap();
        eventually("it is stopped", || are_stopped(&[pid]));
        (pid, pool.submit(square, 3).unwrap())
    });
    for (pid, job) in jobs {
        assert_eq!(job.join_timeout(PATIENCE).unwrap(), Ok(9));
        eventually("it is gone", || is_gone(pid));
    }
}

#[test]
fn a_worker_that_stays_stopped_does_not_hold_up_a_stop() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let grace = Duration::from_millis(200);
        let pool = quiet(2, transport).grace(grace).start().unwrap();
        let stage = (scene.gate.clone(), scene.log.clone());
        let job = pool.submit(gated, (stage, 0)).unwrap();
        scene.log.wait_for("start 0");
        let held = workers(&pool);
        for &pid in &held {
            kill(Pid::from_raw(pid), Signal::SIGSTOP).unwrap();
        }
        let started = Instant::now();
        let report = pool.shutdown_now();
        assert!(started.elapsed() < PATIENCE / 2, "{:?}", started.elapsed());
        assert_eq!(report.killed.len(), 1);
        assert_eq!(job.join(), Err(JobError::Killed));
        assert!(held.iter().all(|&pid| is_gone(pid)));
    }
}
