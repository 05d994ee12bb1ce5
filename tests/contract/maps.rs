//! `map` and its siblings: lazy, endless, in order, and not stopped by failures.

use std::cell::Cell;
use std::time::Duration;

use anypool_core::{
    Executor as _, JobError, MapOptions, RawExecutor, TryMapCause, Unwound, catch, set_quiet,
};
use anypool_tests::{Gate, LONG, Mark, Pass, Pool, Subject, Tally};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

anypool_tests::contract! {
    all: [
        results_come_in_order,
        an_empty_map_ends_at_once,
        a_map_of_an_endless_source_is_lazy,
        the_window_bounds_what_is_pulled,
        a_map_goes_on_after_failures,
        try_map_stops_at_the_first_failure,
        chunks_of_any_size_give_the_same,
        every_item_runs_once,
        a_map_works_on_a_dyn_executor,
        a_source_that_panics_ends_its_map_and_no_other,
    ],
    pools: [
        results_come_in_order_when_jobs_do_not_end_in_order,
        unordered_results_come_as_jobs_end,
        dropping_a_map_cancels_what_has_not_started,
        a_deadline_cancels_what_has_not_ended,
        several_maps_share_a_pool,
    ],
}

fn square(n: u64) -> u64 {
    n * n
}

fn results_come_in_order<S: Subject>() {
    let pool = S::with_workers(2);
    let outcomes = pool.map(square, 0..20_000);
    assert!(outcomes.eq((0..20_000).map(|n| Ok(n * n))));
    let mut outcomes: Vec<_> = pool.map_unordered(square, 0..2_000).collect();
    outcomes.sort_by_key(|(position, _)| *position);
    assert!(
        outcomes
            .into_iter()
            .eq((0..).zip((0..2_000).map(|n| Ok(n * n))))
    );
}

fn an_empty_map_ends_at_once<S: Subject>() {
    let pool = S::with_workers(2);
    assert_eq!(pool.map(square, []).next(), None);
    assert_eq!(pool.map_unordered(square, []).next(), None);
    assert_eq!(pool.try_map(checked, []), Ok(vec![]));
}

fn a_map_of_an_endless_source_is_lazy<S: Subject>() {
    let pool = S::with_workers(2);
    let mut map = pool.map(square, 0..);
    for n in 0..1_000 {
        assert_eq!(map.next(), Some(Ok(n * n)));
    }
    assert_eq!(map.size_hint().1, None);
}

fn the_window_bounds_what_is_pulled<S: Subject>() {
    let pool = S::with_workers(2);
    let pulled = Cell::new(0);
    let source = (0..).inspect(|n| pulled.set(n + 1));
    let options = MapOptions::new().window(3.try_into().unwrap());
    let mut map = pool.map_with(square, source, options);
    assert_eq!(pulled.get(), 3);
    for n in 0..100 {
        assert_eq!(map.next(), Some(Ok(n * n)));
        assert_eq!(pulled.get(), n + 4);
    }
}

fn refuse_fours(n: u64) -> u64 {
    set_quiet(true);
    assert_ne!(n % 8, 4, "a four");
    n
}

fn a_map_goes_on_after_failures<S: Subject>() {
    let pool = S::with_workers(2);
    for options in [MapOptions::new(), chunk(1), chunk(3), chunk(8)] {
        let outcomes: Vec<_> = pool.map_with(refuse_fours, 0..64, options).collect();
        assert_eq!(outcomes.len(), 64);
        for (n, outcome) in (0..).zip(outcomes) {
            match outcome {
                Ok(value) => assert!(value == n && n % 8 != 4),
                Err(error) => {
                    assert!(
                        n % 8 == 4 && matches!(error, JobError::Panicked(_)),
                        "{n}: {error}"
                    );
                }
            }
        }
    }
}

fn checked(n: u64) -> Result<u64, String> {
    if n < 10 {
        Ok(n)
    } else {
        Err(format!("{n} is too much"))
    }
}

fn try_map_stops_at_the_first_failure<S: Subject>() {
    let pool = S::with_workers(2);
    assert_eq!(
        pool.try_map(checked, (0..10).rev()),
        Ok((0..10).rev().collect())
    );
    let error = pool.try_map(checked, 0..).unwrap_err();
    assert!(error.index >= 10);
    assert_eq!(
        error.cause,
        TryMapCause::Task(format!("{} is too much", error.index))
    );
}

fn chunk(items: usize) -> MapOptions {
    MapOptions::new().chunk(items.try_into().expect("not zero"))
}

fn chunks_of_any_size_give_the_same<S: Subject>() {
    let pool = S::with_workers(2);
    for size in [1, 2, 7, 63, 64, 65, 1_000_000] {
        let outcomes = pool.map_with(square, 0..64, chunk(size));
        assert!(outcomes.eq((0..64).map(|n| Ok(n * n))), "chunks of {size}");
    }
}

