//! Limits: a job that runs longer than it may is given up on time, and costs nobody else anything.

use std::time::Duration;

use anypool_core::{Context, Executor as _, JobError, JobOptions, MapOptions, Outcome};
use anypool_tests::{Gate, LONG, Pass, Pool, Subject};

anypool_tests::contract! {
    all: [a_limit_that_is_kept_changes_nothing, a_task_knows_its_deadline],
    pools: [
        a_job_that_runs_too_long_times_out,
        time_in_the_queue_does_not_count,
        a_timed_out_job_costs_no_other,
        an_item_that_runs_too_long_times_out_alone,
    ],
}

const SHORT: Duration = Duration::from_millis(100);

fn square(n: u64) -> u64 {
    n * n
}

fn a_limit_that_is_kept_changes_nothing<S: Subject>() {
    let pool = S::with_workers(1);
    let handle = pool.submit_with(square, 5, JobOptions::new().timeout(LONG));
    assert_eq!(handle.unwrap().join(), Ok(25));
    let options = MapOptions::new().timeout(LONG).deadline(LONG);
    assert!(
        pool.map_with(square, 0..100, options)
            .eq((0..100).map(|n| Ok(n * n)))
    );
}

fn has_deadline((): (), ctx: &Context) -> bool {
    let soon = std::time::Instant::now() + 2 * LONG;
    ctx.deadline().is_some_and(|deadline| deadline < soon)
}

fn a_task_knows_its_deadline<S: Subject>() {
    let pool = S::with_workers(1);
    let handle = pool.submit_with(has_deadline, (), JobOptions::new().timeout(LONG));
    assert_eq!(handle.unwrap().join(), Ok(true));
    assert_eq!(pool.submit(has_deadline, ()).unwrap().join(), Ok(false));
}

fn timed_out<T: std::fmt::Debug>(outcome: Outcome<T>) {
    match outcome {
        Err(JobError::TimedOut { limit, .. }) => assert_eq!(limit, SHORT),
        other => panic!("the job waited at a gate that never opened: {other:?}"),
    }
}

fn a_job_that_runs_too_long_times_out<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let options = JobOptions::new().timeout(SHORT);
    let handle = pool
        .submit_with(Pass::enter, gate.pass(0), options)
        .unwrap();
    let visitor = gate.next();
    timed_out(handle.join_timeout(LONG).unwrap());
    visitor.let_go();
    assert_eq!(
        pool.submit(square, 3).unwrap().join_timeout(LONG).unwrap(),
        Ok(9)
    );
}

fn time_in_the_queue_does_not_count<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let long = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    let queued = pool
        .submit_with(square, 3, JobOptions::new().timeout(SHORT))
        .unwrap();
    // No event tells that a limit has not struck; it would have to strike within this time.
    let queued = queued.join_timeout(2 * SHORT).unwrap_err();
    visitor.let_go();
    assert_eq!(
        (long.join(), queued.join_timeout(LONG).unwrap()),
        (Ok(0), Ok(9))
    );
}

fn a_timed_out_job_costs_no_other<P: Pool>() {
    let pool = P::with_workers(2);
    let gate = Gate::new();
    let options = JobOptions::new().timeout(SHORT);
    let long = [0, 1].map(|n| {
        pool.submit_with(Pass::enter, gate.pass(n), options)
            .unwrap()
    });
    let visitors = gate.next_sorted(2);
    let queued: Vec<_> = (0..20).map(|n| pool.submit(square, n).unwrap()).collect();
    for (n, handle) in (0..).zip(queued) {
        assert_eq!(handle.join_timeout(LONG).unwrap(), Ok(n * n));
    }
    for handle in long {
        timed_out(handle.join_timeout(LONG).unwrap());
    }
    drop(visitors);
}

fn enter_if_first(pass: (u64, Pass)) -> u64 {
    if pass.0 == 1 { pass.1.enter() } else { pass.0 }
}

fn an_item_that_runs_too_long_times_out_alone<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let options = MapOptions::new()
        .timeout(SHORT)
        .chunk(4.try_into().unwrap());
    let passes = (0..8).map(|n| (n, gate.pass(n)));
    let outcomes: Vec<_> = pool.map_with(enter_if_first, passes, options).collect();
    assert_eq!(outcomes.len(), 8);
    for (n, outcome) in (0..).zip(outcomes) {
        if n == 1 {
            timed_out(outcome);
        } else {
            assert_eq!(outcome, Ok(n));
        }
    }
    drop(gate);
}
