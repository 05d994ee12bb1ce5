//! Workers that have done enough, have grown too large or have nothing to do leave, and nobody waits
//! for it.

use std::collections::BTreeMap;
use std::time::Duration;

use anypool_core::{Executor as _, MapOptions};
use process_runner::StartError;

use crate::scene::{Gate, Log, Scene, TRANSPORTS, eventually, gated, pool, quiet};

fn pid(_: u64) -> u32 {
    std::process::id()
}

fn runs_a_process(pids: impl IntoIterator<Item = u32>) -> BTreeMap<u32, usize> {
    let mut runs = BTreeMap::new();
    for pid in pids {
        *runs.entry(pid).or_default() += 1;
    }
    runs
}

#[test]
fn a_worker_runs_exactly_as_many_jobs_as_it_may() {
    for transport in TRANSPORTS {
        for most in [1, 2, 7] {
            let pool = quiet(2, transport).recycle_after(most).start().unwrap();
            let jobs: Vec<_> = (0..56).map(|n| pool.submit(pid, n).unwrap()).collect();
            let runs = runs_a_process(jobs.into_iter().map(|job| job.join().unwrap()));
            let most = usize::try_from(most).unwrap();
            assert!(runs.values().all(|&ran| ran <= most), "{most}: {runs:?}");
            assert!(runs.len() >= 56 / most);
            drop(pool);
        }
    }
}

#[test]
fn items_of_a_chunk_count_as_jobs() {
    for transport in TRANSPORTS {
        let pool = quiet(2, transport).recycle_after(5).start().unwrap();
        let options = MapOptions::new().chunk(std::num::NonZeroUsize::new(16).unwrap());
        let pids = pool.map_with(pid, 0..64, options).map(Result::unwrap);
        let runs = runs_a_process(pids);
        assert!(runs.values().all(|&ran| ran <= 5), "{runs:?}");
        eventually("both are recycled", || pool.stats().recycled >= 12);
    }
}

#[test]
fn recycling_never_stalls_a_backlog() {
    for transport in TRANSPORTS {
        let pool = quiet(1, transport).recycle_after(2).start().unwrap();
        let jobs: Vec<_> = (0..300).map(|n| pool.submit(pid, n).unwrap()).collect();
        let runs = runs_a_process(jobs.into_iter().map(|job| job.join().unwrap()));
        assert_eq!(runs.len(), 150, "{transport}");
    }
}

fn leak(bytes: usize) -> u32 {
    std::mem::forget(vec![1u8; bytes]);
    std::process::id()
}

#[test]
fn a_worker_that_has_grown_is_replaced_between_two_jobs() {
    for transport in TRANSPORTS {
        let pool = quiet(1, transport).recycle_above(32 << 20).start().unwrap();
        let before = pool.submit(leak, 0).unwrap().join().unwrap();
        pool.submit(leak, 64 << 20).unwrap().join().unwrap();
        // It is looked at every now and then, and replaced when it has nothing to do.
        eventually("another process serves", || {
            pool.submit(leak, 0).unwrap().join().unwrap() != before
        });
        assert_eq!(pool.stats().recycled, 1);
    }
}

#[test]
fn idle_workers_leave_and_come_back_with_the_work() {
    for transport in TRANSPORTS {
        let idle = Duration::from_millis(50);
        let pool = quiet(3, transport).idle_timeout(idle).start().unwrap();
        for round in 0..3 {
            let jobs: Vec<_> = (0..9).map(|n| pool.submit(pid, n).unwrap()).collect();
            assert!(jobs.into_iter().all(|job| job.join().is_ok()), "{round}");
            eventually("all have left", || pool.stats().pids.is_empty());
        }
    }
}

fn meet(input: (Gate, Log), n: u32) -> u32 {
    gated(input, n)
}

#[test]
fn dormant_workers_come_for_what_lies_behind_a_busy_one() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let idle = Duration::from_millis(50);
        let pool = quiet(3, transport).idle_timeout(idle).start().unwrap();
        eventually("all have left", || pool.stats().pids.is_empty());
        let stage = || (scene.gate.clone(), scene.log.clone());
        let jobs = [0, 1, 2].map(|n| pool.submit(meet, (stage(), n)).unwrap());
        // None of them ends before the gate is open, so each needs a worker of its own.
        for n in 0..3 {
            scene.log.wait_for(&format!("start {n}"));
        }
        let open = scene.gate.open();
        assert_eq!(jobs.map(|job| job.join().unwrap()), [0, 1, 2]);
        drop(open);
    }
}

fn niceness(_: ()) -> i32 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit(')').next().unwrap();
    fields.split_whitespace().nth(16).unwrap().parse().unwrap()
}

fn allowed_cpus(_: ()) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("Cpus_allowed_list:"));
    line.unwrap().split(':').nth(1).unwrap().trim().to_owned()
}

#[test]
fn workers_are_as_nice_as_they_are_told_and_stay_on_their_cpus() {
    for transport in TRANSPORTS {
        let own = pool(1, transport)
            .submit(niceness, ())
            .unwrap()
            .join()
            .unwrap();
        let pool = quiet(1, transport).nice(own + 1).cpus([0]).start().unwrap();
        assert_eq!(pool.submit(niceness, ()).unwrap().join(), Ok(own + 1));
        assert_eq!(
            pool.submit(allowed_cpus, ()).unwrap().join().as_deref(),
            Ok("0")
        );
    }
}

#[test]
fn settings_that_no_worker_could_meet_are_refused_at_the_start() {
    let refused = |builder: process_runner::ProcessPoolBuilder| builder.start().unwrap_err();
    let quiet = || quiet(1, TRANSPORTS[0]);
    let cpu = 1_000_000;
    assert_eq!(refused(quiet().cpus([cpu])), StartError::NoSuchCpu { cpu });
    assert_eq!(refused(quiet().recycle_after(0)), StartError::NoJobsAWorker);
    assert_eq!(refused(quiet().name("a\0b")), StartError::BadName);
}