fn every_item_runs_once<S: Subject>() {
    let pool = S::with_workers(2);
    let tally = Tally::new();
    let marks = std::iter::repeat_with(|| tally.mark()).take(500);
    assert_eq!(
        pool.map(Mark::add, marks).filter(Result::is_ok).count(),
        500
    );
    drop(pool);
    assert_eq!(tally.count(), 500);
}

fn a_map_works_on_a_dyn_executor<S: Subject>() {
    let pool: Box<dyn RawExecutor> = Box::new(S::with_workers(2));
    let outcomes = pool.map(|n| n + 1, 0_u32..10);
    assert!(outcomes.eq((1..11).map(Ok)));
}

fn results_come_in_order_when_jobs_do_not_end_in_order<P: Pool>() {
    let pool = P::with_workers(3);
    let gate = Gate::new();
    let passes = (0..3).map(|number| gate.pass(number));
    let mut map = pool.map_with(Pass::enter, passes, chunk(1));
    for visitor in gate.next_sorted(3).into_iter().rev() {
        visitor.let_go();
    }
    assert!(map.by_ref().eq((0..3).map(Ok)));
}

fn unordered_results_come_as_jobs_end<P: Pool>() {
    let pool = P::with_workers(2);
    let gate = Gate::new();
    let mut map = pool.map_unordered(Pass::enter, (0..2).map(|number| gate.pass(number)));
    let mut visitors = gate.next_sorted(2);
    visitors.remove(1).let_go();
    assert_eq!(map.next(), Some((1, Ok(1))));
    visitors.remove(0).let_go();
    assert_eq!(map.next(), Some((0, Ok(0))));
    assert_eq!(map.next(), None);
}

fn dropping_a_map_cancels_what_has_not_started<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let map = pool.map(Pass::enter, (0..4).map(|number| gate.pass(number)));
    let visitor = gate.next();
    drop(map);
    let after = pool.submit(Pass::enter, gate.pass(9)).unwrap();
    visitor.let_go();
    let next = gate.next();
    assert_eq!(next.number, 9, "the map's other items do not run");
    next.let_go();
    assert_eq!(after.join(), Ok(9));
}

fn a_deadline_cancels_what_has_not_ended<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let passes = (0..3).map(|number| gate.pass(number));
    let options = chunk(1).deadline(Duration::from_millis(300));
    let outcomes: Vec<_> = pool.map_with(Pass::enter, passes, options).collect();
    assert!(outcomes.len() <= 3 && !outcomes.is_empty());
    assert!(
        outcomes
            .iter()
            .all(|outcome| *outcome == Err(JobError::Cancelled))
    );
    drop(gate);
    assert_eq!(
        pool.submit(square, 3).unwrap().join_timeout(LONG).unwrap(),
        Ok(9)
    );
}

fn several_maps_share_a_pool<P: Pool>() {
    let pool = P::with_workers(2);
    std::thread::scope(|scope| {
        for start in [0, 1_000, 2_000] {
            let pool = &pool;
            scope.spawn(move || {
                let range = start..start + 1_000;
                assert!(pool.map(square, range.clone()).eq(range.map(|n| Ok(n * n))));
            });
        }
    });
    let (mut odd, mut even) = (
        pool.map(square, (1..).step_by(2)),
        pool.map(square, (0..).step_by(2)),
    );
    for n in 0..200 {
        let root = 2 * n;
        assert_eq!(even.next(), Some(Ok(root * root)));
        assert_eq!(odd.next(), Some(Ok((root + 1) * (root + 1))));
    }
}

fn a_source_that_panics_ends_its_map_and_no_other<S: Subject>() {
    let pool = S::with_workers(2);
    let mut other = pool.map(square, 0..);
    let holding = Rc::new(());
    // In the first window, which `map` itself fills, and later.
    for last in [0, 1, 20_000] {
        let held = Rc::clone(&holding);
        let source = (0..).inspect(move |&n| {
            assert!(n < last, "no input {n} for {held:?}");
        });
        set_quiet(true);
        let ran = catch(AssertUnwindSafe(|| {
            pool.map(square, source)
                .map(Result::unwrap)
                .fold(0, u64::wrapping_add)
        }));
        set_quiet(false);
        let Err(Unwound::Panicked(report)) = ran else {
            panic!("the source panicked: {ran:?}");
        };
        assert_eq!(report.message, format!("no input {last} for ()"));
        assert_eq!(Rc::strong_count(&holding), 1, "the source is dropped");
        assert!((&mut other).take(100).all(|outcome| outcome.is_ok()));
        assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
    }
    drop(other);
    assert!(pool.map(square, 0..100).eq((0..100).map(|n| Ok(n * n))));
}
