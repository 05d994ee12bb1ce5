//! What a pool tells of itself while it runs, after deaths, and when it has ended.

use std::sync::Arc;
use std::time::Duration;

use anypool_core::{
    Executor as _, ExitCause, JobError, JobId, JobOptions, MapOptions, Retries, WorkerId,
};
use process_runner::{EndCause, ProcessPool, ProcessPoolStats, RunningJob, WorkerState};

use crate::scene::{Scene, TRANSPORTS, eventually, gated, logged, pool, quiet, square};

fn running(stats: &ProcessPoolStats) -> Vec<&RunningJob> {
    let running = stats.workers.iter().filter_map(|w| w.running.as_ref());
    running.collect()
}

fn all_are(pool: &ProcessPool, state: WorkerState) -> bool {
    let workers = pool.stats().workers;
    workers.iter().all(|worker| worker.state == state)
}

#[test]
fn what_runs_and_what_waits_is_told() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(2, transport);
        // What was sent ahead to one that came first and then given to the other leaves traces.
        eventually("both are ready", || all_are(&pool, WorkerState::Idle));
        let stage = (scene.gate.clone(), scene.log.clone());
        let jobs = [1, 2].map(|n| pool.submit(gated, (stage.clone(), n)).unwrap());
        scene.log.wait_for("start 1");
        scene.log.wait_for("start 2");
        let waiting: Vec<_> = (0..5)
            .map(|n| pool.submit(logged, (scene.log.clone(), n)).unwrap())
            .collect();
        // One each is sent ahead.
        eventually("three wait", || pool.stats().queued == 3);
        let stats = pool.stats();
        assert!(stats.queued_bytes > 0, "{stats:?}");
        assert_eq!((stats.busy, stats.done, stats.age), (2, 0, Duration::ZERO));
        let mut ids: Vec<JobId> = running(&stats).iter().map(|run| run.job).collect();
        ids.sort_unstable();
        assert_eq!(ids, jobs.each_ref().map(|job| job.id()));
        for (slot, worker) in stats.workers.iter().enumerate() {
            assert_eq!(worker.worker, WorkerId(u32::try_from(slot).unwrap()));
            assert_eq!(worker.pid, stats.pids.get(&slot).copied());
            assert_eq!((worker.state, worker.ahead), (WorkerState::Busy, 1));
            assert!(worker.resident_bytes.is_some_and(|bytes| bytes > 4096));
            let run = worker.running.as_ref().unwrap();
            assert!(run.task.contains("gated"), "{run:?}");
            assert_eq!((run.item, run.attempt), (None, 1));
        }
        assert!(stats.sent_bytes > stats.received_bytes, "{stats:?}");
        let before = running(&stats)[0].age;
        eventually("it grows older", || running(&pool.stats())[0].age > before);
        let _open = scene.gate.open();
        assert!(jobs.into_iter().all(|job| job.join().is_ok()));
        assert!(waiting.into_iter().all(|job| job.join().is_ok()));
        // One that has been relieved of a job is idle when it has passed over it.
        eventually("both are idle", || all_are(&pool, WorkerState::Idle));
        let stats = pool.stats();
        assert_eq!((stats.done, stats.busy, stats.queued), (7, 0, 0));
        assert_eq!((stats.queued_bytes, running(&stats).len()), (0, 0));
        assert!(stats.received_bytes > 0);
        let done: u64 = stats.workers.iter().map(|worker| worker.done).sum();
        assert_eq!(done, 7);
    }
}

