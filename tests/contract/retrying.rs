//! Trying again: tasks that were declared idempotent, as often as they asked for.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anypool_core::{
    Context, Executor as _, JobError, JobHandle, JobOptions, MapOptions, RawExecutor, Retries,
    WaitUntil, as_completed, set_quiet, submit_closure, wait,
};
use anypool_tests::{Gate, LONG, Mark, Pass, Pool, Subject, Tally, within};

anypool_tests::contract! {
    all: [
        a_task_is_tried_again_until_it_succeeds,
        attempts_are_made_as_often_as_asked_for,
        the_last_failure_tells_of_every_attempt,
        a_tasks_own_error_is_no_failure,
        each_item_of_a_map_is_tried_again_alone,
        a_pause_is_as_long_as_asked_for,
    ],
    pools: [
        a_job_that_asks_for_no_retries_is_not_tried_again,
        shutting_down_waits_for_retries,
        shutting_down_now_waits_for_none,
        retries_race_with_cancelling,
        a_pause_holds_no_worker,
        a_job_that_waits_for_its_retry_can_be_cancelled,
        a_job_that_waits_for_its_retry_can_be_killed,
        a_dropped_map_forgets_items_that_wait_for_their_retry,
        a_maps_deadline_ends_items_that_wait_for_their_retry,
    ],
    threads: [
        every_way_of_waiting_inside_helps_with_every_attempt,
    ],
}

const HOUR: Duration = Duration::from_secs(3_600);

fn retries(count: u32) -> Retries {
    Retries::new(count).delay(Duration::from_millis(2))
}

fn options(retries: Retries) -> JobOptions {
    JobOptions::new().retries(retries)
}

/// Fails until it is tried for the `wanted`-th time.
fn succeed_at(wanted: u32, ctx: &Context) -> u32 {
    set_quiet(true);
    assert!(ctx.attempt() >= wanted, "attempt {}", ctx.attempt());
    ctx.attempt()
}

/// Counts an attempt, and fails.
fn mark_and_fail(mark: Mark) -> u64 {
    set_quiet(true);
    mark.add();
    panic!("it always does")
}

fn a_job_that_asks_for_no_retries_is_not_tried_again<P: Pool>() {
    let (pool, tally) = (P::with_workers(2), Tally::new());
    let outcome = pool.submit(mark_and_fail, tally.mark()).unwrap().join();
    assert!(matches!(outcome, Err(JobError::Panicked(_))), "{outcome:?}");
    P::shutdown(&pool);
    assert_eq!(tally.count(), 1);
}

fn a_task_is_tried_again_until_it_succeeds<S: Subject>() {
    let pool = S::with_workers(2);
    for wanted in 1..=4 {
        let handle = pool.submit_with(succeed_at, wanted, options(retries(3)));
        assert_eq!(handle.unwrap().join(), Ok(wanted));
    }
}

fn attempts_are_made_as_often_as_asked_for<S: Subject>() {
    let pool = S::with_workers(2);
    for count in [1, 2, 5] {
        let tally = Tally::new();
        let handle = pool.submit_with(mark_and_fail, tally.mark(), options(retries(count)));
        assert!(handle.unwrap().join().is_err());
        assert_eq!(tally.count(), u64::from(count) + 1);
    }
}

fn the_last_failure_tells_of_every_attempt<S: Subject>() {
    let pool = S::with_workers(2);
    let handle = pool.submit_with(succeed_at, 9, options(retries(2)));
    let outcome = handle.unwrap().join();
    let Err(JobError::RetriesExhausted { attempts }) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(attempts.len(), 3);
    for (number, cause) in (1..).zip(attempts) {
        let JobError::Panicked(report) = cause else {
            panic!("{cause}");
        };
        assert_eq!(report.message, format!("attempt {number}"));
    }
}

fn refuse(mark: Mark) -> Result<u64, String> {
    mark.add();
    Err("a value like any other".to_owned())
}

