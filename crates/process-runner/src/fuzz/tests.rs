//! The scripts of hostile workers, made by proptest.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anypool_core::JobError;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::grip::tests::grip_of;
use crate::parcel::Parcel;
use crate::parcel::tests::Keeper;
use crate::seat::Seat;
use crate::sys::memory::{PAGE_BYTES, SharedMemory};
use crate::wire::status::StatusPage;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn frames_do_not_depend_on_how_a_stream_is_cut(script in vec(any::<u8>(), 0..600)) {
        frames(&script);
    }

    #[test]
    fn replies_are_understood_or_refused(script in vec(any::<u8>(), 0..300)) {
        reply(&script);
    }

    #[test]
    fn control_messages_are_understood_or_refused(script in vec(any::<u8>(), 0..300)) {
        control(&script);
    }

    #[test]
    fn records_are_understood_or_refused(script in vec(any::<u8>(), 0..200)) {
        record(&script);
    }

    #[test]
    fn every_item_is_settled_or_given_back_once(script in vec(any::<u8>(), 0..800)) {
        seat(&script);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn lines_lose_no_byte_and_keep_few(script in vec(any::<u8>(), 0..2_000)) {
        lines(&script);
    }

    #[test]
    fn credit_bounds_what_is_under_way(script in vec(any::<u8>(), 0..300)) {
        credit(&script);
    }
}

/// Tells a scribbler to stop, however a test ends.
struct StopsAtTheEnd<'s>(&'s AtomicBool);

impl Drop for StopsAtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Writes on a page as fast as it can, until it is told to stop.
fn scribble_all_the_time(page: &StatusPage, stop: &AtomicBool) {
    for number in 0u32.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let sequence = u64::from(number % 3);
        page.scribble(sequence, (number % 5, number % 7));
        page.scribble_word(
            number as usize,
            u64::from(number).wrapping_mul(u64::MAX / 7),
        );
    }
}

#[test]
fn a_page_that_changes_all_the_time_keeps_nobody_and_loses_no_item() {
    let keeper = Keeper::new();
    for _ in 0..300 {
        let memory = SharedMemory::create(PAGE_BYTES).unwrap();
        let map = || StatusPage::new(SharedMemory::map(&memory).unwrap());
        let (page, stop) = (map(), AtomicBool::new(false));
        let mut seat = Seat::new(Arc::new(grip_of(map())), None);
        std::thread::scope(|scope| {
            let _stop = StopsAtTheEnd(&stop);
            scope.spawn(|| scribble_all_the_time(&page, &stop));
            seat.give(keeper.chunk(4), 0, &mut Vec::new());
            seat.give(keeper.chunk(3), 0, &mut Vec::new());
            let mut left = 0;
            for now in 0..50 {
                let running = seat.running(now);
                assert!(running.is_none_or(|running| running.ran <= Duration::from_nanos(now)));
                left += seat.share().iter().map(Parcel::len).sum::<u32>();
            }
            let back = seat.take_back_all();
            left += back.iter().map(Parcel::len).sum::<u32>();
            let remains = seat.end(&JobError::Killed);
            left += remains.returned.iter().map(Parcel::len).sum::<u32>();
            assert_eq!(left as usize + remains.lost.len(), 7);
        });
    }
}
