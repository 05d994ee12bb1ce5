//! Limits that pass while workers go on.

use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobOptions};
use anypool_tests::{Gate, Pass};
use process_runner::fault::{Action, Point, arm, disarm, victim};

use crate::stage::{TRANSPORTS, eventually, play, pool, serves_on};

#[test]
fn an_item_that_ends_as_its_limit_passes_does_not_take_the_next_one_along() {
    play("limit::late", || {
        for transport in TRANSPORTS {
            let gate = Gate::new();
            let pool = pool(1, transport);
            let limited = JobOptions::new().timeout(Duration::from_millis(50));
            arm(Point::ParentStopping, Action::Hold);
            let late = pool.submit_with(Pass::enter, gate.pass(0), limited);
            let late = late.unwrap();
            let next = pool.submit(Pass::enter, gate.pass(1)).unwrap();
            let first = gate.next();
            eventually("the other is sent ahead", || pool.stats().queued == 0);
            eventually("the limit passes", || {
                victim(Point::ParentStopping).is_some()
            });
            // The worker answers and starts the next item before the supervisor goes on.
            first.let_go();
            let second = gate.next();
            disarm(Point::ParentStopping);
            match late.join() {
                Ok(0) | Err(JobError::TimedOut { .. }) => {}
                outcome => panic!("{outcome:?}"),
            }
            // Another pool's start goes through the fork server after any signal that was sent to it.
            serves_on(&crate::stage::pool(1, transport));
            second.let_go();
            assert_eq!(next.join(), Ok(1));
            assert_eq!(pool.stats().restarts, 0);
        }
    });
}
