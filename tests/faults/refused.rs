//! What the kernel refuses: the fork, the memory of a status page, a pidfd.

use anypool_core::{Executor as _, ExitCause, JobError, JobHandle, SubmitError};
use anypool_tests::{Gate, Holdings, LONG, Pass};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::fault::{Action, Point, Times, arm_for, disarm, hits};
use process_runner::{OutputMode, ProcessPool, StartError, Transport};

use crate::stage::{
    TRANSPORTS, all_serve, eventually, play, play_for, play_many, pool, quiet, serves_on, square,
};

/// What can be refused, how, and what the error calls it.
const REFUSALS: [(Point, Errno, &str); 3] = [
    (Point::ZygoteForking, Errno::EAGAIN, "the fork"),
    (Point::ZygoteForking, Errno::ENOMEM, "the fork"),
    (Point::ParentPreparing, Errno::ENOMEM, "a status page"),
];

const ALWAYS: Times = Times {
    skip: 0,
    count: u64::MAX,
};

fn refuse(point: Point, errno: Errno, times: Times) {
    arm_for(point, Action::Refuse(errno as i32), times);
}

fn kill_worker(pool: &ProcessPool, slot: usize) {
    let pid = pool.stats().pids[&slot].cast_signed();
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
}

#[test]
fn a_refusal_at_the_start_is_told_and_leaves_nothing() {
    play_many("refused::start", || {
        for transport in TRANSPORTS {
            for (point, errno, called) in REFUSALS {
                for skip in 0..3 {
                    let before = Holdings::now();
                    refuse(point, errno, Times { skip, count: 1 });
                    let error = quiet(3, transport).start().unwrap_err();
                    let StartError::Worker {
                        worker,
                        what,
                        error,
                    } = error
                    else {
                        panic!("{error}");
                    };
                    assert_eq!((worker as u64, what), (skip, called));
                    assert_eq!(error, errno.to_string());
                    before.wait_for();
                    serves_on(&pool(3, transport));
                }
            }
        }
    });
}

#[test]
fn a_refusal_for_a_while_only_delays_a_replacement() {
    play_many("refused::a_while", || {
        for transport in TRANSPORTS {
            for (point, errno, _) in REFUSALS {
                for workers in [1, 2] {
                    println!("{point:?} {errno} {transport} {workers}");
                    let pool = pool(workers, transport);
                    all_serve(&pool, workers);
                    let before = hits(point);
                    refuse(point, errno, Times { skip: 0, count: 2 });
                    kill_worker(&pool, 0);
                    let handles: Vec<_> =
                        (0..20).map(|n| pool.submit(square, n).unwrap()).collect();
                    for (n, handle) in (0..).zip(handles) {
                        match handle.join() {
                            Ok(value) => assert_eq!(value, n * n),
                            // It had started before the kill took effect.
                            Err(JobError::WorkerDied(death)) => assert!(death.started),
                            Err(error) => panic!("{error}"),
                        }
                    }
                    eventually("it is replaced", || {
                        hits(point) == before + 3 && pool.stats().pids.len() == workers
                    });
                    serves_on(&pool);
                }
            }
        }
    });
}

#[test]
fn while_others_work_a_refusal_makes_the_pool_smaller_and_no_more() {
    play("refused::smaller", || {
        for transport in TRANSPORTS {
            let pool = pool(2, transport);
            all_serve(&pool, 2);
            let before = hits(Point::ZygoteForking);
            refuse(Point::ZygoteForking, Errno::EAGAIN, ALWAYS);
            kill_worker(&pool, 0);
            eventually("it is refused again and again", || {
                hits(Point::ZygoteForking) >= before + 5
            });
            serves_on(&pool);
            disarm(Point::ZygoteForking);
            eventually("both serve", || pool.stats().pids.len() == 2);
            serves_on(&pool);
        }
    });
}

