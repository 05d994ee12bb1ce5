//! The desk without processes: who gets what.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::grip::tests::grip_of;
use crate::parcel::tests::Keeper;
use crate::sys::memory::{PAGE_BYTES, SharedMemory};
use crate::wire::frame::FrameReader;
use crate::wire::reply::{Header, Reply};
use crate::wire::status::StatusPage;

/// A desk with `workers` open seats.
fn desk(workers: u64) -> Desk {
    let mut desk = Desk::new(true);
    for worker in 0..workers {
        let page = SharedMemory::map(SharedMemory::create(PAGE_BYTES).unwrap()).unwrap();
        desk.open(
            worker,
            Seat::new(Arc::new(grip_of(StatusPage::new(page))), None),
        );
    }
    desk
}

/// Who is sent how many requests, in the order of the sendings.
fn dispatch(desk: &mut Desk) -> Vec<(WorkerKey, usize)> {
    desk.dispatch(0);
    sent(desk)
}

fn sent(desk: &mut Desk) -> Vec<(WorkerKey, usize)> {
    let mut sent = Vec::new();
    while let Some((worker, outbox)) = desk.next_outgoing() {
        let mut frames = FrameReader::default();
        frames.push(&outbox.frames);
        let requests = std::iter::from_fn(|| frames.next_message().unwrap().map(|_| ())).count();
        sent.push((worker, requests));
        desk.give_back(worker, outbox);
    }
    assert!(!desk.has_outgoing());
    sent
}

fn answer(desk: &mut Desk, worker: WorkerKey, sequence: u64, item: u32) {
    let header = Header {
        sequence,
        item,
        // So long that nothing is given far ahead.
        busy: Duration::from_secs(1),
    };
    let seat = desk.seat(worker).unwrap();
    assert!(seat.reply(Reply::Done(header, &[0; 8]), 0).is_ok());
}

#[test]
fn the_idle_are_served_first_and_the_busy_get_one_ahead() {
    let (mut desk, keeper) = (desk(2), Keeper::new());
    let mut handles = Vec::new();
    for _ in 0..6 {
        let (parcel, handle) = keeper.single();
        desk.accept(parcel);
        handles.push(handle);
    }
    assert_eq!(dispatch(&mut desk), [(0, 2), (1, 2)]);
    assert_eq!(desk.busy(), 2);
    assert!(dispatch(&mut desk).is_empty());
    answer(&mut desk, 1, 0, 0);
    assert_eq!(dispatch(&mut desk), [(1, 1)]);
    assert!(!desk.is_clear());
}

#[test]
fn the_closed_and_the_congested_get_nothing_ahead() {
    let (mut desk, keeper) = (desk(2), Keeper::new());
    desk.close(0);
    desk.accept(keeper.chunk(1));
    assert_eq!(dispatch(&mut desk), [(1, 1)]);
    desk.set_congested(1, true);
    desk.accept(keeper.chunk(1));
    assert!(dispatch(&mut desk).is_empty());
    desk.set_congested(1, false);
    assert_eq!(dispatch(&mut desk), [(1, 1)]);
}

#[test]
fn nothing_is_sent_ahead_where_that_is_not_wanted() {
    let mut desk = Desk {
        sends_ahead: false,
        ..desk(1)
    };
    let keeper = Keeper::new();
    desk.accept(keeper.chunk(1));
    desk.accept(keeper.chunk(1));
    assert_eq!(dispatch(&mut desk), [(0, 1)]);
    answer(&mut desk, 0, 0, 0);
    assert_eq!(dispatch(&mut desk), [(0, 1)]);
}

#[test]
fn what_was_settled_while_it_waited_is_dropped_and_counted() {
    let (mut desk, keeper) = (desk(1), Keeper::new());
    let (parcel, handle) = keeper.single();
    desk.accept(parcel);
    assert!(handle.cancel());
    let left = desk.dispatch(0);
    assert!(!desk.has_outgoing());
    assert_eq!((left.jobs, left.bytes), (1, 12));
    assert!(desk.is_clear());
}

#[test]
fn a_worker_that_runs_dry_shares_the_rest_of_a_chunk() {
    let (mut desk, keeper) = (desk(1), Keeper::new());
    desk.accept(keeper.chunk(10));
    assert_eq!(dispatch(&mut desk), [(0, 1)]);
    let newcomer = self::desk(1).remove(0).unwrap();
    desk.open(1, newcomer);
    let left = desk.dispatch(0);
    // The first item stays; a piece for each, and nothing is left in the queue or counted as such.
    assert_eq!(
        (sent(&mut desk), left),
        (vec![(1, 1), (0, 1)], Waiting::default())
    );
    assert!(desk.queue.is_empty());
    assert!(dispatch(&mut desk).is_empty());
}

#[test]
fn one_job_does_not_go_back_and_forth_between_idle_workers() {
    let (mut desk, keeper) = (desk(3), Keeper::new());
    let (parcel, _handle) = keeper.single();
    desk.accept(parcel);
    assert_eq!(dispatch(&mut desk), [(0, 1)]);
    for _ in 0..10 {
        assert!(dispatch(&mut desk).is_empty());
    }
}

#[test]
fn what_comes_back_goes_first_and_in_its_order() {
    let (mut desk, keeper) = (desk(0), Keeper::new());
    desk.accept(keeper.chunk(1));
    let back = desk.put_back(vec![keeper.chunk(2), keeper.chunk(3)]);
    assert_eq!((back.jobs, back.bytes), (5, 60));
    let queue = desk.take_queue();
    let lengths: Vec<u32> = queue.iter().map(Parcel::len).collect();
    assert_eq!(lengths, [2, 3, 1]);
}
