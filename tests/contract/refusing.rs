//! Executors whose workers share one process refuse what only a process of its own could honour.

use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobOptions, MapOptions, SubmitError};
use anypool_tests::{Mark, Subject, Tally};

anypool_tests::contract! {
    shared: [
        limits_of_memory_and_cpu_time_are_refused,
        a_map_with_such_a_limit_fails_and_leaves_its_source,
    ],
}

fn limited() -> [JobOptions; 2] {
    let cpu_time = JobOptions::new().cpu_time(Duration::from_secs(60));
    [JobOptions::new().memory_limit(1 << 30), cpu_time]
}

fn limits_of_memory_and_cpu_time_are_refused<S: Subject>() {
    let (pool, tally) = (S::with_workers(1), Tally::new());
    for options in limited() {
        let refused = pool.submit_with(Mark::add, tally.mark(), options);
        let reason = refused.unwrap_err();
        assert!(
            matches!(reason, SubmitError::Unsupported { .. }),
            "{reason}"
        );
    }
    pool.submit(Mark::add, tally.mark())
        .unwrap()
        .join()
        .unwrap();
    assert_eq!(tally.count(), 1);
}

fn a_map_with_such_a_limit_fails_and_leaves_its_source<S: Subject>() {
    let pool = S::with_workers(1);
    for options in [
        MapOptions::new().memory_limit(1 << 30),
        MapOptions::new().cpu_time(Duration::from_secs(60)),
    ] {
        let mut pulled = 0;
        let source = (0_u64..).inspect(|_| pulled += 1);
        let outcomes: Vec<_> = pool.map_with(|n: u64| n, source, options).collect();
        assert_eq!(outcomes.len(), pulled, "an endless source is left alone");
        for outcome in outcomes {
            assert!(
                matches!(outcome, Err(JobError::Unsupported { .. })),
                "{outcome:?}"
            );
        }
    }
}
