//! Stopping in bounded time, whatever does not come to an end.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anypool_core::{Executor as _, Host, JobError, Origin, Stream};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::{LeftBehind, OutputMode, ProcessPool, StopReport};

use crate::leaks::children_of;
use crate::scene::{
    PATIENCE, Scene, TRANSPORTS, alone, eventually, gated, is_gone, pool, quiet, square,
};

const GRACE: Duration = Duration::from_millis(300);

/// Far less than for ever, far more than any grace here.
const BOUND: Duration = Duration::from_secs(30);

/// Stops `pool` now, which must not take for ever.
fn stop(pool: &ProcessPool) -> StopReport {
    let started = Instant::now();
    let report = pool.shutdown_now();
    let took = started.elapsed();
    assert!(took < BOUND, "{took:?}");
    report
}

/// A host that does not come back from its first write until it is let go.
struct Stuck {
    arrived: Mutex<Sender<()>>,
    gate: Mutex<Receiver<()>>,
}

impl Stuck {
    fn new() -> (Arc<Self>, Receiver<()>, Sender<()>) {
        let (arrived, arrival) = channel();
        let (open, gate) = channel();
        let (arrived, gate) = (Mutex::new(arrived), Mutex::new(gate));
        (Arc::new(Self { arrived, gate }), arrival, open)
    }
}

impl Host for Stuck {
    fn write(&self, _: Origin, _: Stream, _: &[u8]) -> io::Result<()> {
        let arrived = self.arrived.lock();
        // The test may have ended.
        let _ = arrived.unwrap_or_else(PoisonError::into_inner).send(());
        let gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = gate.recv();
        Ok(())
    }
}

fn say(n: u64) -> u64 {
    println!("{n}");
    n
}

#[test]
fn a_host_that_never_takes_a_line_holds_up_neither_a_stop_nor_a_handle() {
    for transport in TRANSPORTS {
        for mode in [OutputMode::PerWorker, OutputMode::PerJob] {
            let (host, arrival, open) = Stuck::new();
            let builder = quiet(2, transport).grace(GRACE).host(host).output(mode);
            let pool = builder.start().unwrap();
            let jobs = [1, 2, 3].map(|n| pool.submit(say, n).unwrap());
            arrival.recv_timeout(PATIENCE).unwrap();
            let report = stop(&pool);
            assert!(
                matches!(report.left_behind[..], [LeftBehind::Output { .. }]),
                "{report:?}"
            );
            for (n, job) in (1..).zip(jobs) {
                let outcome = job.join_timeout(PATIENCE);
                // The settlement of the first may be behind its own line, with the host.
                match outcome {
                    Ok(Ok(value)) => assert_eq!(value, n),
                    Ok(Err(error)) => {
                        assert!(matches!(error, JobError::Cancelled | JobError::Killed));
                    }
                    Err(job) => panic!("{mode:?}: {job:?}"),
                }
            }
            // What was left behind is not waited for again.
            drop(pool);
            drop(open);
        }
    }
}

#[test]
fn a_drain_that_a_host_holds_up_is_cut_short() {
    for transport in TRANSPORTS {
        let (host, arrival, open) = Stuck::new();
        let builder = quiet(1, transport).grace(GRACE).host(host);
        let pool = builder.start().unwrap();
        let job = pool.submit(say, 1).unwrap();
        arrival.recv_timeout(PATIENCE).unwrap();
        assert_eq!(job.join(), Ok(1));
        let report = pool.shutdown_timeout(GRACE).unwrap_err();
        let undelivered = 0;
        let left = [LeftBehind::Output { undelivered }];
        assert_eq!((report.cancelled, report.killed.len()), (0, 0));
        assert_eq!(report.left_behind, left);
        drop(pool);
        drop(open);
    }
}

