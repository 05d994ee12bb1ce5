//! Workers that are stopped, at every step of a worker's life: they lose nothing when they go on, and
//! hold up no end when they do not.

use std::time::{Duration, Instant};

use anypool_core::{Executor as _, JobError, JobHandle};
use anypool_tests::Holdings;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::fault::{Action, Point, arm, disarm, victim};
use process_runner::{ProcessPool, Transport};

use crate::journal::Journal;
use crate::stage::{TRANSPORTS, eventually, play, play_many, pool, serves_on};
use crate::trial::echo;

/// Where a worker that has not been told to leave can be stopped.
const POINTS: [Point; 10] = [
    Point::WorkerForked,
    Point::WorkerBeforeHello,
    Point::WorkerAfterHello,
    Point::WorkerReading,
    Point::WorkerRead,
    Point::WorkerClaiming,
    Point::WorkerClaimed,
    Point::WorkerRan,
    Point::WorkerWriting,
    Point::WorkerReplied,
];

/// Far beyond the grace, far below what the pool waits for a hello.
const BOUND: Duration = Duration::from_secs(10);

/// A pool with jobs, one of whose workers is stopped at `point`.
fn stop_one(
    point: Point,
    transport: Transport,
    journal: &Journal,
) -> (ProcessPool, Vec<JobHandle<String>>, Pid) {
    arm(point, Action::Stop);
    let pool = pool(2, transport);
    let text = |job: usize| "t".repeat(if job % 3 == 1 { 1 << 20 } else { 10 });
    let submit = |job| pool.submit(echo, ((journal.pen(), job), text(job)));
    let handles = (0..9).map(|job| submit(job).unwrap()).collect();
    eventually("a worker is stopped", || victim(point).is_some());
    let pid = victim(point).unwrap();
    disarm(point);
    (pool, handles, Pid::from_raw(pid.cast_signed()))
}

#[test]
fn a_worker_stopped_at_any_step_does_not_hold_up_a_stop() {
    play_many("stops::now", || {
        for transport in TRANSPORTS {
            for point in POINTS {
                println!("{transport}, {point:?}");
                let (before, journal) = (Holdings::now(), Journal::new());
                let (pool, handles, _) = stop_one(point, transport, &journal);
                let started = Instant::now();
                pool.shutdown_now();
                let took = started.elapsed();
                assert!(took < BOUND, "{took:?}");
                for handle in handles {
                    match handle.join() {
                        Ok(_) | Err(JobError::Cancelled | JobError::Killed) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
                drop((pool, journal));
                before.wait_for();
            }
        }
    });
}

#[test]
fn a_worker_stopped_at_any_step_loses_nothing_when_it_goes_on() {
    play_many("stops::and_goes_on", || {
        for transport in TRANSPORTS {
            for point in POINTS {
                println!("{transport}, {point:?}");
                let (before, journal) = (Holdings::now(), Journal::new());
                let (pool, handles, pid) = stop_one(point, transport, &journal);
                kill(pid, Signal::SIGCONT).unwrap();
                assert!(handles.into_iter().all(|handle| handle.join().is_ok()));
                assert_eq!((journal.runs().len(), pool.stats().restarts), (9, 0));
                serves_on(&pool);
                drop((pool, journal));
                before.wait_for();
            }
        }
    });
}

#[test]
fn a_worker_stopped_before_its_hello_does_not_hold_up_the_end() {
    play("stops::before_hello", || {
        for transport in TRANSPORTS {
            for point in [Point::WorkerForked, Point::WorkerBeforeHello] {
                let (before, journal) = (Holdings::now(), Journal::new());
                let (pool, handles, _) = stop_one(point, transport, &journal);
                let started = Instant::now();
                pool.shutdown();
                let took = started.elapsed();
                assert!(took < BOUND, "{took:?} at {point:?}");
                // The other worker has done all of it.
                assert!(handles.into_iter().all(|handle| handle.join().is_ok()));
                drop((pool, journal));
                before.wait_for();
            }
        }
    });
}

#[test]
fn a_worker_stopped_at_its_goodbye_does_not_hold_up_the_end() {
    play("stops::at_goodbye", || {
        for transport in TRANSPORTS {
            let before = Holdings::now();
            let pool = pool(2, transport);
            serves_on(&pool);
            arm(Point::WorkerLeaving, Action::Stop);
            let started = Instant::now();
            pool.shutdown();
            let took = started.elapsed();
            assert!(took < BOUND, "{took:?}");
            assert!(victim(Point::WorkerLeaving).is_some());
            drop(pool);
            before.wait_for();
        }
    });
}