fn a_tasks_own_error_is_no_failure<S: Subject>() {
    let (pool, tally) = (S::with_workers(2), Tally::new());
    let handle = pool.submit_with(refuse, tally.mark(), options(retries(3)));
    assert!(handle.unwrap().join().unwrap().is_err());
    assert_eq!(tally.count(), 1);
}

fn each_item_of_a_map_is_tried_again_alone<S: Subject>() {
    let pool = S::with_workers(2);
    let options = MapOptions::new()
        .retries(retries(2))
        .chunk(7.try_into().unwrap());
    let wanted = |n: u32| n % 5;
    let outcomes: Vec<_> = pool
        .map_with(succeed_at, (0..50).map(wanted), options)
        .collect();
    assert_eq!(outcomes.len(), 50);
    for (n, outcome) in (0..).zip(outcomes) {
        match outcome {
            Ok(attempt) => assert_eq!(attempt, wanted(n).max(1)),
            Err(JobError::RetriesExhausted { attempts }) => {
                assert_eq!((wanted(n), attempts.len()), (4, 3));
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn a_pause_is_as_long_as_asked_for<S: Subject>() {
    let pool = S::with_workers(1);
    let pause = Duration::from_millis(60);
    let retries = Retries::new(2).delay(pause).jitter(false);
    let start = Instant::now();
    let handle = pool.submit_with(succeed_at, 3, options(retries));
    assert_eq!(handle.unwrap().join(), Ok(3));
    assert!(start.elapsed() >= 3 * pause, "{:?}", start.elapsed());
}

/// Submits a job that fails, and is not tried again while a test lasts.
fn submit_hopeless<X: RawExecutor>(pool: &X, tally: &Tally) -> JobHandle<u64> {
    let long = Retries::new(3).delay(HOUR).max_delay(HOUR);
    pool.submit_with(mark_and_fail, tally.mark(), options(long))
        .unwrap()
}

/// Tries until it works: a job cannot be withdrawn while its first attempt runs.
fn eventually(what: &str, works: impl Fn() -> bool) {
    let deadline = Instant::now() + LONG;
    while !works() {
        assert!(Instant::now() < deadline, "never: {what}");
        thread::yield_now();
    }
}

fn a_pause_holds_no_worker<P: Pool>() {
    let (pool, tally) = (P::with_workers(1), Tally::new());
    let paused: Vec<_> = (0..10).map(|_| submit_hopeless(&pool, &tally)).collect();
    let behind = pool.submit_with(succeed_at, 3, options(retries(2)));
    assert_eq!(behind.unwrap().join_timeout(LONG).unwrap(), Ok(3));
    assert!(!paused.iter().any(JobHandle::is_finished));
    assert!(paused.iter().all(JobHandle::cancel));
}

/// Withdraws a job between two attempts and shuts its pool down, which waits for it no more.
fn withdraw<P: Pool>(withdraw: impl Fn(&JobHandle<u64>) -> bool) {
    let (pool, tally) = (P::with_workers(1), Tally::new());
    let handle = submit_hopeless(&pool, &tally);
    eventually("the job is withdrawn", || {
        tally.count() > 0 && withdraw(&handle)
    });
    let outcome = handle.join_timeout(LONG).expect("it has ended");
    assert!(
        matches!(outcome, Err(JobError::Cancelled | JobError::Killed)),
        "{outcome:?}"
    );
    within("a shutdown", move || P::shutdown(&pool));
    assert_eq!(tally.count(), 1);
}

fn a_job_that_waits_for_its_retry_can_be_cancelled<P: Pool>() {
    withdraw::<P>(JobHandle::cancel);
}

fn a_job_that_waits_for_its_retry_can_be_killed<P: Pool>() {
    withdraw::<P>(JobHandle::kill);
}

fn a_dropped_map_forgets_items_that_wait_for_their_retry<P: Pool>() {
    let (pool, tally) = (P::with_workers(1), Tally::new());
    let long = Retries::new(3).delay(HOUR).max_delay(HOUR);
    let marks = (0..4).map(|_| tally.mark());
    let map = pool.map_with(mark_and_fail, marks, MapOptions::new().retries(long));
    eventually("an item is tried", || tally.count() > 0);
    drop(map);
    within("a shutdown", move || P::shutdown(&pool));
    assert!(tally.count() <= 4);
}

fn a_maps_deadline_ends_items_that_wait_for_their_retry<P: Pool>() {
    let (pool, tally) = (P::with_workers(1), Tally::new());
    let options = MapOptions::new()
        .retries(Retries::new(3).delay(HOUR).max_delay(HOUR))
        .deadline(Duration::from_millis(100));
    let marks = (0..3).map(|_| tally.mark());
    let outcomes: Vec<_> = pool.map_with(mark_and_fail, marks, options).collect();
    assert!(!outcomes.is_empty());
    for outcome in outcomes {
        assert_eq!(outcome, Err(JobError::Cancelled));
    }
    within("a shutdown", move || P::shutdown(&pool));
}

fn shutting_down_waits_for_retries<P: Pool>() {
    let pool = P::with_workers(2);
    let pause = Retries::new(2).delay(Duration::from_millis(30));
    let submit = |_| pool.submit_with(succeed_at, 3, options(pause)).unwrap();
    let handles: Vec<_> = (0..10).map(submit).collect();
    P::shutdown(&pool);
    for handle in handles {
        let outcome = handle.try_join().expect("a shutdown waits for it");
        assert_eq!(outcome, Ok(3));
    }
}

fn shutting_down_now_waits_for_none<P: Pool>() {
    let (pool, tally) = (P::with_workers(1), Tally::new());
    let handles: Vec<_> = (0..5).map(|_| submit_hopeless(&pool, &tally)).collect();
    eventually("one is tried", || tally.count() > 0);
    within("a shutdown", move || P::shutdown_now(&pool));
    for handle in handles {
        let outcome = handle.try_join().expect("it has ended");
        assert!(
            matches!(outcome, Err(JobError::Cancelled | JobError::Killed)),
            "{outcome:?}"
        );
    }
}

fn retries_race_with_cancelling<P: Pool>() {
    let pool = P::with_workers(2);
    let soon = Retries::new(3).delay(Duration::from_micros(50));
    for n in 0..300 {
        let handle = pool.submit_with(succeed_at, 3, options(soon)).unwrap();
        thread::sleep(Duration::from_micros(n));
        let cancelled = handle.cancel();
        let outcome = handle.join_timeout(LONG).expect("every job ends");
        let expected = if cancelled {
            Err(JobError::Cancelled)
        } else {
            Ok(3)
        };
        assert_eq!(outcome, expected);
    }
    within("a shutdown", move || P::shutdown(&pool));
}

fn every_way_of_waiting_inside_helps_with_every_attempt<P: Pool>() {
    let pool = Arc::new(P::with_workers(1));
    let weak = Arc::downgrade(&pool);
    let inside = submit_closure(&*pool, move || {
        let pool = weak.upgrade().expect("the test owns it");
        let submit = || {
            pool.submit_with(succeed_at, 3, options(retries(2)))
                .unwrap()
        };
        let joined = submit().join().unwrap();
        let waited = wait(&[submit(), submit()], WaitUntil::All, None).done.len();
        let completed = as_completed([submit(), submit()]).count();
        let map = MapOptions::new().retries(retries(2));
        let inputs = (0..20).map(|n| n % 4);
        let mapped: Vec<_> = pool.map_with(succeed_at, inputs, map).collect();
        let mapped = mapped.into_iter().filter(Result::is_ok).count();
        (joined, waited, completed, mapped)
    });
    let handle = inside.unwrap();
    let counts = within("a nested job", move || handle.join().unwrap());
    assert_eq!(counts, (3, 2, 2, 20));
    // A job that is tried again elsewhere is waited for as well.
    let gate = Gate::new();
    let running = pool.submit(Pass::enter, gate.pass(1)).unwrap();
    gate.next().let_go();
    assert_eq!(running.join(), Ok(1));
}
