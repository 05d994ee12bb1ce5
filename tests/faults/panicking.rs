//! A panic in the supervisor, which is a bug of ours, at every step: the pool has failed, and nobody
//! waits for ever.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobHandle, JobOptions, Retries, SubmitError};
use anypool_tests::{Gate, Holdings, LONG, Pass, Visitor};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use process_runner::fault::{Action, Point, arm, disarm_all, victim};
use process_runner::{OutputMode, PoolEvent, ProcessPool, StartError, Transport};

use crate::stage::{TRANSPORTS, all_serve, eventually, play_many, quiet, serves_on, square};

/// What makes the supervisor come to a point.
type Trigger = fn(&ProcessPool, &mut Vec<Visitor>, &[JobHandle<u64>]);

const TRIGGERS: [(Point, Trigger); 11] = [
    (Point::ParentAccepting, submit),
    (Point::ParentListening, answer),
    (Point::ParentRead, answer),
    (Point::ParentSettling, answer),
    (Point::ParentSettled, answer),
    (Point::ParentStopping, |_, _, started| {
        assert!(started[0].kill());
    }),
    (Point::ParentBurying, bury),
    (Point::ParentSettling, bury),
    (Point::ParentPreparing, bury),
    (Point::ParentOrdering, bury),
    (Point::ParentOrdered, bury),
];

fn submit(pool: &ProcessPool, _: &mut Vec<Visitor>, _: &[JobHandle<u64>]) {
    // The pool may refuse what comes right behind.
    let lost = pool.submit(square, 3).map(JobHandle::join);
    assert_pool_failed(&lost.unwrap());
}

fn answer(_: &ProcessPool, visitors: &mut Vec<Visitor>, _: &[JobHandle<u64>]) {
    visitors.remove(0).let_go();
}

fn bury(pool: &ProcessPool, _: &mut Vec<Visitor>, _: &[JobHandle<u64>]) {
    let worker = pool.stats().pids[&1].cast_signed();
    kill(Pid::from_raw(worker), Signal::SIGKILL).unwrap();
}

#[track_caller]
fn assert_pool_failed(outcome: &Result<u64, JobError>) {
    let Err(JobError::PoolFailed { reason }) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(reason.contains("a test wants it"), "{reason}");
    assert!(reason.contains("board.rs:"), "{reason}");
}

fn fails(_: u64) -> u64 {
    panic!("as it should")
}

/// What had been settled before the panic stays so.
#[track_caller]
fn must_have_failed(started: Vec<JobHandle<u64>>, point: Point) {
    let settled = match point {
        Point::ParentSettled
        | Point::ParentPreparing
        | Point::ParentOrdering
        | Point::ParentOrdered => 1,
        _ => 0,
    };
    let (failed, ended): (Vec<_>, Vec<_>) = started
        .into_iter()
        .map(JobHandle::join)
        .partition(|outcome| matches!(outcome, Err(JobError::PoolFailed { .. })));
    failed.iter().for_each(assert_pool_failed);
    assert_eq!(ended.len(), settled, "{ended:?}");
}

/// Two jobs run, one waits to be tried again, a map and single jobs wait for a worker.
fn panic_at(point: Point, trigger: Trigger, transport: Transport, output: OutputMode) {
    println!("{point:?}, {transport}, {output:?}");
    let (before, gate) = (Holdings::now(), Gate::new());
    let (told, events) = channel();
    let told = Mutex::new(told);
    let pool = quiet(2, transport)
        .quiet_panics(true)
        .output(output)
        .on_event(move |event| drop(told.lock().unwrap().send(event.clone())))
        .start()
        .unwrap();
    all_serve(&pool, 2);
    let patient = Retries::new(1).delay(LONG * 10).max_delay(LONG * 10);
    let patient = JobOptions::new().retries(patient);
    let paused = pool.submit_with(fails, 0, patient).unwrap();
    eventually("it waits to be tried again", || {
        pool.stats().awaiting_retry == 1
    });
    let enter = |n| pool.submit(Pass::enter, gate.pass(n)).unwrap();
    let started: Vec<_> = [0, 1].map(enter).into();
    let mut visitors = gate.next_sorted(2);
    let map = pool.map(square, 0..100);
    let mut waiting: Vec<_> = (0..20).map(|n| pool.submit(square, n).unwrap()).collect();
    let called = Arc::new(AtomicUsize::new(0));
    for handle in &mut waiting {
        let called = Arc::clone(&called);
        handle.on_done(move |outcome| {
            assert_pool_failed(outcome);
            called.fetch_add(1, Ordering::SeqCst);
        });
    }
    arm(point, Action::Panic);
    trigger(&pool, &mut visitors, &started);
    eventually("it panics", || victim(point).is_some());
    for outcome in [paused].into_iter().chain(waiting).map(JobHandle::join) {
        assert_pool_failed(&outcome);
    }
    assert_eq!(called.load(Ordering::SeqCst), 20);
    map.for_each(|outcome| assert_pool_failed(&outcome));
    must_have_failed(started, point);
    let refused = pool.submit(square, 1);
    assert!(matches!(refused, Err(SubmitError::PoolFailed { .. })));
    pool.suspend();
    pool.shutdown();
    assert_eq!(pool.stats().queued, 0);
    drop((pool, visitors, gate));
    let events: Vec<_> = events.iter().collect();
    let [.., PoolEvent::PoolFailed { reason }, PoolEvent::Ended] = &events[..] else {
        panic!("{events:?}");
    };
    assert!(reason.contains("a test wants it"), "{reason}");
    before.wait_for();
}

#[test]
fn a_panic_of_the_supervisor_fails_the_pool_and_everybody_is_told() {
    play_many("panicking::serving", || {
        for transport in TRANSPORTS {
            for output in [OutputMode::PerWorker, OutputMode::PerJob] {
                for (point, trigger) in TRIGGERS {
                    panic_at(point, trigger, transport, output);
                    disarm_all();
                }
            }
            serves_on(&crate::stage::pool(2, transport));
        }
    });
}

#[test]
fn a_panic_of_the_supervisor_fails_the_start_with_the_reason() {
    play_many("panicking::start", || {
        for transport in TRANSPORTS {
            for point in [
                Point::ParentPreparing,
                Point::ParentOrdering,
                Point::ParentOrdered,
            ] {
                let before = Holdings::now();
                arm(point, Action::Panic);
                let error = quiet(2, transport).start().unwrap_err();
                let StartError::Supervisor { what, error } = error else {
                    panic!("{error}");
                };
                assert_eq!(what, "the supervisor");
                assert!(error.contains("a test wants it"), "{error}");
                before.wait_for();
            }
        }
    });
}

#[test]
fn a_panic_while_a_large_argument_is_sent_loses_nobody() {
    play_many("panicking::sending", || {
        for transport in TRANSPORTS {
            let before = Holdings::now();
            let pool = quiet(1, transport).start().unwrap();
            all_serve(&pool, 1);
            // It stops reading, so that there is no room for all of it.
            arm(Point::WorkerReading, Action::Stop);
            arm(Point::ParentSending, Action::Panic);
            let large = pool.submit(|bytes: Vec<u8>| bytes.len() as u64, vec![7; 4 << 20]);
            assert_pool_failed(&large.unwrap().join());
            assert!(pool.shutdown_timeout(Duration::from_secs(60)).is_ok());
            drop(pool);
            disarm_all();
            before.wait_for();
        }
    });
}
