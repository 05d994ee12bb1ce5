//! How often the program takes memory for a job. A program of its own, since it counts what all threads do: it has
//! one test.

process_runner::init_at_load!();

mod sys;

use std::collections::VecDeque;

use anypool_core::Executor as _;
use process_runner::{ProcessPool, Transport};

use crate::sys::{Counting, times};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const JOBS: u64 = 10_000;

/// Runs jobs, of which so many are under way at a time.
fn run(pool: &ProcessPool, in_flight: usize) {
    let mut handles = VecDeque::with_capacity(in_flight);
    for n in 0..JOBS {
        if handles.len() == in_flight {
            let (n, handle): (u64, anypool_core::JobHandle<u64>) = handles.pop_front().unwrap();
            assert_eq!(handle.join(), Ok(n + 1));
        }
        let handle = pool.submit(|n: u64| n + 1, n).unwrap();
        handles.push_back((n, handle));
    }
    for (n, handle) in handles {
        assert_eq!(handle.join(), Ok(n + 1));
    }
}

/// A worker alone: where there are two, what lies with one may be taken back for the other, and that is counted as
/// well.
#[test]
fn a_job_takes_memory_once() {
    for (transport, in_flights) in [
        (Transport::Shm, &[1, 16, 4_000][..]),
        // Who waits for each job alone is woken for each, and takes memory for what has happened.
        (Transport::Pipe, &[4_000][..]),
    ] {
        let pool = ProcessPool::builder().workers(1).transport(transport);
        let pool = pool.start().unwrap();
        for &in_flight in in_flights {
            // What is kept for later jobs has its size then.
            run(&pool, in_flight);
            let before = times();
            run(&pool, in_flight);
            let taken = times() - before;
            // The job's own, and what several have together: on a busy machine jobs that lie for long are taken back
            // and given again, which is counted here as well.
            let most = usize::try_from(JOBS + JOBS / 2).unwrap();
            assert!(
                taken <= most,
                "{taken} times for {JOBS} jobs over {transport}, {in_flight} in flight"
            );
        }
    }
}
