//! `wait` and `as_completed`, over handles of one executor and of several.

use std::time::Duration;

use anypool_core::{
    AnyHandle, Executor as _, InlineExecutor, JobHandle, WaitUntil, as_completed, set_quiet, wait,
};
use anypool_tests::{Gate, LONG, Pass, Pool, Subject, Threads};

anypool_tests::contract! {
    all: [
        all_ended_jobs_are_done,
        executors_and_value_types_mix,
        a_handle_that_is_given_twice_is_done_twice,
    ],
    pools: [
        the_first_to_end_ends_a_wait_for_the_first,
        the_first_failure_ends_a_wait_for_it,
        a_wait_that_times_out_tells_what_is_pending,
        a_handle_that_is_given_twice_is_pending_twice,
        as_completed_yields_in_the_order_of_ending,
        as_completed_takes_handles_of_several_executors,
        many_waits_over_many_jobs_never_miss_one,
    ],
}

fn square(n: u64) -> u64 {
    n * n
}

fn fail(n: u64) -> u64 {
    set_quiet(true);
    panic!("no {n}")
}

fn all_ended_jobs_are_done<S: Subject>() {
    let pool = S::with_workers(2);
    let handles: Vec<_> = (0..50).map(|n| pool.submit(square, n).unwrap()).collect();
    for until in [WaitUntil::All, WaitUntil::FirstError] {
        let waited = wait(&handles, until, Some(LONG));
        assert_eq!((waited.done.len(), waited.pending.len()), (50, 0));
    }
    let mut outcomes: Vec<_> = as_completed(handles).collect();
    outcomes.sort_by_key(|(position, _)| *position);
    assert!(
        outcomes
            .into_iter()
            .eq((0..).zip((0..50).map(|n| Ok(n * n))))
    );
}

fn a_handle_that_is_given_twice_is_done_twice<S: Subject>() {
    let pool = S::with_workers(2);
    let (once, twice) = (
        pool.submit(square, 1).unwrap(),
        pool.submit(square, 2).unwrap(),
    );
    for timeout in [None, Some(LONG)] {
        let waited = wait(&[&twice, &once, &twice], WaitUntil::All, timeout);
        assert_eq!((waited.done, waited.pending), (vec![0, 1, 2], vec![]));
    }
    assert_eq!((once.join(), twice.join()), (Ok(1), Ok(4)));
}

fn a_handle_that_is_given_twice_is_pending_twice<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let handle = pool.submit(Pass::enter, gate.pass(3)).unwrap();
    let visitor = gate.next();
    let waited = wait(&[&handle, &handle], WaitUntil::First, Some(Duration::ZERO));
    assert_eq!((waited.done, waited.pending), (vec![], vec![0, 1]));
    visitor.let_go();
    let waited = wait(&[&handle, &handle], WaitUntil::All, None);
    assert_eq!((waited.done, waited.pending), (vec![0, 1], vec![]));
    assert_eq!(handle.join(), Ok(3));
}

fn executors_and_value_types_mix<S: Subject>() {
    let (pool, other, here) = (
        S::with_workers(2),
        Threads::with_workers(1),
        InlineExecutor::new(),
    );
    let number = pool.submit(square, 2).unwrap();
    let text = other.submit(|n: u64| n.to_string(), 2).unwrap();
    let unit = here.submit(|()| (), ()).unwrap();
    let handles: [&dyn AnyHandle; 3] = [&number, &text, &unit];
    let waited = wait(&handles, WaitUntil::All, Some(LONG));
    assert_eq!(waited.done, [0, 1, 2]);
    assert_eq!(
        (number.join(), text.join(), unit.join()),
        (Ok(4), Ok("2".to_owned()), Ok(()))
    );
}

/// Jobs `0..count` at a gate, all running, with their visitors in order.
fn running<P: Pool>(
    pool: &P::Executor,
    gate: &Gate,
    count: u64,
) -> (Vec<JobHandle<u64>>, Vec<anypool_tests::Visitor>) {
    let submit = |number| pool.submit(Pass::enter, gate.pass(number)).unwrap();
    let handles = (0..count).map(submit).collect();
    (
        handles,
        gate.next_sorted(usize::try_from(count).expect("small")),
    )
}