#[test]
fn the_item_of_a_map_that_runs_is_told() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(1, transport);
        let stage = (scene.gate.clone(), scene.log.clone());
        let options = MapOptions::new().chunk(std::num::NonZeroUsize::new(3).unwrap());
        let pass_second = |(gate, log): (crate::scene::Gate, crate::scene::Log), n: u32| {
            log.note(n);
            if n == 1 {
                gate.pass();
            }
        };
        let inputs = (0..3).map(|n| (stage.clone(), n));
        let mut map = pool.map_with(pass_second, inputs, options);
        scene.log.wait_for("1");
        let stats = pool.stats();
        assert_eq!(running(&stats)[0].item, Some(1), "{stats:?}");
        eventually("the first is answered", || pool.stats().done == 1);
        let _open = scene.gate.open();
        assert!(map.all(|outcome| outcome.is_ok()));
    }
}

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
fn attempts_are_told_while_they_wait_and_while_they_run() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(1, transport);
        let fail_once = |(gate, log): (crate::scene::Gate, crate::scene::Log),
                         ctx: &anypool_core::Context| {
            log.note(format_args!("attempt {}", ctx.attempt()));
            assert!(ctx.attempt() > 1, "the first attempt fails");
            gate.pass();
        };
        let pause = Duration::from_secs(1);
        let retries = Retries::new(1).delay(pause).jitter(false);
        let options = JobOptions::new().retries(retries);
        let stage = (scene.gate.clone(), scene.log.clone());
        let job = pool.submit_with(fail_once, stage, options).unwrap();
        eventually("it waits for its second attempt", || {
            let stats = pool.stats();
            (stats.awaiting_retry, stats.queued, stats.retries) == (1, 1, 1)
        });
        scene.log.wait_for("attempt 2");
        let stats = pool.stats();
        assert_eq!(running(&stats)[0].attempt, 2);
        assert_eq!(stats.awaiting_retry, 0);
        let _open = scene.gate.open();
        assert_eq!(job.join(), Ok(()));
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
        assert_eq!(running(&pool.stats()).len(), 1);
        let pid = nix::unistd::Pid::from_raw(pool.stats().pids[&0].cast_signed());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
        assert!(matches!(
            job.unwrap().join(),
            Err(JobError::TimedOut { .. })
        ));
    }
}

fn assert_final(pool: &ProcessPool, done: u64) {
    let stats = pool.stats();
    assert_eq!((stats.done, stats.queued, stats.busy), (done, 0, 0));
    assert_eq!((stats.workers.len(), stats.pids.len()), (0, 0));
    assert_eq!(stats.age, Duration::ZERO);
    assert!(stats.sent_bytes > 0 && stats.received_bytes > 0);
}

#[test]
fn figures_come_while_a_pool_stops_and_when_it_has_ended() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = Arc::new(pool(2, transport));
        let stage = (scene.gate.clone(), scene.log.clone());
        let job = pool.submit(gated, (stage, 0)).unwrap();
        scene.log.wait_for("start 0");
        let stopped = Arc::clone(&pool);
        let stop = std::thread::Builder::new().spawn(move || stopped.shutdown());
        let mut more = 0;
        eventually("it drains", || {
            let accepted = pool.try_submit(square, 1);
            more += u64::from(accepted.is_ok());
            accepted.is_err()
        });
        eventually("one job is left", || pool.stats().busy == 1);
        assert_eq!(running(&pool.stats()).len(), 1);
        let _open = scene.gate.open();
        stop.unwrap().join().unwrap();
        assert_eq!(job.join(), Ok(0));
        assert_final(&pool, 1 + more);
    }
}

#[test]
fn figures_are_asked_for_from_everywhere_at_once() {
    for transport in TRANSPORTS {
        let pool = pool(2, transport);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        assert_eq!(pool.stats().age, Duration::ZERO);
                    }
                });
            }
            for n in 0..1_000 {
                assert_eq!(pool.submit(square, n).unwrap().join(), Ok(n * n));
                assert_eq!(pool.stats().done, n + 1, "what has been joined is counted");
            }
            pool.shutdown();
        });
        assert_final(&pool, 1_000);
    }
}

#[test]
fn a_waker_and_a_callback_may_ask_for_figures() {
    use std::future::Future as _;
    use std::sync::mpsc;
    use std::task::{Context, Wake, Waker};

    struct Asker(Arc<ProcessPool>, mpsc::Sender<usize>);
    impl Wake for Asker {
        fn wake(self: Arc<Self>) {
            let _ = self.1.send(self.0.stats().pids.len());
        }
    }
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = Arc::new(pool(1, transport));
        let (told, heard) = mpsc::channel();
        let stage = (scene.gate.clone(), scene.log.clone());
        let mut job = Box::pin(pool.submit(gated, (stage.clone(), 0)).unwrap());
        let waker = Waker::from(Arc::new(Asker(Arc::clone(&pool), told.clone())));
        let polled = job.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
        let mut second = pool.submit(gated, (stage, 1)).unwrap();
        let asked = Arc::clone(&pool);
        second.on_done(move |_| {
            let _ = told.send(asked.stats().pids.len());
        });
        let _open = scene.gate.open();
        for _ in 0..2 {
            assert_eq!(heard.recv_timeout(crate::scene::PATIENCE), Ok(1));
        }
    }
}
