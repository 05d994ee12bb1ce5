//! Jobs that may wait only for so long.

use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobOptions};
use process_runner::{WorkerState, WorkerStats};

use crate::scene::{Scene, TRANSPORTS, eventually, gated, logged, pool, quiet};

const LIMIT: Duration = Duration::from_millis(50);

#[test]
fn a_job_that_waits_too_long_never_starts() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(1, transport).queue(4).start().unwrap();
        let stage = (scene.gate.clone(), scene.log.clone());
        let running = pool.submit_with(
            gated,
            (stage, 0),
            JobOptions::new().queue_timeout(LIMIT * 200),
        );
        scene.log.wait_for("start 0");
        let impatient = JobOptions::new().queue_timeout(LIMIT);
        // The first of them has been sent ahead to the busy worker.
        let jobs = [1, 2, 3].map(|n| {
            let input = (scene.log.clone(), n);
            pool.submit_with(logged, input, impatient).unwrap()
        });
        for job in jobs {
            assert_eq!(job.join(), Err(JobError::QueueTimedOut { limit: LIMIT }));
        }
        // Their places in the queue are free again.
        let patient = [4, 5, 6].map(|n| pool.submit(logged, (scene.log.clone(), n)).unwrap());
        let open = scene.gate.open();
        assert_eq!(running.unwrap().join(), Ok(0));
        assert_eq!(patient.map(|job| job.join().unwrap()), [4, 5, 6]);
        drop((open, pool));
        let lines = ["start 0", "end 0", "ran 4", "ran 5", "ran 6"];
        assert_eq!(scene.log.lines(), lines);
    }
}

#[test]
fn running_is_not_waiting() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(1, transport)
            .queue_timeout(6 * LIMIT)
            .start()
            .unwrap();
        let is_idle = |worker: &WorkerStats| worker.state == WorkerState::Idle;
        eventually("the worker is there", || {
            pool.stats().workers.iter().all(is_idle)
        });
        let stage = (scene.gate.clone(), scene.log.clone());
        let running = pool.submit(gated, (stage, 0)).unwrap();
        scene.log.wait_for("start 0");
        // The event to wait for is that nothing happens for longer than the limit.
        let running = running.join_timeout(9 * LIMIT).unwrap_err();
        let _open = scene.gate.open();
        assert_eq!(running.join(), Ok(0));
    }
}

#[test]
fn many_jobs_expire_one_by_one() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(1, transport);
        let stage = (scene.gate.clone(), scene.log.clone());
        let running = pool.submit(gated, (stage, 0)).unwrap();
        scene.log.wait_for("start 0");
        let impatient =
            |n: u32| JobOptions::new().queue_timeout(Duration::from_micros(u64::from(n)));
        let jobs: Vec<_> = (0..20_000)
            .map(|n| pool.submit_with(|n: u32| n, n, impatient(n)).unwrap())
            .collect();
        for job in jobs {
            assert!(matches!(job.join(), Err(JobError::QueueTimedOut { .. })));
        }
        eventually("the queue is empty", || pool.stats().queued == 0);
        let _open = scene.gate.open();
        assert_eq!(running.join(), Ok(0));
    }
}

#[test]
fn the_items_of_a_map_wait_as_long_as_it_takes() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(1, transport)
            .queue_timeout(6 * LIMIT)
            .start()
            .unwrap();
        let stage = (scene.gate.clone(), scene.log.clone());
        let patient = JobOptions::new().queue_timeout(LIMIT * 200);
        let running = pool.submit_with(gated, (stage, 0), patient).unwrap();
        scene.log.wait_for("start 0");
        std::thread::scope(|scope| {
            let mapper = scope.spawn(|| pool.map(|n: u32| n, 0..50).collect::<Vec<_>>());
            eventually("the map has begun", || pool.stats().queued > 0);
            // It came later, so its time is over later than that of the items would be.
            let late = pool.submit(|n: u32| n, 1).unwrap();
            assert_eq!(
                late.join(),
                Err(JobError::QueueTimedOut { limit: 6 * LIMIT })
            );
            let _open = scene.gate.open();
            assert_eq!(running.join(), Ok(0));
            let outcomes = mapper.join().unwrap();
            assert!(outcomes.into_iter().eq((0..50).map(Ok)));
        });
    }
}