fn the_first_to_end_ends_a_wait_for_the_first<P: Pool>() {
    let pool = P::with_workers(3);
    let gate = Gate::new();
    let (handles, mut visitors) = running::<P>(&pool, &gate, 3);
    visitors.remove(1).let_go();
    let waited = wait(&handles, WaitUntil::First, Some(LONG));
    assert_eq!((waited.done, waited.pending), (vec![1], vec![0, 2]));
    drop(visitors);
    assert_eq!(wait(&handles, WaitUntil::All, Some(LONG)).done, [0, 1, 2]);
}

fn the_first_failure_ends_a_wait_for_it<P: Pool>() {
    let pool = P::with_workers(3);
    let gate = Gate::new();
    let (mut handles, visitors) = running::<P>(&pool, &gate, 2);
    handles.push(pool.submit(square, 1).unwrap());
    handles.push(pool.submit(fail, 1).unwrap());
    let waited = wait(&handles, WaitUntil::FirstError, Some(LONG));
    assert_eq!((waited.done, waited.pending), (vec![2, 3], vec![0, 1]));
    drop(visitors);
}

fn a_wait_that_times_out_tells_what_is_pending<P: Pool>() {
    let pool = P::with_workers(2);
    let gate = Gate::new();
    let (mut handles, visitors) = running::<P>(&pool, &gate, 1);
    handles.push(pool.submit(square, 1).unwrap());
    wait(&handles[1..], WaitUntil::All, Some(LONG));
    for timeout in [Duration::ZERO, Duration::from_millis(5)] {
        let waited = wait(&handles, WaitUntil::All, Some(timeout));
        assert_eq!((waited.done, waited.pending), (vec![1], vec![0]));
    }
    drop(visitors);
    assert_eq!(wait(&handles, WaitUntil::All, Some(LONG)).done, [0, 1]);
}

fn as_completed_yields_in_the_order_of_ending<P: Pool>() {
    let pool = P::with_workers(4);
    let gate = Gate::new();
    let (handles, visitors) = running::<P>(&pool, &gate, 4);
    let mut visitors: Vec<_> = visitors.into_iter().map(Some).collect();
    let mut outcomes = as_completed(handles);
    assert_eq!(outcomes.next_timeout(Duration::ZERO), None);
    for number in [2, 0, 3, 1] {
        drop(visitors[number].take());
        let expected = Some((number, Ok(number as u64)));
        assert_eq!(outcomes.next_timeout(LONG), expected);
    }
    assert_eq!(outcomes.next(), None);
}

fn as_completed_takes_handles_of_several_executors<P: Pool>() {
    let (pool, other, here) = (
        P::with_workers(1),
        Threads::with_workers(1),
        InlineExecutor::new(),
    );
    let gate = Gate::new();
    let handles = [
        pool.submit(Pass::enter, gate.pass(0)).unwrap(),
        other.submit(Pass::enter, gate.pass(1)).unwrap(),
        here.submit(square, 3).unwrap(),
    ];
    let mut visitors = gate.next_sorted(2);
    let mut outcomes = as_completed(handles);
    assert_eq!(outcomes.next(), Some((2, Ok(9))));
    visitors.remove(1).let_go();
    assert_eq!(outcomes.next(), Some((1, Ok(1))));
    visitors.remove(0).let_go();
    assert_eq!(outcomes.next(), Some((0, Ok(0))));
}

fn many_waits_over_many_jobs_never_miss_one<P: Pool>() {
    let pool = P::with_workers(2);
    for _ in 0..200 {
        let handles: Vec<_> = (0..6).map(|n| pool.submit(square, n).unwrap()).collect();
        let first = wait(&handles, WaitUntil::First, Some(LONG));
        assert!(!first.done.is_empty());
        assert_eq!(wait(&handles, WaitUntil::All, Some(LONG)).done.len(), 6);
    }
}
