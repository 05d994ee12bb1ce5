//! A map's deadline: what has not ended by then is reported, never left out.

use std::sync::Arc;
use std::time::Duration;

use anypool_core::{Executor as _, JobError, MapOptions};
use serde::{Deserialize, Serialize};

use crate::hand_driven::{HandDriven, run, settle_with};

fn same(n: u32) -> u32 {
    n
}

fn options(deadline: Duration) -> MapOptions {
    MapOptions::new()
        .chunk(1.try_into().unwrap())
        .window(3.try_into().unwrap())
        .deadline(deadline)
}

/// Waits until the deadline of a map that was started before the call has passed. There is no event
/// to wait for: the passing of time is what is tested.
fn pass(deadline: Duration) {
    std::thread::sleep(deadline);
}

const SOON: Duration = Duration::from_millis(500);

#[test]
fn what_has_not_ended_by_the_deadline_is_cancelled() {
    let pool = HandDriven::new();
    let mut map = pool.map_with(same, 0..3, options(SOON));
    let works = [(); 3].map(|()| pool.take());
    run(&works[1]);
    let outcomes: Vec<_> = map.by_ref().collect();
    assert_eq!(
        outcomes,
        [Err(JobError::Cancelled), Ok(1), Err(JobError::Cancelled)]
    );
    assert_eq!(map.next(), None);
    assert!(works[2].job.is_settled(0));
}

#[test]
fn a_deadline_that_is_kept_changes_nothing() {
    let pool = HandDriven::new();
    let map = pool.map_with(same, 0..3, options(crate::hand_driven::LONG));
    pool.run_all();
    assert!(map.eq([Ok(0), Ok(1), Ok(2)]));
}

#[test]
fn a_map_that_is_cut_short_never_looks_complete() {
    let pool = HandDriven::new();
    let mut pulled = 0;
    let mut map = pool.map_with(same, (0..100).inspect(|_| pulled += 1), options(SOON));
    pool.run_all();
    pass(SOON);
    // All that was sent has ended in time; the rest of the source was not.
    let outcomes: Vec<_> = map.by_ref().collect();
    drop(map);
    assert_eq!(outcomes, [Ok(0), Ok(1), Ok(2), Err(JobError::Cancelled)]);
    assert_eq!(pulled, 4);
}

#[test]
fn an_exhausted_source_is_not_cut_short() {
    let pool = HandDriven::new();
    let map = pool.map_with(same, 0..3, options(SOON));
    pool.run_all();
    pass(SOON);
    assert!(map.eq([Ok(0), Ok(1), Ok(2)]));
}

/// A payload whose drop runs what the test has prepared.
#[derive(Serialize, Deserialize)]
struct Trigger(u32, #[serde(skip)] Option<Prepared>);

struct Prepared(Box<dyn FnOnce() + Send>);

impl Drop for Trigger {
    fn drop(&mut self) {
        if let Some(Prepared(prepared)) = self.1.take() {
            prepared();
        }
    }
}

fn number_of(mut trigger: Trigger) -> u32 {
    trigger.1 = None;
    trigger.0
}

#[test]
fn an_item_that_ends_while_the_deadline_cancels_the_others_does_not_end_the_map() {
    let pool = Arc::new(HandDriven::new());
    let taken = Arc::downgrade(&pool);
    // The first item is on its way when the deadline passes; it ends just when the second, which
    // has not started, is cancelled and dropped.
    let prepared = Prepared(Box::new(move || {
        let work = taken.upgrade().expect("the test keeps it").take();
        settle_with(&work.job, 0, &10_u32);
    }));
    let source = [
        Trigger(0, None),
        Trigger(1, Some(prepared)),
        Trigger(2, None),
    ];
    let map = pool.map_with(number_of, source, options(SOON));
    let mut outcomes = Vec::new();
    for outcome in map {
        outcomes.push(outcome);
    }
    assert_eq!(
        outcomes[1..],
        [Err(JobError::Cancelled), Err(JobError::Cancelled)]
    );
}
