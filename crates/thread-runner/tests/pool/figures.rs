//! What a pool says about the jobs that it runs.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use anypool_core::{Context, Executor as _, JobOptions, MapOptions, Retries, WorkerId};
use thread_runner::ThreadPool;

use crate::gate::{Gate, eventually};

static OPEN_LATE: Gate = Gate::new();

fn wait_at_the_gate(_: ()) {
    OPEN_LATE.pass();
}

#[test]
fn running_jobs_are_told_with_their_task_worker_and_age() {
    let pool = ThreadPool::builder().workers(2).start().unwrap();
    let task = pool.submit(wait_at_the_gate, ()).unwrap();
    let closure = pool.submit_fn(|| OPEN_LATE.pass()).unwrap();
    OPEN_LATE.await_arrivals(2);
    let mut first = pool.stats().jobs;
    first.sort_by_key(|job| job.job);
    let [told, other] = &first[..] else {
        panic!("{first:?}");
    };
    assert_eq!((told.job, other.job), (task.id(), closure.id()));
    assert!(told.task.ends_with("figures::wait_at_the_gate"), "{told:?}");
    assert_eq!(
        (other.task, other.item, other.is_leaked),
        ("a closure", None, false)
    );
    let mut workers = [told.worker, other.worker];
    workers.sort_unstable();
    assert_eq!(workers, [WorkerId(0), WorkerId(1)]);
    // What ran already counts from the first question on.
    let age = told.age;
    eventually("it is older", || {
        pool.stats()
            .jobs
            .iter()
            .all(|job| job.age > age + Duration::from_millis(5))
    });
    OPEN_LATE.open();
    task.join().unwrap();
    closure.join().unwrap();
    eventually("nothing runs", || pool.stats().jobs.is_empty());
}

#[test]
fn a_job_that_waits_for_its_own_pool_comes_before_what_its_worker_runs_meanwhile() {
    let gate = Arc::new(Gate::new());
    let pool = Arc::new(ThreadPool::builder().workers(1).start().unwrap());
    let (inner_pool, inner_gate) = (Arc::clone(&pool), Arc::clone(&gate));
    let outer = pool.submit_fn(move || {
        let inner = inner_pool.submit_fn(move || inner_gate.pass()).unwrap();
        let id = inner.id();
        inner.join().unwrap();
        id
    });
    let outer = outer.unwrap();
    gate.await_arrivals(1);
    let running: Vec<_> = pool.stats().jobs.iter().map(|job| job.job).collect();
    gate.open();
    let expected = [outer.id(), outer.join().unwrap()];
    assert_eq!(running, expected);
}

#[test]
fn a_job_over_its_limit_is_told_as_leaked_until_it_returns() {
    let gate = Arc::new(Gate::new());
    let limit = Duration::from_millis(1);
    let pool = ThreadPool::builder()
        .workers(1)
        .timeout(limit)
        .start()
        .unwrap();
    let own = Arc::clone(&gate);
    let late = pool.submit_fn(move || own.pass()).unwrap();
    let id = late.id();
    assert!(late.join().is_err());
    let jobs = pool.stats().jobs;
    assert_eq!((jobs.len(), jobs[0].job, jobs[0].is_leaked), (1, id, true));
    gate.open();
    eventually("it has returned", || pool.stats().jobs.is_empty());
}

static FIRST: Gate = Gate::new();
static SECOND: Gate = Gate::new();

fn pass_at_the_second_attempt(_: (), ctx: &Context) {
    assert!(ctx.attempt() > 1, "the first attempt");
    SECOND.pass();
}

#[test]
fn a_running_job_is_told_with_the_number_of_its_attempt() {
    let pool = ThreadPool::builder().workers(3).quiet_panics(true);
    let pool = pool.start().unwrap();
    let retries = Retries::new(2).delay(Duration::from_millis(1));
    let once_more = JobOptions::new().retries(retries);
    let single = pool.submit_with(pass_at_the_second_attempt, (), once_more);
    let single = single.unwrap();
    let one_by_one = MapOptions::new().chunk(NonZeroUsize::MIN).retries(retries);
    let mapped = pool.map_with(pass_at_the_second_attempt, [(), ()], one_by_one);
    SECOND.await_arrivals(3);
    let attempts: Vec<_> = pool.stats().jobs.iter().map(|job| job.attempt).collect();
    assert_eq!(attempts, [2; 3]);
    SECOND.open();
    single.join().unwrap();
    assert!(mapped.map(Result::unwrap).count() == 2);
    let first = pool.submit_fn(|| FIRST.pass()).unwrap();
    FIRST.await_arrivals(1);
    assert_eq!(pool.stats().jobs[0].attempt, 1);
    FIRST.open();
    first.join().unwrap();
}
