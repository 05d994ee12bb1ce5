//! Seats without workers behind them.

use std::num::NonZeroUsize;

use anypool_core::{Executor as _, JobError, MapOptions, Retries};

use super::*;
use crate::grip::tests::grip_of;
use crate::parcel::tests::{Keeper, parcel};
use crate::sys::memory::{PAGE_BYTES, SharedMemory};
use crate::wire::reply::Header;
use crate::wire::status::StatusPage;

/// A seat, and the worker's side of its page.
fn seated() -> (Seat, StatusPage) {
    let memory = SharedMemory::create(PAGE_BYTES).unwrap();
    let map = || StatusPage::new(SharedMemory::map(&memory).unwrap());
    (Seat::new(Arc::new(grip_of(map())), None), map())
}

fn seat() -> Seat {
    seated().0
}

fn done(sequence: u64, item: u32) -> Reply<'static> {
    let header = Header {
        sequence,
        item,
        busy: Duration::ZERO,
    };
    Reply::Done(header, &[0; 8])
}

fn items(parcels: &[Parcel]) -> Vec<std::ops::Range<u32>> {
    parcels.iter().map(|parcel| parcel.items.clone()).collect()
}

/// Gives `moving` to a seat behind `first`, moves it on to the same place of another seat, and looks
/// who has it.
fn check(first: Parcel, moving: Parcel) {
    let (mut from, mut to) = (seat(), seat());
    from.give(first, 0, &mut Vec::new());
    from.give(moving, 0, &mut Vec::new());
    let moved = from.share().pop().unwrap();
    to.next_sequence = 1;
    let mut outbox = Vec::new();
    to.give(moved, 0, &mut outbox);
    assert!(!outbox.is_empty());
    assert!(from.share().is_empty(), "it is no longer the first's");
    let claim = to.grip.progress(1).unwrap();
    assert_eq!((claim.next, claim.end), (0, 1), "it is still the second's");
}

#[test]
fn what_has_moved_to_another_worker_is_not_taken_from_there() {
    let keeper = Keeper::new();
    check(keeper.chunk(1), keeper.chunk(1));
    let ((first, _handle), (second, _other)) = (keeper.single(), keeper.single());
    check(first, second);
}

#[test]
fn answers_settle_items_in_their_order() {
    let (mut seat, page) = seated();
    assert!(seat.reply(done(0, 0), 0).is_err(), "without a request");
    seat.give(Keeper::new().chunk(2), 0, &mut Vec::new());
    assert!(seat.reply(done(0, 1), 0).is_err(), "out of order");
    assert!(seat.reply(done(1, 0), 0).is_err(), "for another request");
    assert!(page.claim(0, 0, 0));
    assert!(!seat.is_at_last());
    let Ok(Replied::Settled(settled)) = seat.reply(done(0, 0), 0) else {
        panic!("the answer is in order");
    };
    assert_eq!(settled.item, 0);
    assert!(seat.reply(done(0, 0), 0).is_err(), "twice");
    assert!(seat.is_at_last() && !seat.is_idle());
    assert!(seat.reply(done(0, 1), 0).is_ok());
    assert!(seat.is_idle());
}

#[test]
fn an_answer_for_what_was_taken_back_is_a_breach() {
    let mut seat = seat();
    seat.give(Keeper::new().chunk(2), 0, &mut Vec::new());
    assert_eq!(seat.take_back_all()[0].items, 0..2);
    assert!(seat.reply(done(0, 0), 0).is_err());
    assert!(seat.reply(Reply::Skipped { sequence: 0 }, 0).is_ok());
    assert!(seat.is_idle());
}

#[test]
fn skipping_is_for_what_was_taken_back_and_no_earlier() {
    let (mut seat, page) = seated();
    let skipped = || Reply::Skipped { sequence: 0 };
    assert!(seat.reply(skipped(), 0).is_err(), "without a request");
    seat.give(Keeper::new().chunk(3), 0, &mut Vec::new());
    assert!(seat.reply(skipped(), 0).is_err(), "nothing was taken back");
    assert!(page.claim(0, 0, 0));
    assert_eq!(seat.take_back_all()[0].items, 1..3);
    assert!(
        seat.reply(skipped(), 0).is_err(),
        "an item has been claimed"
    );
    assert!(seat.current_job().is_some());
    assert!(seat.reply(done(0, 0), 0).is_ok());
    assert_eq!(seat.current_job(), None, "what was taken back does not run");
    assert!(seat.reply(skipped(), 0).is_ok());
}