#[test]
fn a_callback_that_never_returns_holds_up_its_own_job_alone() {
    for transport in TRANSPORTS {
        let pool = quiet(1, transport).grace(GRACE).start().unwrap();
        let (arrived, arrival) = channel();
        let (open, gate) = channel::<()>();
        // Neither job ends before somebody wants to be called.
        let scene = Scene::new();
        let stage = (scene.gate.clone(), scene.log.clone());
        let mut stuck = pool.submit(gated, (stage, 4)).unwrap();
        stuck.on_done(move |_| {
            arrived.send(()).unwrap();
            let _ = gate.recv();
        });
        let first = scene.gate.open();
        arrival.recv_timeout(PATIENCE).unwrap();
        let scene = Scene::new();
        let stage = (scene.gate.clone(), scene.log.clone());
        let mut behind = pool.submit(gated, (stage, 9)).unwrap();
        let (called, calls) = channel();
        behind.on_done(move |_| called.send(()).unwrap());
        let passed = scene.gate.open();
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
        let report = stop(&pool);
        let left = [LeftBehind::Callbacks { uncalled: 1 }];
        assert_eq!(report.left_behind, left);
        assert_eq!(behind.join_timeout(PATIENCE).unwrap(), Ok(9));
        assert!(calls.try_recv().is_err(), "it was dropped uncalled");
        assert!(!stuck.is_finished());
        drop((pool, first, passed));
        drop(open);
        assert_eq!(stuck.join_timeout(PATIENCE).unwrap(), Ok(4));
    }
}

#[test]
fn a_worker_that_writes_a_large_value_is_stopped_in_the_middle() {
    fn large(scene: crate::scene::Log) -> Vec<u8> {
        scene.note("large");
        vec![7; 64 << 20]
    }
    for transport in TRANSPORTS {
        for round in 0..6 {
            let scene = Scene::new();
            let pool = quiet(1, transport).grace(GRACE).start().unwrap();
            let job = pool.submit(large, scene.log.clone()).unwrap();
            scene.log.wait_for("large");
            // Somewhere on the way; where, differs from round to round.
            std::thread::sleep(Duration::from_millis(10 * round));
            let report = stop(&pool);
            assert_eq!(report.left_behind, []);
            match job.join_timeout(PATIENCE).unwrap() {
                Ok(value) => assert_eq!(value.len(), 64 << 20),
                Err(error) => assert_eq!(error, JobError::Killed),
            }
        }
    }
}

#[test]
fn a_fork_server_that_is_stopped_holds_up_no_stop() {
    if !alone("bounded::a_fork_server_that_is_stopped_holds_up_no_stop") {
        return;
    }
    let zygote = Pid::from_raw(children_of(std::process::id())[0].cast_signed());
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let stopped = quiet(2, transport).grace(GRACE).start().unwrap();
        let stage = (scene.gate.clone(), scene.log.clone());
        let running = stopped.submit(gated, (stage, 0)).unwrap();
        scene.log.wait_for("start 0");
        let pids = stopped.stats().pids;
        kill(zygote, Signal::SIGSTOP).unwrap();
        let report = stop(&stopped);
        let killed = report.killed[0].pid;
        let left = LeftBehind::Process { pid: killed };
        assert!(report.left_behind.contains(&left), "{report:?}");
        assert_eq!(running.join(), Err(JobError::Killed));
        drop(stopped);
        kill(zygote, Signal::SIGCONT).unwrap();
        for pid in pids.into_values() {
            eventually("it is gone", || is_gone(pid.cast_signed()));
        }
        let again = pool(1, transport);
        assert_eq!(again.submit(square, 3).unwrap().join(), Ok(9));
    }
}

#[test]
#[ignore = "takes as long as a worker may take to start: 40 s"]
fn a_fork_server_that_is_stopped_is_told_at_the_start() {
    if !alone("bounded::a_fork_server_that_is_stopped_is_told_at_the_start") {
        return;
    }
    let zygote = Pid::from_raw(children_of(std::process::id())[0].cast_signed());
    for transport in TRANSPORTS {
        kill(zygote, Signal::SIGSTOP).unwrap();
        let error = quiet(2, transport).start().unwrap_err();
        assert!(error.to_string().contains("does not answer"), "{error}");
        kill(zygote, Signal::SIGCONT).unwrap();
        let again = pool(1, transport);
        assert_eq!(again.submit(square, 3).unwrap().join(), Ok(9));
    }
    eventually("no worker of the first pools is left", || {
        children_of(zygote.as_raw().cast_unsigned())
            .into_iter()
            .all(|pid| is_gone(pid.cast_signed()))
    });
}

#[test]
fn several_threads_that_stop_a_pool_all_come_back() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(2, transport);
        let stage = (scene.gate.clone(), scene.log.clone());
        let running = pool.submit(gated, (stage, 0)).unwrap();
        scene.log.wait_for("start 0");
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let pool = &pool;
                scope.spawn(move || match thread {
                    0 => pool.shutdown(),
                    1 => drop(pool.shutdown_timeout(Duration::from_millis(50))),
                    _ => drop(pool.shutdown_now()),
                });
            }
        });
        assert_eq!(running.join(), Err(JobError::Killed));
    }
}
