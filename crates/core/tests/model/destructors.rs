//! Inputs whose destructors panic: the panic is reported and costs nobody else anything.

use std::sync::mpsc::channel;

use anypool_core::{Executor as _, JobError, MapOptions, set_quiet, submit_closure};
use serde::{Deserialize, Serialize};

use crate::hand_driven::HandDriven;

/// Panics when dropped if it says so.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Bomb(bool);

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!self.0 || std::thread::panicking(), "this input explodes");
    }
}

fn two_at_once() -> MapOptions {
    MapOptions::new().chunk(2.try_into().unwrap())
}

fn defuse(mut bomb: Bomb) -> bool {
    std::mem::take(&mut bomb.0)
}

#[test]
fn cancelling_calls_the_callbacks_and_releases_who_waits() {
    set_quiet(true);
    let pool = HandDriven::new();
    let bomb = Bomb(true);
    let mut handle = submit_closure(&pool, move || drop(bomb)).unwrap();
    let (tell, told) = channel();
    handle.on_done(move |outcome| tell.send(outcome.clone()).unwrap());
    assert!(handle.cancel());
    assert_eq!(told.try_recv(), Ok(Err(JobError::Cancelled)));
    assert_eq!(handle.join(), Err(JobError::Cancelled));
}

#[test]
fn the_last_item_of_a_chunk_still_ends_the_chunk() {
    set_quiet(true);
    let pool = HandDriven::new();
    let inputs = [Bomb(false), Bomb(true)];
    let map = pool.map_with(defuse, inputs, two_at_once());
    pool.take().fail(&JobError::Shutdown);
    let outcomes: Vec<_> = map.collect();
    assert_eq!(outcomes, [Err(JobError::Shutdown), Err(JobError::Shutdown)]);
}

#[test]
fn the_items_behind_it_are_settled_too() {
    set_quiet(true);
    let pool = HandDriven::new();
    let inputs = [Bomb(true), Bomb(false)];
    let map = pool.map_with(defuse, inputs, two_at_once());
    pool.take().fail(&JobError::Shutdown);
    let outcomes: Vec<_> = map.collect();
    assert_eq!(outcomes, [Err(JobError::Shutdown), Err(JobError::Shutdown)]);
}

#[test]
fn dropping_a_map_cancels_every_chunk() {
    set_quiet(true);
    let pool = HandDriven::new();
    let inputs = [true, false, false, false].map(Bomb);
    let map = pool.map_with(defuse, inputs, two_at_once());
    drop(map);
    assert_eq!(pool.queued(), 2);
    let settled = |item| pool.take().job.is_settled(item);
    assert!(settled(0) && settled(0), "nothing of it will run");
}
