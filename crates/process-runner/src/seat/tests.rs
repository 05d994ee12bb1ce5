//! Seats without workers behind them.

use std::sync::Mutex;

use anypool_core::{Executor as _, ExecutorId, Patience, RawExecutor, Refused, Work};

use super::*;
use crate::sys::page::SharedPage;
use crate::wire::status::StatusPage;

/// Keeps what is submitted.
struct Keeper(ExecutorId, Mutex<Vec<Work>>);

impl RawExecutor for Keeper {
    fn id(&self) -> ExecutorId {
        self.0
    }

    fn workers(&self) -> usize {
        1
    }

    fn submit_work(&self, work: Work, _: Patience) -> Result<(), Refused> {
        self.1.lock().unwrap().push(work);
        Ok(())
    }
}

fn parcel(work: &Work) -> Parcel {
    Parcel::pack(work, None).parcels.remove(0)
}

fn seat() -> Seat {
    let page = SharedPage::map(SharedPage::create().unwrap()).unwrap();
    Seat::new(Arc::new(Grip::new(StatusPage::new(page))))
}

/// Gives `moving` to a seat behind `first`, moves it on to the same place of another seat, and looks who has it.
fn check(first: &Work, moving: &Work) {
    let (mut from, mut to) = (seat(), seat());
    from.give(parcel(first), 0);
    from.give(parcel(moving), 0);
    let moved = from.share().unwrap();
    to.next_sequence = 1;
    assert!(to.give(moved, 0).0.is_some());
    assert!(from.share().is_none(), "it is no longer the first's");
    let claim = to.grip.progress(1).unwrap();
    assert_eq!((claim.next, claim.end), (0, 1), "it is still the second's");
}

#[test]
fn what_has_moved_to_another_worker_is_not_taken_from_there() {
    let keeper = Keeper(ExecutorId::unique(), Mutex::default());
    let square = |n: u64| n * n;
    let map = keeper.map(square, [1, 2]);
    let jobs = [
        keeper.submit(square, 3).unwrap(),
        keeper.submit(square, 4).unwrap(),
    ];
    let works = std::mem::take(&mut *keeper.1.lock().unwrap());
    check(&works[0], &works[1]);
    check(&works[2], &works[3]);
    drop((map, jobs));
}
