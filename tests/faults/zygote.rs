//! The death of the fork server, at every step of its life. It cannot be replaced, so pools end, with
//! everybody told why; each death is played in a program of its own.

use std::collections::BTreeSet;

use anypool_core::{Executor as _, JobError, JobHandle, SubmitError};
use anypool_tests::{Gate, Holdings, Pass, children_of};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::fault::{Action, Point, arm, victim};
use process_runner::{InitError, ProcessPool, StartError, Transport};

use crate::again::{again, case_of};
use crate::stage::{
    TRANSPORTS, all_serve, eventually, play, play_many, pool, quiet, serves_on, square,
};

const ACTIONS: [Action; 3] = [Action::Kill, Action::Abort, Action::Exit(5)];

/// A case: where, how, and over which transport.
type Case = (Point, Action, Transport);

fn cases(points: &[Point]) -> Vec<Case> {
    let mut cases = Vec::new();
    for &point in points {
        for action in ACTIONS {
            cases.extend(TRANSPORTS.map(|transport| (point, action, transport)));
        }
    }
    cases
}

/// Plays every case in a program of its own.
#[track_caller]
fn play_each(test: &'static str, points: &[Point], scene: fn(Case)) {
    let cases = cases(points);
    match case_of(test) {
        Some(case) => play("zygote::case", move || scene(cases[case])),
        None => play_many("zygote::cases", move || {
            for (case, parts) in cases.iter().enumerate() {
                println!("{parts:?}");
                again(test, case).must_pass();
            }
        }),
    }
}

/// After the fork server is gone, nothing starts, and the error says so.
#[track_caller]
fn nothing_starts(transport: Transport) {
    match quiet(1, transport).start().unwrap_err() {
        StartError::Init(InitError::Gone { .. }) => {}
        StartError::Supervisor { what, .. } => assert_eq!(what, "the fork server"),
        StartError::Worker { what, .. } => assert_eq!(what, "the order to the fork server"),
        error => panic!("{error}"),
    }
}

/// Every handle ends: those of jobs in `started` by a worker's death, the others by the pool's
/// failure, unless a replacement had started them as well.
#[track_caller]
fn all_end(handles: Vec<JobHandle<u64>>, started: &BTreeSet<u64>) {
    for (n, handle) in (0..).zip(handles) {
        match handle.join() {
            Err(JobError::WorkerDied(death)) => assert!(death.started, "job {n}"),
            Err(JobError::PoolFailed { reason }) => {
                assert!(!started.contains(&n), "job {n}");
                assert!(reason.contains("fork server"), "{reason}");
            }
            outcome => panic!("job {n}: {outcome:?}"),
        }
    }
}

fn die_at_the_start((point, action, transport): Case) {
    let before = Holdings::now();
    arm(point, action);
    match quiet(3, transport).start() {
        Err(StartError::Supervisor { what, .. }) => assert_eq!(what, "the fork server"),
        Err(StartError::Worker { what, .. }) => assert_eq!(what, "the order to the fork server"),
        // It had reported all workers before it died.
        Ok(pool) => pool.shutdown(),
        Err(error) => panic!("{error}"),
    }
    assert!(victim(point).is_some());
    nothing_starts(transport);
    before.wait_for();
}

#[test]
fn death_of_the_fork_server_fails_the_start_with_the_reason() {
    let points = [
        Point::ZygoteOpened,
        Point::ZygoteForking,
        Point::ZygoteForked,
        Point::ZygoteReported,
    ];
    let test = "zygote::death_of_the_fork_server_fails_the_start_with_the_reason";
    play_each(test, &points, die_at_the_start);
}

/// Three workers run, others wait; one worker's death makes the fork server reap and fork.
fn die_while_workers_are_busy((point, action, transport): Case) {
    let before = Holdings::now();
    let gate = Gate::new();
    let pool = pool(3, transport);
    let enter = |n| pool.submit(Pass::enter, gate.pass(n)).unwrap();
    let handles: Vec<_> = (0..20).map(enter).collect();
    let visitors = gate.next_sorted(3);
    let started = visitors.iter().map(|visitor| visitor.number).collect();
    arm(point, action);
    let worker = pool.stats().pids[&1].cast_signed();
    kill(Pid::from_raw(worker), Signal::SIGKILL).unwrap();
    all_end(handles, &started);
    assert!(victim(point).is_some());
    let refused = pool.submit(square, 1);
    assert!(matches!(refused, Err(SubmitError::PoolFailed { .. })));
    pool.shutdown();
    nothing_starts(transport);
    drop((pool, visitors, gate));
    before.wait_for();
}

