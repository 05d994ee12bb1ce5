//! The planner alone: with times that are made up, and no pool.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn measure(items: usize, item: Duration) -> Measure {
    Measure {
        items,
        busy: item.saturating_mul(u32::try_from(items).unwrap()),
        bytes: 0,
    }
}

/// Cuts `source` items that take `nanos` each, every chunk measured before the next. Returns the sizes.
fn cut(planner: &mut ChunkPlanner, source: usize, nanos: u64) -> Vec<usize> {
    let mut sizes = Vec::new();
    let mut left = source;
    while left > 0 {
        let size = planner.next_chunk(Some(left), usize::MAX);
        assert!(size > 0);
        let size = size.min(left);
        left -= size;
        sizes.push(size);
        planner.record(measure(size, Duration::from_nanos(nanos)));
    }
    sizes
}

#[test]
fn slow_items_travel_alone() {
    let mut planner = ChunkPlanner::new(None, 4);
    assert_eq!(planner.next_chunk(None, 100), 1);
    planner.record(measure(1, Duration::from_millis(5)));
    assert_eq!(planner.next_chunk(None, 100), 1);
}

#[test]
fn fast_items_fill_the_target_after_a_few_measurements() {
    let mut planner = ChunkPlanner::new(None, 2);
    let sizes = cut(&mut planner, 1_000_000, 1_000);
    assert_eq!(sizes[..5], [1, 8, 64, 200, 200]);
}

#[test]
fn items_that_become_slow_shrink_the_chunks_after_three_and_a_delay_shrinks_none() {
    let mut planner = ChunkPlanner::new(None, 2);
    cut(&mut planner, 1_000_000, 100);
    let slow = measure(1, Duration::from_millis(1));
    let sizes = [(); 4].map(|()| {
        planner.record(slow);
        planner.next_chunk(None, usize::MAX)
    });
    assert_eq!(sizes, [2_000, 2_000, 1, 1]);
}

#[test]
fn large_items_make_small_chunks_however_fast_they_are() {
    let mut planner = ChunkPlanner::new(None, 2);
    for items in [1, 8] {
        let bytes = items * MOST_BYTES / 4;
        let busy = Duration::from_nanos(50);
        planner.record(Measure { items, busy, bytes });
    }
    assert_eq!(planner.next_chunk(None, usize::MAX), 4);
}

#[test]
fn the_tail_is_shared_among_the_workers() {
    let mut planner = ChunkPlanner::new(None, 4);
    for items in [1, 8, 64] {
        planner.record(measure(items, Duration::from_micros(1)));
    }
    assert_eq!(planner.next_chunk(Some(400), usize::MAX), 50);
    // Ten microseconds of work are not divided further.
    assert_eq!(planner.next_chunk(Some(8), usize::MAX), 10);
    for _ in 0..LATEST {
        planner.record(measure(8, Duration::from_millis(1)));
    }
    assert_eq!(planner.next_chunk(Some(8), usize::MAX), 1);
}

#[test]
fn a_fixed_size_stays() {
    let mut planner = ChunkPlanner::new(NonZeroUsize::new(7), 4);
    planner.record(measure(7, Duration::from_secs(1)));
    assert_eq!(planner.next_chunk(Some(100), 100), 7);
    assert_eq!(planner.next_chunk(Some(100), 3), 3);
    let much = ChunkPlanner::new(NonZeroUsize::new(usize::MAX), 4);
    assert_eq!(much.next_chunk(None, usize::MAX), MOST_FIXED);
}

#[test]
fn a_thousand_million_tiny_items_make_few_chunks_that_never_exceed_the_bound() {
    let mut planner = ChunkPlanner::new(None, 8);
    let items = 1_000_000_000;
    let sizes = cut(&mut planner, items, 2);
    assert_eq!(sizes.iter().sum::<usize>(), items);
    assert_eq!(sizes.iter().max(), Some(&MOST_ITEMS));
    assert!(sizes.len() < items / MOST_ITEMS + 200, "{}", sizes.len());
}

/// Hands chunks to whichever worker is free first, as a pool does. Returns when each has ended, in
/// nanoseconds, and the longest item.
fn play(workers: usize, items: &[u64]) -> (Vec<u64>, u64) {
    let mut planner = ChunkPlanner::new(None, workers);
    let mut free = vec![0; workers];
    let mut left = items;
    while !left.is_empty() {
        let size = planner.next_chunk(Some(left.len()), usize::MAX);
        let (chunk, rest) = left.split_at(size.min(left.len()));
        left = rest;
        let busy: u64 = chunk.iter().sum();
        *free.iter_mut().min().unwrap() += busy;
        planner.record(Measure {
            items: chunk.len(),
            busy: Duration::from_nanos(busy),
            bytes: 0,
        });
    }
    (free, items.iter().copied().max().unwrap_or(0))
}

proptest! {
    #[test]
    fn a_chunk_is_never_empty_nor_more_than_there_is_room(
        fixed in proptest::option::of(1..200_000_usize),
        workers in 0..100_usize,
        measures in vec((0..100_000_usize, 0..u64::MAX, 0..usize::MAX), 0..20),
        remaining in proptest::option::of(any::<usize>()),
        room in 1..usize::MAX,
    ) {
        let mut planner = ChunkPlanner::new(fixed.and_then(NonZeroUsize::new), workers);
        for (items, nanos, bytes) in measures {
            let busy = Duration::from_nanos(nanos);
            planner.record(Measure { items, busy, bytes });
        }
        let size = planner.next_chunk(remaining, room);
        prop_assert!(size >= 1 && size <= room);
        match fixed {
            Some(fixed) => prop_assert_eq!(size, fixed.min(MOST_FIXED).min(room)),
            None => prop_assert!(size <= MOST_ITEMS),
        }
    }

    #[test]
    fn every_item_of_a_source_is_in_one_chunk(source in 0..100_000_usize, nanos in 0..100_000_u64) {
        let sizes = cut(&mut ChunkPlanner::new(None, 3), source, nanos);
        prop_assert_eq!(sizes.iter().sum::<usize>(), source);
    }

    #[test]
    fn workers_finish_together(
        workers in 1..16_usize,
        count in 1..20_000_usize,
        nanos in 1..1_000_000_u64,
    ) {
        let (ends, item) = play(workers, &vec![nanos; count]);
        let (first, last) = (ends.iter().min().unwrap(), ends.iter().max().unwrap());
        // Nobody waits for another longer than an item takes, or a chunk that is not worth dividing.
        let least = u64::try_from(LEAST.as_nanos()).unwrap();
        prop_assert!(last - first <= item + least, "{ends:?}");
    }

    #[test]
    fn unequal_items_keep_the_workers_busy(
        workers in 1..8_usize,
        items in vec(10_000..80_000_u64, 1..2_000),
    ) {
        let (ends, longest) = play(workers, &items);
        let total: u64 = items.iter().sum();
        let last = *ends.iter().max().unwrap();
        // A chunk that was planned by the shortest items may hold the longest.
        let target = u64::try_from(TARGET.as_nanos()).unwrap();
        prop_assert!(last <= total / workers as u64 + longest + 8 * target, "{ends:?}");
    }
}
