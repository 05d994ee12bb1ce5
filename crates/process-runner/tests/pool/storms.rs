//! Storms: workers are killed at random while many jobs are under way.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anypool_core::{Executor as _, JobError};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::ProcessPool;

use crate::scene::{Log, PATIENCE, Scene, TRANSPORTS, pool, square};

fn noted(log: Log, n: u32) -> u32 {
    log.note(format_args!("start {n}"));
    let mut sum = n;
    for _ in 0..200_000 {
        sum = std::hint::black_box(sum.rotate_left(1));
    }
    log.note(format_args!("end {n}"));
    n
}

/// Kills a worker every few milliseconds until told to stop. Returns how many.
fn kill_at_random(pool: &ProcessPool, over: &AtomicBool) -> u32 {
    let mut killed = 0;
    let mut random = 12_345u64;
    while !over.load(Ordering::Relaxed) {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let pids: Vec<u32> = pool.stats().pids.into_values().collect();
        if let Some(&pid) = pids.get((random >> 33) as usize % pids.len().max(1)) {
            killed += u32::from(kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL).is_ok());
        }
        std::thread::sleep(Duration::from_micros(random >> 51));
    }
    killed
}

/// Ends the storm when dropped.
struct Calm<'a>(&'a AtomicBool);

impl Drop for Calm<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_storm_of_kills_costs_the_started_jobs_and_nothing_runs_twice() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(4, transport);
        let over = AtomicBool::new(false);
        let (lost, killed) = std::thread::scope(|scope| {
            let killer = scope.spawn(|| kill_at_random(&pool, &over));
            // The scope waits for the killer, also when a job did not end as it should.
            let calm = Calm(&over);
            let submit = |n| (n, pool.submit(noted, (scene.log.clone(), n)).unwrap());
            let handles: Vec<_> = (0..2_000).map(submit).collect();
            let mut lost = Vec::new();
            for (n, handle) in handles {
                match handle.join_timeout(PATIENCE).expect("every job ends") {
                    Ok(value) => assert_eq!(value, n),
                    Err(JobError::WorkerDied(death)) if death.started => lost.push(n),
                    Err(error) => panic!("{error}"),
                }
            }
            drop(calm);
            (lost, killer.join().unwrap())
        });
        let mut counts = BTreeMap::<String, u32>::new();
        for line in scene.log.lines() {
            *counts.entry(line).or_default() += 1;
        }
        assert!(
            counts.values().all(|&count| count == 1),
            "something ran twice"
        );
        assert!(
            lost.len() <= killed as usize,
            "{} lost, {killed} killed",
            lost.len()
        );
        println!("{transport}: {killed} killed, {} jobs lost", lost.len());
        let sum: u64 = pool.map(square, 0..100).map(Result::unwrap).sum();
        assert_eq!(sum, (0..100).map(|n| n * n).sum());
        assert_eq!(pool.stats().queued, 0);
    }
}
