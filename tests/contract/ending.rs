//! The end of a pool in the middle of everything: sixteen threads submit, cancel and end it, in every way
//! there is, over and over. Every submission is accepted or refused, every accepted job ends.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobHandle, SubmitError};
use anypool_tests::{LONG, Pool, in_background};

anypool_tests::contract! {
    pools: [
        sixteen_threads_race_with_a_shutdown,
        sixteen_threads_race_with_a_stop,
        sixteen_threads_race_with_a_shutdown_that_is_cut_short,
        sixteen_threads_race_with_the_drop_of_a_pool,
    ],
}

const THREADS: usize = 16;

/// Pools for each of the four ways to end one: a thousand together.
const ROUNDS: u32 = 250;

/// What each thread submits before it is through.
const JOBS: u64 = 12;

fn square(n: u64) -> u64 {
    n * n
}

/// A job of a race: what it was given, whether it was cancelled, and its handle.
type Entry = (u64, bool, JobHandle<u64>);

/// Submits, and cancels some, until all is submitted or the pool refuses.
fn submit_and_cancel<P: Pool>(pool: &P::Executor, thread: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    for n in 0..JOBS {
        match pool.submit(square, n) {
            Ok(handle) => entries.push((n, false, handle)),
            Err(error) => {
                assert_eq!(error, SubmitError::Shutdown);
                break;
            }
        }
        let accepted = entries.len();
        if (accepted + thread).is_multiple_of(3) {
            let (_, cancelled, handle) = &mut entries[accepted / 2];
            *cancelled = handle.cancel();
        }
    }
    entries
}

/// Lets the threads race `ROUNDS` times; the first of them ends the pool with `end`, or, by dropping its
/// share, all of them do. `finishes` tells whether that way to end a pool waits for what was accepted.
fn race<P: Pool>(end: fn(&P::Executor), finishes: bool) {
    for round in 0..ROUNDS {
        let pool = Arc::new(P::with_workers(2));
        let start = Arc::new(Barrier::new(THREADS));
        let racers: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (pool, start) = (Arc::clone(&pool), Arc::clone(&start));
                in_background("racer", move || {
                    start.wait();
                    let at_once = round.is_multiple_of(2);
                    if thread == 0 && at_once {
                        end(&pool);
                    }
                    let entries = submit_and_cancel::<P>(&pool, thread);
                    if thread == 0 && !at_once {
                        end(&pool);
                    }
                    entries
                })
            })
            .collect();
        drop(pool);
        for racer in racers {
            for (n, cancelled, handle) in racer.join().unwrap() {
                let outcome = handle.join_timeout(LONG).expect("every job ends");
                match outcome {
                    Ok(value) => assert_eq!((value, cancelled), (n * n, false)),
                    Err(JobError::Cancelled) if cancelled => {}
                    Err(error) => {
                        assert!(!finishes, "{error}");
                        let stopped = [JobError::Cancelled, JobError::Killed, JobError::Shutdown];
                        assert!(stopped.contains(&error), "{error}");
                    }
                }
            }
        }
    }
}

fn sixteen_threads_race_with_a_shutdown<P: Pool>() {
    race::<P>(|pool| P::shutdown(pool), true);
}

fn sixteen_threads_race_with_a_stop<P: Pool>() {
    race::<P>(|pool| P::shutdown_now(pool), false);
}

fn sixteen_threads_race_with_a_shutdown_that_is_cut_short<P: Pool>() {
    race::<P>(
        |pool| P::shutdown_timeout(pool, Duration::from_micros(200)),
        false,
    );
}

fn sixteen_threads_race_with_the_drop_of_a_pool<P: Pool>() {
    race::<P>(|_| (), true);
}
