//! What can keep a pool from starting, and what it says then.

use std::time::{Duration, Instant};

use anypool_core::Executor as _;
use process_runner::StartError;

use crate::scene::{TRANSPORTS, is_alone, must_pass, pool, program, quiet, square};

#[test]
fn a_pool_without_workers_or_queue_is_refused() {
    for transport in TRANSPORTS {
        let error = quiet(0, transport).start().unwrap_err();
        assert_eq!(error, StartError::NoWorkers);
        assert!(error.to_string().contains("workers(0)"));
        let error = quiet(1, transport).queue(0).start().unwrap_err();
        assert_eq!(error, StartError::NoQueue);
        assert!(error.to_string().contains("queue(0)"));
    }
}

#[test]
fn a_pool_of_many_workers_starts() {
    for transport in TRANSPORTS {
        let pool = pool(40, transport);
        assert_eq!(pool.stats().pids.len(), 40);
        let sum: u64 = pool.map(square, 0..1_000).map(Result::unwrap).sum();
        assert_eq!(sum, (0..1_000).map(|n| n * n).sum());
    }
}

#[test]
fn without_descriptors_the_start_fails_cleanly() {
    let test = "starting::without_descriptors_the_start_fails_cleanly";
    if !is_alone(test) {
        return must_pass(program(test), "ulimit -n 64");
    }
    for transport in TRANSPORTS {
        let started = Instant::now();
        let error = quiet(40, transport).start().unwrap_err();
        let StartError::Descriptors {
            workers,
            needed,
            available,
            limit,
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!((workers, limit), (40, 64));
        assert!(available < needed && available < limit);
        assert!(error.to_string().contains("`ulimit -n`"), "{error}");
        assert!(
            started.elapsed() < Duration::from_secs(4),
            "{:?}",
            started.elapsed()
        );
        let pool = pool(4, transport);
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
    }
}
