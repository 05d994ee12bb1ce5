//! `wait`: for the first, the first failure, or all; mixed executors and value types.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use anypool_core::{
    AnyHandle, Executor as _, InlineExecutor, JobError, JobHandle, Settlement, WaitUntil, Waited,
    set_quiet, wait,
};

use crate::hand_driven::{HandDriven, LONG, settle, settle_with};

fn even(n: u32) -> u32 {
    assert_eq!(n % 2, 0, "odd");
    n
}

fn waited(done: &[usize], pending: &[usize]) -> Waited {
    Waited {
        done: done.to_vec(),
        pending: pending.to_vec(),
    }
}

fn submit(pool: &HandDriven, inputs: &[u32]) -> Vec<JobHandle<u32>> {
    set_quiet(true);
    inputs
        .iter()
        .map(|&n| pool.submit(even, n).unwrap())
        .collect()
}

#[test]
fn without_handles_it_returns_at_once() {
    for until in [WaitUntil::First, WaitUntil::FirstError, WaitUntil::All] {
        assert_eq!(wait::<JobHandle<u32>>(&[], until, None), waited(&[], &[]));
    }
}

#[test]
fn a_timeout_of_zero_is_a_look() {
    let pool = HandDriven::new();
    let handles = submit(&pool, &[2, 4, 6]);
    let look = || wait(&handles, WaitUntil::All, Some(Duration::ZERO));
    assert_eq!(look(), waited(&[], &[0, 1, 2]));
    pool.run_next();
    assert_eq!(look(), waited(&[0], &[1, 2]));
    pool.run_all();
    assert_eq!(look(), waited(&[0, 1, 2], &[]));
}

#[test]
fn time_that_passes_leaves_the_jobs_as_they_are() {
    let pool = HandDriven::new();
    let handles = submit(&pool, &[2, 4]);
    pool.run_next();
    let short = Some(Duration::from_millis(1));
    assert_eq!(wait(&handles, WaitUntil::All, short), waited(&[0], &[1]));
    pool.run_all();
    assert_eq!(wait(&handles, WaitUntil::All, None), waited(&[0, 1], &[]));
}

#[test]
fn the_first_is_enough_for_first() {
    let pool = HandDriven::new();
    let handles = submit(&pool, &[2, 4]);
    thread::scope(|scope| {
        let waiter = scope.spawn(|| wait(&handles, WaitUntil::First, Some(LONG)));
        pool.run_next();
        assert_eq!(waiter.join().unwrap(), waited(&[0], &[1]));
    });
}

#[test]
fn the_first_error_ends_the_wait_and_values_do_not() {
    let pool = HandDriven::new();
    let handles = submit(&pool, &[2, 3, 4]);
    thread::scope(|scope| {
        let waiter = scope.spawn(|| wait(&handles, WaitUntil::FirstError, Some(LONG)));
        pool.run_next();
        pool.run_next();
        assert_eq!(waiter.join().unwrap(), waited(&[0, 1], &[2]));
    });
}

#[test]
fn without_an_error_it_waits_for_all() {
    let pool = HandDriven::new();
    let handles = submit(&pool, &[2, 4]);
    let (tell, told) = channel();
    thread::scope(|scope| {
        scope.spawn(|| tell.send(wait(&handles, WaitUntil::FirstError, Some(LONG))));
        pool.run_next();
        assert!(told.try_recv().is_err());
        pool.run_all();
        assert_eq!(told.recv_timeout(LONG), Ok(waited(&[0, 1], &[])));
    });
}

#[test]
fn a_cancelled_job_counts_as_an_error() {
    let pool = HandDriven::new();
    let handles = submit(&pool, &[2, 4]);
    assert!(handles[1].cancel());
    let found = wait(&handles, WaitUntil::FirstError, Some(LONG));
    assert_eq!(found, waited(&[1], &[0]));
}

#[test]
fn a_value_that_cannot_be_decoded_counts_as_an_error() {
    let pool = HandDriven::new();
    let handles = submit(&pool, &[2, 4, 6]);
    let works = [(); 3].map(|()| pool.take());
    settle_with(&works[0].job, 0, &2_u32);
    settle(&works[1].job, 0, Settlement::Encoded(vec![1].into()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let found = wait(&handles, WaitUntil::FirstError, Some(LONG));
                assert_eq!(found, waited(&[0, 1], &[2]));
            });
        }
    });
    let outcomes: Vec<_> = handles.into_iter().take(2).map(JobHandle::join).collect();
    assert!(
        matches!(outcomes[..], [Ok(2), Err(JobError::Codec(_))]),
        "{outcomes:?}"
    );
}

#[test]
fn the_same_handle_twice_is_done_twice() {
    let pool = HandDriven::new();
    let handles = submit(&pool, &[2, 4]);
    let doubled = [&handles[0], &handles[1], &handles[0]];
    pool.run_next();
    let look = || wait(&doubled, WaitUntil::All, Some(Duration::ZERO));
    assert_eq!(look(), waited(&[0, 2], &[1]));
    pool.run_all();
    assert_eq!(
        wait(&doubled, WaitUntil::All, Some(LONG)),
        waited(&[0, 1, 2], &[])
    );
}

#[test]
fn executors_and_value_types_mix() {
    let (one, two, here) = (HandDriven::new(), HandDriven::new(), InlineExecutor::new());
    let number = one.submit(even, 2).unwrap();
    let text = two.submit(|n: u32| n.to_string(), 2).unwrap();
    let unit = here.submit(|()| (), ()).unwrap();
    let handles: [&dyn AnyHandle; 3] = [&number, &text, &unit];
    let first = wait(&handles, WaitUntil::First, Some(LONG));
    assert_eq!(first, waited(&[2], &[0, 1]));
    two.run_all();
    one.run_all();
    assert_eq!(
        wait(&handles, WaitUntil::All, Some(LONG)),
        waited(&[0, 1, 2], &[])
    );
}

#[test]
fn two_threads_may_wait_for_the_same_handles() {
    let pool = HandDriven::new();
    let handles = submit(&pool, &[2, 4]);
    thread::scope(|scope| {
        let waiters = [(); 2].map(|()| scope.spawn(|| wait(&handles, WaitUntil::All, Some(LONG))));
        pool.run_all();
        for waiter in waiters {
            assert_eq!(waiter.join().unwrap(), waited(&[0, 1], &[]));
        }
    });
}
