//! `map`: lazy, in order, endless, and modest in what it takes from its source.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::time::Instant;

use anypool_core::{Executor as _, InlineExecutor, MapOptions};

use crate::hand_driven::{HandDriven, LONG, run};

fn double(n: u64) -> u64 {
    n * 2
}

fn window(items: usize) -> MapOptions {
    MapOptions::new().window(NonZeroUsize::new(items).unwrap())
}

fn chunk(items: usize) -> MapOptions {
    MapOptions::new().chunk(NonZeroUsize::new(items).unwrap())
}

/// Endless numbers that count how many were pulled.
fn counted(pulled: &Cell<u64>) -> impl Iterator<Item = u64> + '_ {
    (0..).inspect(|n| pulled.set(n + 1))
}

#[test]
fn as_many_workers_as_can_be_said_are_not_none() {
    for workers in [usize::MAX, 1 << (usize::BITS - 2)] {
        let pool = HandDriven::with_workers(workers);
        let map = pool.map(double, 0..3);
        pool.run_all();
        assert_eq!(map.collect::<Result<Vec<_>, _>>(), Ok(vec![0, 2, 4]));
    }
}

#[test]
fn the_call_fills_the_window_and_each_outcome_pulls_one_more() {
    let pool = HandDriven::new();
    let pulled = Cell::new(0);
    let mut map = pool.map_with(double, counted(&pulled), window(3));
    assert_eq!((pulled.get(), pool.queued()), (3, 3));
    pool.run_all();
    for n in 0..100 {
        assert_eq!(map.next(), Some(Ok(n * 2)));
        assert_eq!(pulled.get(), n + 4);
        pool.run_all();
    }
}

#[test]
fn a_chunk_is_no_larger_than_the_window() {
    let pool = HandDriven::new();
    let pulled = Cell::new(0);
    let mut map = pool.map_with(
        double,
        counted(&pulled),
        window(5).chunk(3.try_into().unwrap()),
    );
    assert_eq!((pulled.get(), pool.queued()), (5, 2));
    pool.run_all();
    assert_eq!(map.next(), Some(Ok(0)));
    assert_eq!(pulled.get(), 6);
}

#[test]
fn without_a_window_it_is_still_lazy() {
    let pool = HandDriven::with_workers(2);
    let pulled = Cell::new(0);
    let mut map = pool.map(double, counted(&pulled));
    let at_the_call = pulled.get();
    assert!(at_the_call > 0 && at_the_call < 64, "{at_the_call}");
    pool.run_all();
    assert_eq!(map.next(), Some(Ok(0)));
    assert!(pulled.get() > at_the_call);
}

#[test]
fn a_slow_first_item_bounds_what_is_kept_behind_it() {
    let pool = HandDriven::new();
    let pulled = Cell::new(0);
    let mut map = pool.map_with(double, counted(&pulled), chunk(1));
    let first = pool.take();
    // Everything but the first item runs whenever the map looks.
    let mut rounds = 0;
    while pool.queued() > 0 {
        pool.run_all();
        rounds += 1;
        assert!(rounds < 1_000, "the map pulls without end");
        let _ = map.size_hint();
    }
    let before = pulled.get();
    assert!(before < 1_000, "{before}");
    run(&first);
    assert_eq!(map.next(), Some(Ok(0)));
}

#[test]
fn a_map_goes_on_after_a_slow_first_item_has_held_it_up() {
    let pool = HandDriven::new();
    let mut map = pool.map_with(double, 0..500, chunk(1));
    let first = pool.take();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // As many are sent behind the first one, and then no more.
            let (mut ran, mut first) = (0, Some(first));
            let started = Instant::now();
            while ran < 499 && started.elapsed() < LONG {
                ran += usize::from(pool.run_next());
                if ran == 66 {
                    first.take().iter().for_each(run);
                }
                std::thread::yield_now();
            }
        });
        assert!(map.by_ref().eq((0..500).map(|n| Ok(n * 2))));
    });
}

#[test]
fn results_come_in_the_order_of_the_inputs() {
    let pool = HandDriven::with_workers(2);
    let map = pool.map_with(double, 0..8, chunk(1));
    let mut works: Vec<_> = (0..8).map(|_| pool.take()).collect();
    works.reverse();
    works.iter().for_each(run);
    assert!(map.eq((0..8).map(|n| Ok(n * 2))));
}

#[test]
fn unordered_results_come_as_they_end_with_their_positions() {
    let pool = HandDriven::with_workers(2);
    let map = pool.map_unordered(double, 10..13);
    let mut works: Vec<_> = (0..3).map(|_| pool.take()).collect();
    works.reverse();
    works.iter().for_each(run);
    let outcomes: Vec<_> = map.collect();
    assert_eq!(outcomes, [(2, Ok(24)), (1, Ok(22)), (0, Ok(20))]);
}

#[test]
fn chunks_of_any_size_give_the_same() {
    let expected: Vec<_> = (0..100).map(|n| Ok(n * 2)).collect();
    for size in [1, 2, 3, 7, 99, 100, 101, 1_000_000] {
        let pool = InlineExecutor::new();
        let outcomes: Vec<_> = pool.map_with(double, 0..100, chunk(size)).collect();
        assert_eq!(outcomes, expected, "chunks of {size}");
    }
    let outcomes: Vec<_> = InlineExecutor::new().map(double, 0..100).collect();
    assert_eq!(outcomes, expected);
}

#[test]
fn an_empty_source_gives_nothing() {
    let pool = HandDriven::new();
    let mut map = pool.map(double, std::iter::empty());
    assert_eq!((map.size_hint(), map.next()), ((0, Some(0)), None));
    assert_eq!(pool.queued(), 0);
    assert_eq!(pool.map_unordered(double, []).next(), None);
}

#[test]
fn the_size_is_known_when_the_sources_is() {
    let pool = HandDriven::new();
    let mut map = pool.map_with(double, 0..10, window(4));
    assert_eq!(map.size_hint(), (4, Some(10)));
    pool.run_all();
    map.next();
    assert_eq!(map.size_hint().1, Some(9));
    let endless = pool.map_with(double, 0.., window(4));
    assert_eq!(endless.size_hint(), (4, None));
}

#[test]
fn dropping_a_map_cancels_what_has_not_started() {
    let pool = HandDriven::new();
    let map = pool.map_with(double, 0..4, chunk(2));
    let works = [pool.take(), pool.take()];
    run(&works[0]);
    drop(map);
    assert!((0..2).all(|item| works[1].job.is_settled(item)));
    run(&works[1]);
}

#[test]
fn the_source_need_not_be_send() {
    let shared = std::rc::Rc::new(Cell::new(0));
    let source = std::iter::from_fn(|| {
        shared.set(shared.get() + 1);
        (shared.get() <= 3).then(|| shared.get())
    });
    let pool = InlineExecutor::new();
    assert!(pool.map(double, source).eq([Ok(2), Ok(4), Ok(6)]));
}
