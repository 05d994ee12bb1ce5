//! The death of a template, the fork server that a pool with a preload has for itself, at every step of
//! its life: its own pool ends, with everybody told why, and no other notices.

use std::collections::BTreeSet;

use anypool_core::{Executor as _, JobError, JobHandle, SubmitError};
use anypool_tests::{Gate, Holdings, Pass};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::fault::{Action, Point, Times, arm, arm_for, disarm_all, victim};
use process_runner::{
    ProcessPool, ProcessPoolBuilder, StartError, Transport, WorkerState, WorkerStats, preloaded,
};

use crate::stage::{TRANSPORTS, all_serve, eventually, play_many, pool, quiet, serves_on, square};

const ACTIONS: [Action; 5] = [
    Action::Kill,
    Action::Segv,
    Action::Abort,
    Action::Exit(0),
    Action::Panic,
];

fn load(n: u64) -> Result<u64, String> {
    Ok(n)
}

fn loaded(_: u64) -> Option<u64> {
    preloaded().copied()
}

fn preloading(workers: usize, transport: Transport) -> ProcessPoolBuilder {
    quiet(workers, transport).preload(load, 77)
}

#[track_caller]
fn has_loaded(pool: &ProcessPool) {
    assert!(pool.map(loaded, 0..20).all(|found| found == Ok(Some(77))));
}

/// Plays a scene for every point, way to die and transport, beside a pool that is to notice nothing.
#[track_caller]
fn play_each(what: &str, points: &'static [Point], scene: fn(Point, Action, Transport)) {
    play_many(what, move || {
        for transport in TRANSPORTS {
            let other = pool(1, transport);
            all_serve(&other, 1);
            for &point in points {
                for action in ACTIONS {
                    println!("{point:?}, {action:?}, {transport}");
                    let before = Holdings::now();
                    scene(point, action, transport);
                    disarm_all();
                    before.wait_for();
                    serves_on(&other);
                }
            }
            assert_eq!(other.stats().restarts, 0);
            has_loaded(&preloading(1, transport).start().unwrap());
        }
    });
}

fn die_at_the_start(point: Point, action: Action, transport: Transport) {
    arm(point, action);
    let started = preloading(2, transport).start();
    let words = match action {
        Action::Kill => "died of SIGKILL",
        Action::Segv => "died of SIGSEGV",
        Action::Abort => "died of SIGABRT",
        Action::Exit(_) => "exited with code 0",
        _ => "exited with code 101",
    };
    match (point, started.unwrap_err()) {
        (Point::TemplateForked, StartError::Supervisor { what, error }) => {
            assert_eq!(what, "a template process");
            assert!(error.contains(words), "{error}");
        }
        (Point::TemplateOpened | Point::TemplatePreloaded, StartError::Preload { reason }) => {
            assert!(reason.contains(words), "{reason}");
        }
        (_, StartError::Supervisor { what, .. }) => assert_eq!(what, "the fork server"),
        (_, StartError::Worker { what, .. }) => assert_eq!(what, "the order to the fork server"),
        (_, error) => panic!("{error}"),
    }
    assert!(victim(point).is_some());
}

#[test]
fn death_of_a_template_fails_the_start_with_the_reason() {
    let points = &[
        Point::TemplateForked,
        Point::TemplateOpened,
        Point::TemplatePreloaded,
        Point::TemplateServing,
        Point::ZygoteOpened,
        Point::ZygoteForking,
        Point::ZygoteForked,
    ];
    play_each("template::start", points, die_at_the_start);
}

/// Three workers run, others wait; one worker's death makes the template reap and fork.
fn die_while_workers_are_busy(point: Point, action: Action, transport: Transport) {
    let gate = Gate::new();
    let pool = preloading(3, transport).start().unwrap();
    let enter = |n| pool.submit(Pass::enter, gate.pass(n)).unwrap();
    let handles: Vec<_> = (0..20).map(enter).collect();
    let visitors = gate.next_sorted(3);
    let started: BTreeSet<u64> = visitors.iter().map(|visitor| visitor.number).collect();
    arm(point, action);
    let worker = pool.stats().pids[&1].cast_signed();
    kill(Pid::from_raw(worker), Signal::SIGKILL).unwrap();
    for (n, outcome) in (0..).zip(handles.into_iter().map(JobHandle::join)) {
        match outcome {
            Err(JobError::WorkerDied(death)) => assert!(death.started, "job {n}"),
            Err(JobError::PoolFailed { reason }) => {
                assert!(!started.contains(&n), "job {n}");
                assert!(reason.contains("fork server"), "{reason}");
            }
            outcome => panic!("job {n}: {outcome:?}"),
        }
    }
    assert!(victim(point).is_some());
    let refused = pool.submit(square, 1);
    assert!(matches!(refused, Err(SubmitError::PoolFailed { .. })));
    pool.shutdown();
}

