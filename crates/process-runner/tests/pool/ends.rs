//! How workers have ended, and why, as the pool's figures tell it.

use std::time::Duration;

use anypool_core::{Executor as _, ExitCause, JobError, JobOptions};
use process_runner::{EndCause, WorkerState};

use crate::scene::{Scene, TRANSPORTS, eventually, pool, quiet, square};

fn abort(_: ()) {
    std::process::abort();
}

#[expect(
    clippy::disallowed_methods,
    clippy::exit,
    reason = "a worker that ends itself"
)]
fn exit_with(code: i32) {
    std::process::exit(code);
}

fn wait_for_ever(_: ()) {
    loop {
        std::thread::park();
    }
}

#[test]
fn every_end_has_its_cause() {
    for transport in TRANSPORTS {
        let pool = quiet(1, transport)
            .grace(Duration::from_millis(50))
            .start()
            .unwrap();
        let first = pool.stats().pids[&0];
        let aborted = pool.submit(abort, ()).unwrap();
        let id = aborted.id();
        assert!(matches!(aborted.join(), Err(JobError::WorkerDied(_))));
        let limit = JobOptions::new().timeout(Duration::from_millis(50));
        let late = pool.submit_with(wait_for_ever, (), limit).unwrap();
        assert!(matches!(late.join(), Err(JobError::TimedOut { .. })));
        assert!(pool.submit(exit_with, 3).unwrap().join().is_err());
        assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
        let stats = pool.stats();
        let ends: Vec<_> = stats.ends.clone().into_iter().collect();
        let abort = EndCause::Died(ExitCause::Signal(6));
        let exit = EndCause::Died(ExitCause::Code(3));
        assert_eq!(ends, [(abort, 1), (exit, 1), (EndCause::TimedOut, 1)]);
        let causes: Vec<_> = stats.deaths.iter().map(|end| end.cause).collect();
        assert_eq!(causes, [abort, EndCause::TimedOut, exit]);
        let death = &stats.deaths[0];
        assert_eq!((death.pid, death.job), (Some(first), Some(id)));
        assert_eq!((stats.restarts, stats.done), (3, 1));
        assert_eq!(stats.pids.len(), 1);
    }
}

#[test]
fn workers_that_are_let_go_are_no_deaths() {
    for transport in TRANSPORTS {
        let pool = quiet(1, transport).recycle_after(1).start().unwrap();
        for n in 0..3 {
            assert_eq!(pool.submit(square, n).unwrap().join(), Ok(n * n));
        }
        let recycled = || pool.stats().ends.get(&EndCause::Recycled).copied();
        eventually("three have left", || recycled() == Some(3));
        pool.shutdown();
        let stats = pool.stats();
        assert_eq!((stats.deaths.len(), stats.done), (0, 3));
        assert_eq!(stats.ends[&EndCause::Stopped], 1, "{stats:?}");
    }
}

#[test]
fn only_the_last_deaths_are_kept_and_all_are_counted() {
    for transport in TRANSPORTS {
        let pool = pool(2, transport);
        let jobs: Vec<_> = (0..20).map(|_| pool.submit(abort, ()).unwrap()).collect();
        assert!(jobs.into_iter().all(|job| job.join().is_err()));
        let stats = pool.stats();
        assert_eq!(stats.deaths.len(), 16);
        assert_eq!(stats.ends[&EndCause::Died(ExitCause::Signal(6))], 20);
    }
}

#[test]
fn a_worker_that_is_ended_by_force_says_why() {
    for transport in TRANSPORTS {
        let pool = quiet(1, transport)
            .grace(Duration::from_secs(60))
            .start()
            .unwrap();
        let scene = Scene::new();
        let stubborn = |log: crate::scene::Log, (): ()| {
            let mut term = nix::sys::signal::SigSet::empty();
            term.add(nix::sys::signal::Signal::SIGTERM);
            term.thread_block().unwrap();
            log.note("blocked");
            wait_for_ever(());
        };
        let limit = JobOptions::new().timeout(Duration::from_millis(300));
        let job = pool.submit_with(stubborn, (scene.log.clone(), ()), limit);
        scene.log.wait_for("blocked");
        let by_force = WorkerState::BeingStopped(EndCause::TimedOut);
        eventually("it is told to end", || {
            pool.stats().workers[0].state == by_force
        });
        assert!(pool.stats().workers[0].running.is_some());
        let pid = nix::unistd::Pid::from_raw(pool.stats().pids[&0].cast_signed());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
        assert!(matches!(
            job.unwrap().join(),
            Err(JobError::TimedOut { .. })
        ));
    }
}