#[test]
fn the_dead_lose_what_had_started_and_give_back_the_rest() {
    let (mut seat, page) = seated();
    let keeper = Keeper::new();
    seat.give(keeper.chunk(5), 0, &mut Vec::new());
    seat.give(keeper.chunk(2), 0, &mut Vec::new());
    assert!(page.claim(0, 0, 0) && page.claim(0, 1, 0));
    assert!(seat.reply(done(0, 0), 0).is_ok());
    let (chunk, other) = (
        seat.flights[0].parcel.job.id(),
        seat.flights[1].parcel.job.id(),
    );
    assert_eq!(seat.current_job(), Some(chunk));
    assert_ne!(chunk, other);
    let remains = seat.end(&JobError::Killed);
    let lost: Vec<u32> = remains.lost.iter().map(|lost| lost.item).collect();
    assert_eq!(lost, [1]);
    assert_eq!(items(&remains.returned), [2..5, 0..2]);
    assert!(seat.is_idle());
}

#[test]
fn a_page_that_the_dead_have_scribbled_on_loses_no_item_and_doubles_none() {
    for scribble in [(0, 0), (0, 3), (3, 3), (7, 9), (1_000, 2), (5, 1_000)] {
        let (mut seat, page) = seated();
        seat.give(Keeper::new().chunk(5), 0, &mut Vec::new());
        assert!(page.claim(0, 0, 0));
        assert!(seat.reply(done(0, 0), 0).is_ok());
        page.scribble(0, scribble);
        let remains = seat.end(&JobError::Killed);
        let lost = remains.lost.iter().map(|lost| lost.item);
        let returned = remains
            .returned
            .iter()
            .flat_map(|parcel| parcel.items.clone());
        let all: Vec<u32> = lost.chain(returned).collect();
        assert_eq!(all, [1, 2, 3, 4], "{scribble:?}");
    }
}

#[test]
fn the_time_of_a_running_item_is_bounded_by_what_the_parent_knows() {
    for (said, ran) in [(0, 1_000), (1_500, 500), (u64::MAX, 0)] {
        let (mut seat, page) = seated();
        seat.give(Keeper::new().chunk(2), 1_000, &mut Vec::new());
        assert!(seat.running(2_000).is_none(), "nothing has been claimed");
        assert!(page.claim(0, 0, said));
        let running = seat.running(2_000).unwrap();
        assert_eq!((running.item, running.ran), (0, Duration::from_nanos(ran)));
        assert!(seat.reply(done(0, 0), 1_800).is_ok());
        assert!(seat.running(2_000).is_none(), "between two items");
        assert!(page.claim(0, 1, 0));
        assert_eq!(seat.running(2_000).unwrap().ran, Duration::from_nanos(200));
    }
}

#[test]
fn an_item_that_is_said_to_have_started_anew_has_run_all_the_same() {
    let (mut seat, page) = seated();
    seat.give(Keeper::new().chunk(2), 0, &mut Vec::new());
    assert!(page.claim(0, 0, 1_000));
    assert!(seat.running(2_000).is_some());
    page.offer(0, 2);
    assert!(page.claim(0, 0, 9_000));
    assert_eq!(
        seat.running(9_500).unwrap().ran,
        Duration::from_nanos(8_500)
    );
}

#[test]
fn what_runs_is_what_was_claimed_last_answered_or_not() {
    let (mut seat, page) = seated();
    let keeper = Keeper::new();
    seat.give(keeper.chunk(2), 0, &mut Vec::new());
    seat.give(keeper.chunk(1), 0, &mut Vec::new());
    assert!(page.claim(0, 0, 0));
    let running = seat.running(100).unwrap();
    assert_eq!((running.item, running.has_overtaken), (0, false));
    assert!(page.claim(0, 1, 0));
    let running = seat.running(100).unwrap();
    assert_eq!((running.item, running.has_overtaken), (1, true));
    assert!(page.claim(1, 0, 0));
    let running = seat.running(100).unwrap();
    assert_eq!((running.sequence, running.has_overtaken), (1, true));
    assert!(seat.reply(done(0, 0), 50).is_ok() && seat.reply(done(0, 1), 60).is_ok());
    let running = seat.running(100).unwrap();
    assert_eq!((running.sequence, running.has_overtaken), (1, false));
}

