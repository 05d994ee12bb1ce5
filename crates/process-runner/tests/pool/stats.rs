//! What a pool tells of itself while it runs, after deaths, and when it has ended.

use std::sync::Arc;
use std::time::Duration;

use anypool_core::{Executor as _, JobHandle, JobId, JobOptions, MapOptions, Retries, WorkerId};
use process_runner::{ProcessPool, ProcessPoolStats, RunningJob, WorkerState};

use crate::scene::{Scene, TRANSPORTS, eventually, gated, logged, pool, square};

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
        assert_eq!(ids, jobs.each_ref().map(JobHandle::id));
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
        // With a limit, each answer is sent by itself; without one, the first could wait for the second.
        let options = MapOptions::new().chunk(std::num::NonZeroUsize::new(3).unwrap());
        let options = options.timeout(Duration::from_secs(3_600));
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
