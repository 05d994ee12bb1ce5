//! Workers that die, at every step of a worker's life.

use anypool_core::Executor as _;
use anypool_tests::{Holdings, within};
use process_runner::fault::{Action, Point, arm, victim};

use crate::stage::{TRANSPORTS, eventually, play_many, pool, square};
use crate::trial::{DEATHS, Trial};

/// Lets workers die at `point`, in every way and over every transport, after `skip` have passed it.
#[track_caller]
fn deaths_cost(lost: usize, point: Point, skip: u64) {
    play_many("deaths::at_a_point", move || {
        for (action, _) in DEATHS {
            all_ways(action, (point, skip, lost), None);
        }
    });
}

fn all_ways(action: Action, (point, skip, lost): (Point, u64, usize), recycles: Option<u64>) {
    for transport in TRANSPORTS {
        let trial = Trial {
            point,
            action,
            skip,
            transport,
            lost,
            recycles,
        };
        within("deaths::on_jobs", move || trial.run_on_jobs());
        within("deaths::on_map", move || trial.run_on_map());
    }
}

#[test]
fn death_right_after_the_fork_costs_nothing() {
    deaths_cost(0, Point::WorkerForked, 1);
}

#[test]
fn death_before_the_hello_costs_nothing() {
    deaths_cost(0, Point::WorkerBeforeHello, 0);
}

#[test]
fn death_after_the_hello_costs_nothing() {
    deaths_cost(0, Point::WorkerAfterHello, 1);
}

#[test]
fn death_while_an_argument_is_written_costs_nothing() {
    deaths_cost(0, Point::WorkerReading, 5);
}

#[test]
fn death_after_an_argument_was_read_costs_nothing() {
    deaths_cost(0, Point::WorkerRead, 3);
}

#[test]
fn death_before_the_start_costs_nothing() {
    deaths_cost(0, Point::WorkerClaiming, 4);
}

#[test]
fn death_after_the_claim_costs_the_item() {
    deaths_cost(1, Point::WorkerClaimed, 4);
}

#[test]
fn death_before_the_result_is_written_costs_the_item() {
    deaths_cost(1, Point::WorkerRan, 8);
}

#[test]
fn death_while_a_result_is_written_costs_the_item() {
    deaths_cost(1, Point::WorkerWriting, 7);
}

#[test]
fn death_after_the_result_costs_nothing() {
    deaths_cost(0, Point::WorkerReplied, 4);
}

#[test]
fn death_at_the_goodbye_costs_nothing() {
    play_many("deaths::at_the_goodbye", || {
        for transport in TRANSPORTS {
            for (action, _) in DEATHS {
                let before = Holdings::now();
                let pool = pool(2, transport);
                let handles: Vec<_> = (0..20).map(|n| pool.submit(square, n).unwrap()).collect();
                arm(Point::WorkerLeaving, action);
                pool.shutdown();
                eventually("one dies", || victim(Point::WorkerLeaving).is_some());
                for (n, handle) in (0..).zip(handles) {
                    assert_eq!(handle.join(), Ok(n * n));
                }
                assert_eq!(pool.stats().restarts, 0);
                drop(pool);
                before.wait_for();
            }
        }
    });
}

/// Steps of workers that are replaced again and again, and what a death there costs. The first workers
/// have passed the first three when the fourth starts.
const OF_RECYCLED: [(Point, u64, usize); 7] = [
    (Point::WorkerForked, 3, 0),
    (Point::WorkerBeforeHello, 3, 0),
    (Point::WorkerAfterHello, 3, 0),
    (Point::WorkerClaimed, 5, 1),
    (Point::WorkerReplied, 0, 0),
    (Point::WorkerLeaving, 0, 0),
    (Point::WorkerLeaving, 2, 0),
];

#[test]
fn deaths_of_workers_that_come_and_go_cost_what_they_cost_anyway() {
    play_many("deaths::of_recycled", || {
        for step in OF_RECYCLED {
            all_ways(Action::Kill, step, Some(3));
        }
    });
}
