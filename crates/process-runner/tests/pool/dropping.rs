//! Dropping a pool, wherever that happens.

use std::future::Future as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

use anypool_core::{Executor as _, JobError};
use process_runner::ProcessPool;

use crate::scene::{PATIENCE, Scene, TRANSPORTS, gated, logged, pool, quiet, square};

#[test]
fn dropping_a_pool_waits_for_its_work() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(1, transport);
        let jobs: Vec<_> = (0..10)
            .map(|n| pool.submit(logged, (scene.log.clone(), n)).unwrap())
            .collect();
        drop(pool);
        assert_eq!(scene.log.lines().len(), 10);
        assert!(jobs.iter().all(anypool_core::JobHandle::is_finished));
    }
}

#[test]
fn a_pool_that_is_dropped_by_a_panic_does_not_wait() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(1, transport)
            .grace(Duration::from_millis(100))
            .start()
            .unwrap();
        let stage = (scene.gate.clone(), scene.log.clone());
        let jobs = [0, 1].map(|n| pool.submit(gated, (stage.clone(), n)).unwrap());
        scene.log.wait_for("start 0");
        let started = Instant::now();
        let unwinding = AssertUnwindSafe(move || {
            let _pool = pool;
            std::panic::resume_unwind(Box::new("the panic under test"));
        });
        assert!(catch_unwind(unwinding).is_err());
        assert!(started.elapsed() < PATIENCE);
        let outcomes = jobs.map(anypool_core::JobHandle::join);
        assert_eq!(outcomes, [Err(JobError::Killed), Err(JobError::Cancelled)]);
    }
}

#[test]
fn the_last_owner_may_be_a_callback() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = Arc::new(pool(1, transport));
        let stage = (scene.gate.clone(), scene.log.clone());
        let mut job = pool.submit(gated, (stage, 7)).unwrap();
        let (called, calls) = channel();
        let owner = Arc::clone(&pool);
        job.on_done(move |outcome| {
            let outcome = outcome.clone();
            let again = owner.submit(square, 7).unwrap();
            drop(owner);
            called.send((outcome, again)).unwrap();
        });
        drop(pool);
        let _open = scene.gate.open();
        let (outcome, again) = calls
            .recv_timeout(PATIENCE)
            .expect("the callback comes back");
        assert_eq!(outcome, Ok(7));
        assert_eq!(again.join_timeout(PATIENCE).unwrap(), Ok(49));
        assert_eq!(job.join_timeout(PATIENCE).unwrap(), Ok(7));
    }
}

#[test]
fn a_callback_that_drops_another_pool_waits_for_its_work() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let (first, second) = (pool(1, transport), pool(1, transport));
        let submit = |n| second.submit(logged, (scene.log.clone(), n)).unwrap();
        let others: Vec<_> = (0..200).map(submit).collect();
        let stage = (scene.gate.clone(), scene.log.clone());
        let mut job = first.submit(gated, (stage, 7)).unwrap();
        let (called, calls) = channel();
        job.on_done(move |_| {
            drop(second);
            let finished = others.iter().all(anypool_core::JobHandle::is_finished);
            called.send(finished).unwrap();
        });
        let _open = scene.gate.open();
        assert_eq!(calls.recv_timeout(PATIENCE), Ok(true));
        assert_eq!(job.join(), Ok(7));
    }
}

struct Owner(Mutex<Option<ProcessPool>>, Sender<()>);

impl Wake for Owner {
    fn wake(self: Arc<Self>) {
        drop(self.0.lock().unwrap().take());
        let _ = self.1.send(());
    }
}

#[test]
fn the_last_owner_may_be_a_waker() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(1, transport);
        let stage = (scene.gate.clone(), scene.log.clone());
        let mut job = pin!(pool.submit(gated, (stage, 7)).unwrap());
        let next = pool.submit(logged, (scene.log.clone(), 8)).unwrap();
        let (dropped, drops) = channel();
        let waker = Waker::from(Arc::new(Owner(Mutex::new(Some(pool)), dropped)));
        assert!(
            job.as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        let _open = scene.gate.open();
        drops.recv_timeout(PATIENCE).unwrap();
        assert_eq!(next.join(), Ok(8), "accepted work is done all the same");
    }
}
