//! Tasks that do what no task should.

use std::future::Future as _;
use std::pin::Pin;
use std::process::Command;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

use anypool_core::{Executor as _, JobError, JobOptions, StoppedBy};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, close, getpgid, getppid, setpgid};
use process_runner::{OutputMode, Transport};

use crate::deaths::death;
use crate::scene::{
    Log, PATIENCE, Scene, TRANSPORTS, alone, eventually, gated, overrun, patient, pool, quiet,
    square,
};

const LIMIT: Duration = Duration::from_millis(200);

fn leave_the_group(log: Log) {
    let elsewhere = getpgid(Some(getppid())).unwrap();
    setpgid(Pid::from_raw(0), elsewhere).unwrap();
    log.note("left");
    std::thread::park_timeout(PATIENCE * 10);
}

#[test]
fn a_task_that_leaves_its_process_group_is_stopped_all_the_same() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = patient(1, transport);
        let options = JobOptions::new().timeout(LIMIT);
        let job = pool
            .submit_with(leave_the_group, scene.log.clone(), options)
            .unwrap();
        let limit = LIMIT;
        let stopped_by = StoppedBy::Terminate;
        assert_eq!(overrun(job.join()), (limit, stopped_by));
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
    }
}

fn close_everything(_: ()) -> u32 {
    (3..200).map(|fd| u32::from(close(fd).is_ok())).sum()
}

#[test]
fn a_task_that_closes_descriptors_costs_its_own_job() {
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        for _ in 0..2 {
            match pool.submit(close_everything, ()).unwrap().join() {
                // What is written into shared memory is there, and who waits for it is told without them.
                Ok(_) => assert_eq!(transport, Transport::Shm),
                died => assert!(death(died).started),
            }
            assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
        }
    }
}

fn close_and_wait(log: Log) {
    close_everything(());
    log.note("closed");
    std::thread::park_timeout(PATIENCE * 10);
}

/// The processor time that this process has used, in clock ticks.
fn ticks_used() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn a_worker_that_has_hung_up_and_runs_on_costs_no_processor_time() {
    if !alone("hostile::a_worker_that_has_hung_up_and_runs_on_costs_no_processor_time") {
        return;
    }
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = quiet(1, transport).start().unwrap();
        let job = pool.submit(close_and_wait, scene.log.clone()).unwrap();
        scene.log.wait_for("closed");
        let before = ticks_used();
        let job = job.join_timeout(Duration::from_secs(1)).unwrap_err();
        let used = ticks_used() - before;
        assert!(used < 30, "{used} ticks over {transport}");
        pool.shutdown_now();
        assert_eq!(job.join(), Err(JobError::Killed));
    }
}

fn leave_a_daemon(log: Log) {
    let mut daemon = Command::new("setsid");
    let daemon = daemon.args(["sleep", "1000"]).spawn().unwrap();
    log.note(format_args!("daemon {}", daemon.id()));
    std::process::abort();
}

#[test]
fn a_daemon_that_keeps_the_outputs_open_does_not_hold_up_the_burial() {
    for transport in TRANSPORTS {
        let scene = Scene::new();
        let pool = pool(1, transport);
        let started = Instant::now();
        let job = pool.submit(leave_a_daemon, scene.log.clone()).unwrap();
        assert!(death(job.join()).started);
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
        drop(pool);
        assert!(started.elapsed() < PATIENCE);
        let daemon = scene.log.wait_for_number("daemon ");
        let _ = kill(Pid::from_raw(daemon), Signal::SIGKILL);
    }
}

fn long(text: String) -> String {
    text
}

#[test]
fn a_worker_killed_with_large_payloads_under_way_costs_one_job() {
    for transport in TRANSPORTS {
        let pool = pool(1, transport);
        for round in 0..10 {
            let text = "l".repeat(24 << 20);
            let job = pool.submit(long, text.clone()).unwrap();
            eventually("it is given", || pool.stats().busy == 1);
            std::thread::sleep(Duration::from_millis(round * 4));
            let pid = pool.stats().pids[&0].cast_signed();
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            match job.join_timeout(PATIENCE).expect("every job ends") {
                Ok(value) => assert!(value == text),
                Err(error) => assert!(death(Err::<(), _>(error)).started),
            }
            assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
        }
    }
}

#[test]
fn many_threads_may_use_one_pool() {
    for transport in TRANSPORTS {
        let pool = pool(3, transport);
        std::thread::scope(|scope| {
            for thread in 0..16u64 {
                let pool = &pool;
                scope.spawn(move || {
                    for n in 0..200 {
                        let job = pool.submit(square, thread * n).unwrap();
                        assert_eq!(job.join(), Ok(thread * thread * n * n));
                    }
                });
            }
        });
        assert_eq!(pool.stats().queued, 0);
    }
}

/// Panics when its future is ready.
struct Startled;

impl Wake for Startled {
    fn wake(self: Arc<Self>) {
        panic!("a waker that panics, as the test wants it to");
    }
}

#[test]
fn a_waker_that_panics_harms_nobody_else() {
    for transport in TRANSPORTS {
        for mode in [OutputMode::PerWorker, OutputMode::PerJob] {
            let scene = Scene::new();
            let pool = quiet(1, transport).output(mode).start().unwrap();
            let stage = (scene.gate.clone(), scene.log.clone());
            let mut job = pool.submit(gated, (stage, 3)).unwrap();
            let waker = Waker::from(Arc::new(Startled));
            let polled = Pin::new(&mut job).poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
            let _open = scene.gate.open();
            let other = pool.submit(square, 4).unwrap();
            assert_eq!(other.join_timeout(PATIENCE).unwrap(), Ok(16));
            assert_eq!(job.join_timeout(PATIENCE).unwrap(), Ok(3));
        }
    }
}
