//! Failures in maps: each is one item's, unless the caller wants to stop at the first.

use std::cell::Cell;

use anypool_core::{Executor as _, InlineExecutor, JobError, MapOptions, TryMapCause, set_quiet};

use crate::hand_driven::HandDriven;

fn odd_square(n: u32) -> u32 {
    assert_eq!(n % 2, 1, "{n} is even");
    n * n
}

fn checked(n: u32) -> Result<u32, String> {
    if n == 3 {
        Err(format!("{n} is unwelcome"))
    } else {
        Ok(n)
    }
}

fn touchy(n: u32) -> Result<u32, String> {
    assert_ne!(n, 2, "do not touch");
    Ok(n)
}

#[test]
fn a_map_goes_on_after_failures_also_inside_a_chunk() {
    set_quiet(true);
    for size in [1, 3, 8] {
        let options = MapOptions::new().chunk(size.try_into().unwrap());
        let pool = InlineExecutor::new();
        let outcomes: Vec<_> = pool.map_with(odd_square, 0..8, options).collect();
        assert_eq!(outcomes.len(), 8);
        for (n, outcome) in (0..).zip(outcomes) {
            match outcome {
                Ok(square) => assert_eq!((n % 2, square), (1, n * n)),
                Err(JobError::Panicked(report)) => {
                    assert!(report.message.contains(&format!("{n} is even")));
                }
                Err(other) => panic!("{n}: {other}"),
            }
        }
    }
}

#[test]
fn try_map_collects_in_the_order_of_the_inputs() {
    let pool = InlineExecutor::new();
    assert_eq!(pool.try_map(checked, [5, 4, 6]), Ok(vec![5, 4, 6]));
    assert_eq!(pool.try_map(checked, []), Ok(vec![]));
}

#[test]
fn try_map_stops_at_the_first_error_of_a_task() {
    let pool = InlineExecutor::new();
    let pulled = Cell::new(0);
    let source = (0..).inspect(|_| pulled.set(pulled.get() + 1));
    let error = pool.try_map(checked, source).unwrap_err();
    assert_eq!(error.index, 3);
    assert_eq!(error.cause, TryMapCause::Task("3 is unwelcome".to_owned()));
    assert!(pulled.get() < 64, "pulled {}", pulled.get());
}

#[test]
fn try_map_stops_at_the_first_job_error() {
    set_quiet(true);
    let error = InlineExecutor::new().try_map(touchy, 0..).unwrap_err();
    assert_eq!(error.index, 2);
    assert!(error.to_string().contains("do not touch"), "{error}");
    assert!(matches!(
        error.cause,
        TryMapCause::Job(JobError::Panicked(_))
    ));
}

#[test]
fn try_map_cancels_the_rest() {
    let pool = HandDriven::with_workers(4);
    std::thread::scope(|scope| {
        let (tell, told) = std::sync::mpsc::channel();
        let pool = &pool;
        scope.spawn(move || tell.send(pool.try_map(checked, 3..20)));
        let first = loop {
            if pool.queued() > 4 {
                break pool.take();
            }
            std::thread::yield_now();
        };
        let second = pool.take();
        crate::hand_driven::run(&first);
        let error = told
            .recv_timeout(crate::hand_driven::LONG)
            .unwrap()
            .unwrap_err();
        assert_eq!(error.index, 0);
        assert!(second.job.is_settled(0));
    });
}

#[test]
fn a_source_that_panics_does_so_where_it_is_pulled() {
    set_quiet(true);
    let pool = HandDriven::new();
    let source = (0..4_u32).inspect(|&n| assert_ne!(n, 3, "the source broke"));
    let options = MapOptions::new().window(2.try_into().unwrap());
    let mut map = pool.map_with(odd_square, source, options);
    pool.run_all();
    map.next();
    pool.run_all();
    let pull = std::panic::AssertUnwindSafe(|| map.next());
    assert!(anypool_core::catch(pull).is_err());
}
