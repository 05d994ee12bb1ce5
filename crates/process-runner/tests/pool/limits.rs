//! Time limits stop what runs, and only that.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anypool_core::{Executor as _, JobOptions, StoppedBy};
use nix::sys::signal::{SigSet, Signal};

use crate::scene::{
    Log, PATIENCE, Scene, TRANSPORTS, eventually, gated, is_gone, logged, overrun, patient, pool,
    quiet,
};

const LIMIT: Duration = Duration::from_millis(100);

fn limit() -> JobOptions {
    JobOptions::new().timeout(LIMIT)
}

fn sleep(millis: u64) {
    std::thread::sleep(Duration::from_millis(millis));
}

/// Runs until it is killed, whatever `SIGTERM` says.
pub(crate) fn stubborn(log: Log) {
    let mut blocked = SigSet::empty();
    blocked.add(Signal::SIGTERM);
    blocked.thread_block().unwrap();
    log.note("stubborn");
    loop {
        std::thread::park_timeout(PATIENCE);
    }
}

/// Starts a child and waits for it.
pub(crate) fn with_child(log: Log) {
    let child = Command::new("sleep")
        .arg("1000")
        .stdout(Stdio::null())
        .spawn();
    let mut child = child.unwrap();
    log.note(format_args!("child {}", child.id()));
    child.wait().unwrap();
}

#[test]
fn a_job_over_its_limit_is_terminated() {
    for transport in TRANSPORTS {
        let pool = patient(2, transport);
        let slow = pool.submit_with(sleep, 600_000, limit()).unwrap();
        assert_eq!(overrun(slow.join()), (LIMIT, StoppedBy::Terminate));
        let quick = pool.submit_with(sleep, 1, JobOptions::new().timeout(PATIENCE));
        assert_eq!(quick.unwrap().join(), Ok(()));
    }
}

#[test]
fn a_job_that_blocks_sigterm_is_killed() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(1, transport).grace(LIMIT).start().unwrap();
        let job = pool
            .submit_with(stubborn, scene.log.clone(), limit())
            .unwrap();
        assert_eq!(overrun(job.join()), (LIMIT, StoppedBy::Kill));
        assert_eq!(pool.submit(sleep, 0).unwrap().join(), Ok(()));
    }
}

#[test]
fn a_timed_out_job_takes_its_children_with_it() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = patient(1, transport);
        let mut child = None;
        // On a busy machine the limit may be over before the job has a child.
        eventually("a child within the limit", || {
            let job = pool.submit_with(with_child, scene.log.clone(), limit());
            assert_eq!(overrun(job.unwrap().join()), (LIMIT, StoppedBy::Terminate));
            child = scene.log.number("child ");
            child.is_some()
        });
        eventually("the child is gone", || child.is_some_and(is_gone));
    }
}

#[test]
fn time_in_the_queue_does_not_count_and_neighbours_are_not_harmed() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(1, transport).grace(PATIENCE).timeout(PATIENCE);
        let pool = pool.start().unwrap();
        let stage = (scene.gate.clone(), scene.log.clone());
        let running = pool.submit(gated, (stage, 0)).unwrap();
        scene.log.wait_for("start 0");
        let ahead = pool
            .submit_with(logged, (scene.log.clone(), 1), limit())
            .unwrap();
        let queued = pool
            .submit_with(logged, (scene.log.clone(), 2), limit())
            .unwrap();
        // The event to wait for is that nothing happens for longer than the limit.
        let ahead = ahead.join_timeout(3 * LIMIT).unwrap_err();
        let open = scene.gate.open();
        let values = (running.join(), ahead.join(), queued.join());
        assert_eq!(values, (Ok(0), Ok(1), Ok(2)));
        drop(open);
        let slow = pool.submit_with(sleep, 600_000, limit()).unwrap();
        let behind = pool.submit(logged, (scene.log.clone(), 3)).unwrap();
        assert_eq!(behind.join(), Ok(3));
        assert_eq!(overrun(slow.join()), (LIMIT, StoppedBy::Terminate));
    }
}

#[test]
fn in_a_map_the_limit_is_each_items_own() {
    const ITEMS: usize = 72;
    for transport in TRANSPORTS {
        let pool = pool(2, transport);
        // Together the items of a worker take longer, and each takes a small part of it, on a busy machine, too.
        let options = anypool_core::MapOptions::new().timeout(Duration::from_secs(3));
        let options = options.chunk(std::num::NonZeroUsize::new(ITEMS).unwrap());
        let naps = (0..ITEMS).map(|n| if n == 5 { 600_000 } else { 100 });
        let started = Instant::now();
        let outcomes: Vec<_> = pool.map_with(sleep, naps, options).collect();
        let lost: Vec<_> = (0..ITEMS).filter(|&n| outcomes[n].is_err()).collect();
        assert_eq!(lost, [5], "{outcomes:?}");
        assert!(started.elapsed() < PATIENCE);
    }
}