/// A pool gives up after about 20 s of refusals.
fn refused_for_good(transport: Transport, point: Point, errno: Errno) {
    let (before, gate) = (Holdings::now(), Gate::new());
    let pool = pool(1, transport);
    let enter = |n| pool.submit(Pass::enter, gate.pass(n)).unwrap();
    let handles: Vec<_> = (0..10).map(enter).collect();
    let visitor = gate.next();
    refuse(point, errno, ALWAYS);
    kill_worker(&pool, 0);
    for (n, handle) in (0..).zip(handles) {
        match handle.join() {
            Err(JobError::WorkerDied(death)) => {
                assert!(death.started && n == visitor.number);
            }
            Err(JobError::PoolFailed { reason }) => {
                assert!(reason.contains(&errno.to_string()), "{reason}");
                assert_ne!(n, visitor.number);
            }
            outcome => panic!("{outcome:?}"),
        }
    }
    let refused = pool.submit(square, 1);
    assert!(matches!(refused, Err(SubmitError::PoolFailed { .. })));
    disarm(point);
    drop((pool, visitor, gate));
    before.wait_for();
}

#[test]
fn a_refusal_for_good_fails_the_pool_and_everybody_is_told() {
    play_many("refused::for_good", || {
        refused_for_good(Transport::Pipe, Point::ZygoteForking, Errno::EAGAIN);
    });
}

#[test]
#[ignore = "takes two minutes, as every pool gives up only after 20 s: every refusal on every transport"]
fn every_refusal_for_good_fails_the_pool_and_everybody_is_told() {
    play_for("refused::every", 10 * LONG, || {
        for transport in TRANSPORTS {
            for (point, errno, _) in REFUSALS {
                refused_for_good(transport, point, errno);
            }
        }
    });
}

#[test]
fn a_worker_without_a_pidfd_is_as_good_as_any() {
    play("refused::pidfd", || {
        for transport in TRANSPORTS {
            let (before, gate) = (Holdings::now(), Gate::new());
            refuse(Point::ZygoteForked, Errno::EMFILE, ALWAYS);
            let pool = pool(2, transport);
            all_serve(&pool, 2);
            for round in 1..=5 {
                let enter = |n| pool.submit(Pass::enter, gate.pass(n)).unwrap();
                let handles = [0, 1].map(enter);
                let visitors = gate.next_sorted(2);
                kill_worker(&pool, 0);
                eventually("it is replaced", || pool.stats().restarts == round);
                drop(visitors);
                let outcomes = handles.map(JobHandle::join);
                let died = |outcome: &Result<u64, JobError>| {
                    matches!(outcome, Err(JobError::WorkerDied(death))
                        if death.started && death.cause == ExitCause::Signal(9))
                };
                assert_eq!(outcomes.iter().filter(|outcome| died(outcome)).count(), 1);
                assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
                all_serve(&pool, 2);
            }
            disarm(Point::ZygoteForked);
            drop((pool, gate));
            before.wait_for();
        }
    });
}

#[test]
fn a_thread_for_output_that_cannot_start_fails_the_pool_and_leaves_nobody_waiting() {
    play_many("refused::output", || {
        for transport in TRANSPORTS {
            let before = Holdings::now();
            refuse(Point::ParentDelegating, Errno::EAGAIN, ALWAYS);
            let pool = quiet(2, transport)
                .output(OutputMode::PerJob)
                .start()
                .unwrap();
            let handles: Vec<_> = (0..20).map_while(|n| pool.submit(square, n).ok()).collect();
            for (n, handle) in (0..).zip(handles) {
                match handle.join() {
                    Ok(value) => assert_eq!(value, n * n),
                    Err(JobError::PoolFailed { reason }) => {
                        assert!(reason.starts_with("no thread for output"), "{reason}");
                    }
                    // It ran when the pool failed.
                    Err(JobError::Killed) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            eventually(
                "the pool has failed",
                || matches!(pool.submit(square, 1), Err(refused) if refused.to_string().contains("no thread for output")),
            );
            drop(pool);
            disarm(Point::ParentDelegating);
            before.wait_for();
        }
    });
}
