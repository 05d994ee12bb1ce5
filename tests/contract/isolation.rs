//! What a process of its own means for a job: it may die, alone, and it sees the program as it was
//! when the fork server started.

use std::sync::OnceLock;
use std::time::Duration;

use anypool_core::{
    CodecError, Executor as _, ExitCause, JobError, JobOptions, Outcome, SubmitError,
    submit_closure,
};
use anypool_tests::{Gate, Pass, Pool, Subject as _, Threads, Visitor, within};

anypool_tests::contract! {
    processes: [
        a_static_set_after_init_is_not_seen_by_workers,
        a_static_changed_in_a_worker_is_not_seen_outside,
        a_dead_worker_costs_one_job_and_says_why,
        a_worker_that_exits_says_its_code,
        a_pool_survives_many_deaths,
        a_death_in_a_map_costs_one_item,
        a_job_that_timed_out_is_gone,
        shutdown_now_ends_what_runs,
        a_closure_with_captures_cannot_leave_its_process,
        a_process_pool_inside_a_worker_works,
        a_thread_pool_inside_a_worker_works,
    ],
}

static LATE: OnceLock<u32> = OnceLock::new();

fn late((): ()) -> Option<u32> {
    LATE.get().copied()
}

fn set_late(n: u32) -> u32 {
    *LATE.get_or_init(|| n)
}

fn a_static_set_after_init_is_not_seen_by_workers<P: Pool>() {
    // Set when the test runs: long after the fork server has started.
    let set = LATE.get_or_init(|| 7);
    let pool = P::with_workers(1);
    assert_eq!(pool.submit(late, ()).unwrap().join(), Ok(None));
    // What came later travels as an input.
    assert_eq!(pool.submit(set_late, set + 1).unwrap().join(), Ok(8));
}

static CHANGED: OnceLock<u32> = OnceLock::new();

fn a_static_changed_in_a_worker_is_not_seen_outside<P: Pool>() {
    let pool = P::with_workers(1);
    let change = |n: u32| *CHANGED.get_or_init(|| n);
    assert_eq!(pool.submit(change, 3).unwrap().join(), Ok(3));
    assert_eq!(CHANGED.get(), None);
}

fn abort_on_three(n: u32) -> u32 {
    if n == 3 {
        std::process::abort();
    }
    n
}

fn cause<T: std::fmt::Debug>(outcome: Outcome<T>) -> ExitCause {
    match outcome {
        Err(JobError::WorkerDied(death)) => {
            assert!(death.started && death.pid != std::process::id());
            death.cause
        }
        other => panic!("the worker died: {other:?}"),
    }
}

/// The number of `SIGABRT` on Linux.
const SIGABRT: i32 = 6;

fn a_dead_worker_costs_one_job_and_says_why<P: Pool>() {
    let pool = P::with_workers(1);
    let handles: Vec<_> = (0..10)
        .map(|n| pool.submit(abort_on_three, n).unwrap())
        .collect();
    for (n, handle) in (0..).zip(handles) {
        match n {
            3 => assert_eq!(cause(handle.join()), ExitCause::Signal(SIGABRT)),
            _ => assert_eq!(handle.join(), Ok(n)),
        }
    }
}

#[expect(
    clippy::exit,
    reason = "a worker that leaves in the middle of a job is what is tested"
)]
fn leave(code: i32) {
    #[expect(clippy::disallowed_methods, reason = "the same")]
    std::process::exit(code)
}

fn a_worker_that_exits_says_its_code<P: Pool>() {
    let pool = P::with_workers(1);
    let handle = pool.submit(leave, 3).unwrap();
    assert_eq!(cause(handle.join()), ExitCause::Code(3));
    assert_eq!(pool.submit(abort_on_three, 4).unwrap().join(), Ok(4));
}

fn a_pool_survives_many_deaths<P: Pool>() {
    let pool = P::with_workers(2);
    let handles: Vec<_> = (0..40)
        .map(|n| pool.submit(abort_on_three, n % 4).unwrap())
        .collect();
    for (n, handle) in (0..).zip(handles) {
        match n % 4 {
            3 => assert_eq!(cause(handle.join()), ExitCause::Signal(SIGABRT)),
            rest => assert_eq!(handle.join(), Ok(rest)),
        }
    }
}

fn a_death_in_a_map_costs_one_item<P: Pool>() {
    let pool = P::with_workers(2);
    for size in [1, 4, 16] {
        let options = anypool_core::MapOptions::new().chunk(size.try_into().unwrap());
        let outcomes: Vec<_> = pool.map_with(abort_on_three, 0..16, options).collect();
        assert_eq!(outcomes.len(), 16);
        for (n, outcome) in (0..).zip(outcomes) {
            match n {
                3 => assert_eq!(cause(outcome), ExitCause::Signal(SIGABRT)),
                _ => assert_eq!(outcome, Ok(n)),
            }
        }
    }
}

fn a_closure_with_captures_cannot_leave_its_process<P: Pool>() {
    let pool = P::with_workers(1);
    let captured = String::from("captured");
    let refused = submit_closure(&pool, move || captured);
    assert_eq!(
        refused.unwrap_err(),
        SubmitError::Codec(CodecError::NoEncodedForm)
    );
    assert_eq!(pool.submit(abort_on_three, 4).unwrap().join(), Ok(4));
}

fn a_job_that_timed_out_is_gone<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let options = JobOptions::new().timeout(Duration::from_millis(100));
    let handle = pool
        .submit_with(Pass::enter, gate.pass(0), options)
        .unwrap();
    let visitor = gate.next();
    assert!(matches!(handle.join(), Err(JobError::TimedOut { .. })));
    visitor.wait_gone();
}

fn shutdown_now_ends_what_runs<P: Pool>() {
    let pool = P::with_workers(2);
    let gate = Gate::new();
    let handles = [0, 1].map(|n| pool.submit(Pass::enter, gate.pass(n)).unwrap());
    let visitors = gate.next_sorted(2);
    P::shutdown_now(&pool);
    assert!(
        handles
            .into_iter()
            .all(|handle| handle.try_join().unwrap().is_err())
    );
    visitors.into_iter().for_each(Visitor::wait_gone);
}

fn sum_on_processes<P: Pool>(n: u32) -> u32 {
    let pool = P::with_workers(2);
    let sum = pool.map(abort_on_three, 1..4 + n);
    let sum = sum.map(|outcome| outcome.unwrap_or(100)).sum();
    P::shutdown(&pool);
    sum
}

fn a_process_pool_inside_a_worker_works<P: Pool>() {
    let pool = P::with_workers(2);
    let handles = [0, 5].map(|n| pool.submit(sum_on_processes::<P>, n).unwrap());
    let outcomes = within("pools inside workers", move || {
        handles.map(anypool_core::JobHandle::join)
    });
    // One item of each inner pool kills its worker there.
    assert_eq!(outcomes, [Ok(103), Ok(133)]);
}

fn sum_on_threads(n: u32) -> u32 {
    let pool = Threads::with_workers(2);
    pool.map(abort_on_three, 4..4 + n).map(Result::unwrap).sum()
}

fn a_thread_pool_inside_a_worker_works<P: Pool>() {
    let pool = P::with_workers(2);
    let handles = [5, 6].map(|n| pool.submit(sum_on_threads, n).unwrap());
    assert_eq!(handles.map(anypool_core::JobHandle::join), [Ok(30), Ok(39)]);
}
