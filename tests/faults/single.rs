//! A process of its own for one task, which nobody replaces: its death at any step is told.

use anypool_core::{ExitCause, JobError, SubmitError};
use anypool_tests::Holdings;
use process_runner::fault::{Action, Point, arm, victim};
use process_runner::{Process, SpawnError};

use crate::stage::{TRANSPORTS, eventually, play_many, square};
use crate::trial::DEATHS;

/// Where it dies, and whether its task had started.
const STEPS: [(Point, bool); 7] = [
    (Point::WorkerForked, false),
    (Point::WorkerBeforeHello, false),
    (Point::WorkerAfterHello, false),
    (Point::WorkerRead, false),
    (Point::WorkerClaiming, false),
    (Point::WorkerClaimed, true),
    (Point::WorkerRan, true),
];

/// What was told of it: by the handle, or by the spawn itself if the process was gone by then.
type Told = Result<Result<u64, JobError>, SpawnError>;

/// Runs a single process into a death.
fn run_into(point: Point, action: Action) -> [Told; TRANSPORTS.len()] {
    TRANSPORTS.map(|transport| {
        let before = Holdings::now();
        arm(point, action);
        let process = Process::builder().transport(transport).spawn(square, 3);
        let outcome = process.map(Process::join);
        eventually("it dies", || victim(point).is_some());
        before.wait_for();
        outcome
    })
}

fn check(told: Told, cause: ExitCause, started: bool) {
    match told {
        Ok(Err(JobError::WorkerDied(death))) => {
            assert_eq!((death.cause, death.started), (cause, started), "{death:?}");
        }
        Err(SpawnError::Submit(SubmitError::PoolFailed { reason })) if !started => {
            assert!(reason.ends_with(&cause.to_string()), "{reason}");
        }
        told => panic!("{told:?}"),
    }
}

#[test]
fn death_of_a_single_process_before_its_result_is_told_with_its_cause() {
    play_many("single::before", || {
        for (point, started) in STEPS {
            for (action, cause) in DEATHS {
                println!("{point:?} {action:?}");
                for told in run_into(point, action) {
                    check(told, cause, started);
                }
            }
        }
    });
}

#[test]
fn death_of_a_single_process_after_its_result_costs_nothing() {
    play_many("single::after", || {
        for point in [Point::WorkerReplied, Point::WorkerLeaving] {
            for (action, _) in DEATHS {
                assert_eq!(run_into(point, action), TRANSPORTS.map(|_| Ok(Ok(9))));
            }
        }
    });
}
