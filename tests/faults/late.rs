//! Answers that have been given, and reach the supervisor after it knows that the worker is dead.

use std::time::Duration;

use anypool_core::{Executor as _, JobError};
use anypool_tests::{Gate, Pass};
use process_runner::Transport;
use process_runner::fault::{Action, Point, arm, disarm, hits, victim};

use crate::stage::{all_serve, eventually, play, pool, serves_on};

/// Only over `ipc` do answers come as messages of the control plane.
#[test]
fn an_answer_whose_reader_is_slow_outlives_its_worker() {
    play("late::answers", || {
        let gate = Gate::new();
        let pool = pool(1, Transport::Ipc);
        all_serve(&pool, 1);
        let answered = pool.submit(Pass::enter, gate.pass(0)).unwrap();
        let lost = pool.submit(Pass::enter, gate.pass(1)).unwrap();
        let first = gate.next();
        eventually("both are there", || pool.stats().queued == 0);
        let (deaths, started) = (hits(Point::ZygoteReaped), hits(Point::WorkerClaimed));
        arm(Point::ParentListening, Action::Hold);
        arm(Point::WorkerClaimed, Action::Kill);
        first.let_go();
        eventually("the answer is held up", || {
            victim(Point::ParentListening).is_some()
        });
        eventually("the other starts, and is its worker's end", || {
            hits(Point::WorkerClaimed) == started + 1 && hits(Point::ZygoteReaped) == deaths + 1
        });
        // Nothing is to happen now, which no event tells.
        let Err(answered) = answered.join_timeout(Duration::from_secs(2)) else {
            panic!("it ended without its answer");
        };
        disarm(Point::ParentListening);
        assert_eq!(answered.join(), Ok(0));
        assert!(matches!(lost.join(), Err(JobError::WorkerDied(death)) if death.started));
        serves_on(&pool);
    });
}
