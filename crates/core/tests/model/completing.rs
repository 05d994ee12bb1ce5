//! `as_completed`: each once, those that have ended first, then in the order in which they end.

use std::time::Duration;

use anypool_core::{Executor as _, JobHandle, as_completed};

use crate::hand_driven::{HandDriven, LONG, run};

fn add_ten(n: u32) -> u32 {
    n + 10
}

fn submit(pool: &HandDriven, count: u32) -> Vec<JobHandle<u32>> {
    (0..count)
        .map(|n| pool.submit(add_ten, n).unwrap())
        .collect()
}

#[test]
fn the_ended_come_first_then_the_order_of_ending() {
    let pool = HandDriven::new();
    let handles = submit(&pool, 5);
    let works: Vec<_> = (0..5).map(|_| pool.take()).collect();
    run(&works[3]);
    run(&works[1]);
    let mut outcomes = as_completed(handles);
    // Ended before the call, so in the order of the handles.
    assert_eq!(outcomes.next(), Some((1, Ok(11))));
    assert_eq!(outcomes.next(), Some((3, Ok(13))));
    run(&works[4]);
    run(&works[0]);
    run(&works[2]);
    let rest: Vec<_> = outcomes.collect();
    assert_eq!(rest, [(4, Ok(14)), (0, Ok(10)), (2, Ok(12))]);
}

#[test]
fn no_handles_no_outcomes() {
    let mut outcomes = as_completed(Vec::<JobHandle<u32>>::new());
    assert_eq!(outcomes.len(), 0);
    assert_eq!(outcomes.next(), None);
}

#[test]
fn the_number_left_is_known() {
    let pool = HandDriven::new();
    let mut outcomes = as_completed(submit(&pool, 3));
    assert_eq!((outcomes.len(), outcomes.unfinished()), (3, 3));
    pool.run_all();
    outcomes.next();
    assert_eq!((outcomes.len(), outcomes.unfinished()), (2, 2));
    assert_eq!(outcomes.by_ref().count(), 2);
    assert_eq!(outcomes.next(), None);
}

#[test]
fn time_that_passes_is_told_from_the_end() {
    let pool = HandDriven::new();
    let mut outcomes = as_completed(submit(&pool, 2));
    assert_eq!(outcomes.next_timeout(Duration::ZERO), None);
    assert_eq!(outcomes.next_timeout(Duration::from_millis(1)), None);
    assert_eq!(outcomes.unfinished(), 2);
    pool.run_all();
    assert_eq!(outcomes.next_timeout(Duration::ZERO), Some((0, Ok(10))));
    assert_eq!(outcomes.next_timeout(LONG), Some((1, Ok(11))));
    assert_eq!(
        (outcomes.next_timeout(LONG), outcomes.unfinished()),
        (None, 0)
    );
}

#[test]
fn what_has_not_ended_can_be_had_back() {
    let pool = HandDriven::new();
    let mut outcomes = as_completed(submit(&pool, 3));
    let works: Vec<_> = (0..3).map(|_| pool.take()).collect();
    run(&works[1]);
    assert_eq!(outcomes.next(), Some((1, Ok(11))));
    let unfinished: Vec<_> = outcomes.into_unfinished().collect();
    let positions: Vec<_> = unfinished.iter().map(|(index, _)| *index).collect();
    assert_eq!(positions, [0, 2]);
    run(&works[0]);
    run(&works[2]);
    let outcomes: Vec<_> = unfinished
        .into_iter()
        .map(|(_, handle)| handle.join())
        .collect();
    assert_eq!(outcomes, [Ok(10), Ok(12)]);
}

#[test]
fn dropping_it_detaches_what_has_not_ended() {
    let pool = HandDriven::new();
    drop(as_completed(submit(&pool, 2)));
    let work = pool.take();
    run(&work);
    assert!(work.job.is_settled(0));
}