#[test]
fn death_of_the_fork_server_while_workers_are_busy_ends_every_handle() {
    let points = [
        Point::ZygoteReaped,
        Point::ZygoteForking,
        Point::ZygoteForked,
        Point::ZygoteReported,
    ];
    let test = "zygote::death_of_the_fork_server_while_workers_are_busy_ends_every_handle";
    play_each(test, &points, die_while_workers_are_busy);
}

fn zygote() -> Pid {
    let zygotes = children_of(std::process::id());
    assert_eq!(zygotes.len(), 1);
    Pid::from_raw(zygotes[0].cast_signed())
}

#[test]
fn death_of_an_idle_fork_server_fails_idle_pools() {
    let test = "zygote::death_of_an_idle_fork_server_fails_idle_pools";
    let signals = [Signal::SIGKILL, Signal::SIGTERM, Signal::SIGSEGV];
    if let Some(case) = case_of(test) {
        return play("zygote::case", move || {
            let pools = TRANSPORTS.map(|transport| pool(2, transport));
            pools.iter().for_each(serves_on);
            kill(zygote(), signals[case]).unwrap();
            for pool in &pools {
                eventually("it refuses jobs, or fails them", || {
                    match pool.submit(square, 3).map(JobHandle::join) {
                        Err(SubmitError::PoolFailed { reason }) => {
                            assert!(reason.contains("fork server"), "{reason}");
                            true
                        }
                        // Its end has not been noticed yet.
                        Ok(Ok(9) | Err(JobError::WorkerDied(_) | JobError::PoolFailed { .. })) => {
                            false
                        }
                        other => panic!("{other:?}"),
                    }
                });
                pool.shutdown();
            }
            nothing_starts(Transport::Pipe);
        });
    }
    play_many("zygote::cases", move || {
        (0..signals.len()).for_each(|case| again(test, case).must_pass());
    });
}

/// How the fork server is stopped, and what becomes of the pool then.
type Pause = (Transport, fn(), fn(&ProcessPool));

const PAUSES: [Pause; 4] = [
    (Transport::Pipe, stop_zygote, |_| go_on()),
    (Transport::Ipc, stop_zygote, |_| go_on()),
    // These take seconds: the pool waits for a status, or a number, that never comes.
    (Transport::Pipe, stop_zygote, |pool| {
        pool.shutdown_now();
    }),
    (
        Transport::Ipc,
        || arm(Point::ZygoteForking, Action::Stop),
        |pool| {
            eventually("it stops", || victim(Point::ZygoteForking).is_some());
            pool.shutdown();
        },
    ),
];

fn stop_zygote() {
    kill(zygote(), Signal::SIGSTOP).unwrap();
}

fn go_on() {
    kill(zygote(), Signal::SIGCONT).unwrap();
}

/// While it is stopped, nobody is reaped or replaced; nothing is lost, and an end is bounded.
fn be_stopped((transport, stop, end): Pause) {
    let before = Holdings::now();
    let pool = pool(2, transport);
    all_serve(&pool, 2);
    stop();
    let worker = pool.stats().pids[&0].cast_signed();
    kill(Pid::from_raw(worker), Signal::SIGKILL).unwrap();
    let handles: Vec<_> = (0..5).map(|n| pool.submit(square, n).unwrap()).collect();
    end(&pool);
    for (n, handle) in (0..).zip(handles) {
        match handle.join() {
            Ok(value) => assert_eq!(value, n * n),
            Err(JobError::WorkerDied(death)) => assert!(death.started),
            Err(JobError::Cancelled | JobError::Killed) => {}
            Err(error) => panic!("{error}"),
        }
    }
    drop(pool);
    go_on();
    before.wait_for();
}

#[test]
fn a_stopped_fork_server_loses_nothing_and_does_not_hold_up_an_end() {
    let test = "zygote::a_stopped_fork_server_loses_nothing_and_does_not_hold_up_an_end";
    if let Some(case) = case_of(test) {
        return play("zygote::case", move || be_stopped(PAUSES[case]));
    }
    play_many("zygote::cases", move || {
        (0..PAUSES.len()).for_each(|case| again(test, case).must_pass());
    });
}