#[test]
fn a_worker_is_given_no_more_items_than_it_may_run() {
    let (mut seat, page) = seated();
    seat.most = Some(3);
    assert_eq!(seat.room(), 3);
    let rest = seat.give(Keeper::new().chunk(5), 0, &mut Vec::new());
    assert_eq!((seat.room(), rest.unwrap().len()), (0, 2));
    assert!(page.claim(0, 0, 0) && seat.reply(done(0, 0), 0).is_ok());
    assert_eq!(seat.take_back_all()[0].len(), 2);
    assert_eq!(seat.room(), 2, "what comes back has not been run");
    assert!(!seat.is_spent());
    assert!(seat.reply(Reply::Skipped { sequence: 0 }, 0).is_ok());
    seat.give(Keeper::new().chunk(2), 0, &mut Vec::new());
    assert!(page.claim(1, 0, 0) && seat.reply(done(1, 0), 0).is_ok());
    assert!(page.claim(1, 1, 0) && seat.reply(done(1, 1), 0).is_ok());
    assert!(seat.is_spent() && seat.is_idle());
}

#[test]
fn an_item_that_failed_can_be_tried_again_where_its_job_allows_it() {
    let keeper = Keeper::new();
    let failed = || {
        let header = Header {
            sequence: 0,
            item: 1,
            busy: Duration::ZERO,
        };
        Reply::Failed(header, JobError::Cancelled)
    };
    let options = MapOptions::new().chunk(NonZeroUsize::new(3).unwrap());
    for (options, again) in [
        (options, None),
        (options.retries(Retries::new(1)), Some(1..2)),
    ] {
        let (mut seat, page) = seated();
        let map = keeper.map_with(|n: u64| n, 0..3, options);
        seat.give(parcel(&keeper.taken()[0]), 0, &mut Vec::new());
        assert!(page.claim(0, 0, 0) && page.claim(0, 1, 0));
        let Ok(Replied::Settled(first)) = seat.reply(done(0, 0), 0) else {
            panic!("the answer is in order");
        };
        assert!(first.attempt.is_none(), "it did not fail");
        let Ok(Replied::Settled(second)) = seat.reply(failed(), 0) else {
            panic!("the answer is in order");
        };
        assert_eq!(second.attempt.map(|attempt| attempt.parcel.items), again);
        drop(map);
    }
}

/// A seat whose worker has answered a tiny item at `answered_nanos`, and has been given so many more later.
fn given_ahead(
    keeper: &Keeper,
    answered_nanos: u64,
    given_nanos: u64,
) -> (Seat, Vec<anypool_core::JobHandle<u64>>) {
    let mut seat = seat();
    let (first, handle) = keeper.single();
    seat.give(first, 0, &mut Vec::new());
    seat.reply(done(0, 0), answered_nanos).unwrap();
    let mut handles = vec![handle];
    for _ in 0..10 {
        let (parcel, handle) = keeper.single();
        assert!(seat.takes_ahead(&parcel));
        seat.give(parcel, given_nanos, &mut Vec::new());
        handles.push(handle);
    }
    (seat, handles)
}

const MILLISECOND: u64 = 1_000_000;

#[test]
fn what_lies_behind_a_silent_worker_is_taken_back_once() {
    let keeper = Keeper::new();
    let (mut seat, _handles) = given_ahead(&keeper, 0, 0);
    assert!(seat.relieve(MILLISECOND).is_empty(), "not yet");
    assert_eq!(seat.relieve(2 * MILLISECOND).len(), 8);
    assert!(seat.relieve(9 * MILLISECOND).is_empty(), "nothing is left");
    let (parcel, _handle) = keeper.single();
    assert!(!seat.takes_ahead(&parcel), "it has not answered since");
}

#[test]
fn what_a_worker_was_given_after_a_pause_is_left_to_it() {
    let keeper = Keeper::new();
    let (mut seat, _handles) = given_ahead(&keeper, 0, 50 * MILLISECOND);
    assert!(seat.relieve(50 * MILLISECOND).is_empty());
    assert_eq!(seat.relieve(52 * MILLISECOND).len(), 8);
}
