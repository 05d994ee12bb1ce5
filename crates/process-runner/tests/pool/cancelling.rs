//! What has not started can be cancelled, wherever it waits.

use anypool_core::{Executor as _, JobError};

use crate::scene::{Scene, TRANSPORTS, eventually, gated, logged, pool, square};

#[test]
fn queued_and_prefetched_jobs_cancel_and_never_run() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(1, transport);
        let stage = (scene.gate.clone(), scene.log.clone());
        let running = pool.submit(gated, (stage, 0)).unwrap();
        scene.log.wait_for("start 0");
        let queued: Vec<_> = (1..=5)
            .map(|n| pool.submit(logged, (scene.log.clone(), n)).unwrap())
            .collect();
        eventually("one job is sent ahead", || pool.stats().queued == 4);
        assert!(queued.iter().all(anypool_core::JobHandle::cancel));
        assert!(!running.cancel());
        for handle in queued {
            assert!(handle.is_finished());
            assert_eq!(handle.join(), Err(JobError::Cancelled));
        }
        let open = scene.gate.open();
        assert_eq!(running.join(), Ok(0));
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
        drop(open);
        assert_eq!(scene.log.lines(), ["start 0", "end 0"]);
        eventually("the queue is empty", || pool.stats().queued == 0);
        assert_eq!(pool.stats().restarts, 0);
    }
}

#[test]
fn cancelling_beside_a_busy_worker_harms_nobody() {
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        let mut cancelled = 0;
        for n in 0..2_000 {
            let first = pool.submit(square, n).unwrap();
            let second = pool.submit(square, n).unwrap();
            let third = pool.submit(square, n).unwrap();
            let was_cancelled = second.cancel();
            cancelled += u32::from(was_cancelled);
            let expected = if was_cancelled {
                Err(JobError::Cancelled)
            } else {
                Ok(n * n)
            };
            assert_eq!(second.join(), expected);
            assert_eq!((first.join(), third.join()), (Ok(n * n), Ok(n * n)));
        }
        assert!(cancelled > 0);
        assert_eq!(pool.stats().restarts, 0);
    }
}