#[test]
fn death_of_a_template_while_workers_are_busy_ends_every_handle() {
    let points = &[
        Point::ZygoteReaped,
        Point::ZygoteForking,
        Point::ZygoteForked,
        Point::ZygoteReported,
    ];
    play_each("template::busy", points, die_while_workers_are_busy);
}

fn die_idle(_: Point, action: Action, transport: Transport) {
    let signal = match action {
        Action::Kill => Signal::SIGKILL,
        Action::Segv => Signal::SIGSEGV,
        _ => Signal::SIGTERM,
    };
    let pool = preloading(2, transport).start().unwrap();
    all_serve(&pool, 2);
    let parent = |_: u64| std::os::unix::process::parent_id();
    let template = pool.submit(parent, 0).unwrap().join().unwrap();
    kill(Pid::from_raw(template.cast_signed()), signal).unwrap();
    eventually("it refuses jobs", || {
        match pool.submit(square, 3).map(JobHandle::join) {
            Err(SubmitError::PoolFailed { reason }) => {
                assert!(reason.contains("fork server"), "{reason}");
                true
            }
            // Its end has not been noticed yet.
            Ok(Ok(9) | Err(JobError::WorkerDied(_) | JobError::PoolFailed { .. })) => false,
            other => panic!("{other:?}"),
        }
    });
    pool.shutdown();
}

#[test]
fn death_of_an_idle_template_fails_its_pool() {
    // The point is only there to be played at once.
    play_each("template::idle", &[Point::TemplateServing], die_idle);
}

#[test]
fn a_template_that_cannot_be_forked_is_told_by_the_start() {
    play_many("template::refused", || {
        for transport in TRANSPORTS {
            for errno in [Errno::EAGAIN, Errno::ENOMEM] {
                let before = Holdings::now();
                let twice = Times { skip: 0, count: 2 };
                arm_for(Point::TemplateForking, Action::Refuse(errno as i32), twice);
                for _ in 0..2 {
                    match preloading(1, transport).start().unwrap_err() {
                        StartError::Supervisor { what, error } => {
                            assert_eq!(what, "a template process");
                            assert_eq!(error, errno.to_string());
                        }
                        error => panic!("{error}"),
                    }
                }
                has_loaded(&preloading(1, transport).start().unwrap());
                before.wait_for();
            }
        }
    });
}

#[test]
fn workers_that_a_template_cannot_fork_only_delay_a_replacement() {
    play_many("template::forks", || {
        for transport in TRANSPORTS {
            let pool = preloading(1, transport).start().unwrap();
            all_serve(&pool, 1);
            let refused = Action::Refuse(Errno::EAGAIN as i32);
            let twice = Times { skip: 0, count: 2 };
            arm_for(Point::ZygoteForking, refused, twice);
            let worker = pool.stats().pids[&0].cast_signed();
            kill(Pid::from_raw(worker), Signal::SIGKILL).unwrap();
            eventually("it is replaced", || pool.stats().restarts == 3);
            has_loaded(&pool);
        }
    });
}

#[test]
fn a_template_stopped_as_it_forks_does_not_hold_up_an_end() {
    play_many("template::stopped", || {
        // Each takes seconds: the pool waits for a status, or a number, that never comes.
        be_stopped(Point::ZygoteReaped, Transport::Pipe);
        be_stopped(Point::ZygoteForking, Transport::Ipc);
    });
}

fn be_stopped(point: Point, transport: Transport) {
    let (before, gate) = (Holdings::now(), Gate::new());
    let pool = preloading(2, transport).start().unwrap();
    all_serve(&pool, 2);
    let busy = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    arm(point, Action::Stop);
    let workers = pool.stats().workers.into_iter();
    let mut idle = workers.filter(|worker| worker.running.is_none());
    let idle = idle.next().unwrap().pid.unwrap();
    kill(Pid::from_raw(idle.cast_signed()), Signal::SIGKILL).unwrap();
    eventually("it stops", || victim(point).is_some());
    // The other worker goes on, and nothing waits for the dead one.
    let next = pool.submit(square, 3).unwrap();
    visitor.let_go();
    assert_eq!((busy.join(), next.join()), (Ok(0), Ok(9)));
    let given_up = |worker: &WorkerStats| matches!(worker.state, WorkerState::BeingStopped(_));
    assert!(!pool.stats().workers.iter().any(given_up));
    pool.shutdown_now();
    drop((pool, gate));
    let template = victim(point).unwrap().cast_signed();
    kill(Pid::from_raw(template), Signal::SIGCONT).unwrap();
    before.wait_for();
}
