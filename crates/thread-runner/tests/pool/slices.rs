//! Maps over slices: every value in its place, whoever wrote it, and none of them lost or left behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anypool_core::JobError;
use thread_runner::ThreadPool;

use crate::gate::Gate;

fn pool(workers: usize) -> ThreadPool {
    let builder = ThreadPool::builder().workers(workers).quiet_panics(true);
    builder.start().unwrap()
}

#[test]
fn each_value_is_in_the_place_of_its_input() {
    for workers in 1..=4 {
        let pool = pool(workers);
        for len in [0, 1, 2, 7, 31, 32, 33, 1_000, 100_003] {
            let inputs: Vec<usize> = (0..len).collect();
            let calls = AtomicUsize::new(0);
            let values = pool.map_slice(&inputs, |n| {
                calls.fetch_add(1, Ordering::Relaxed);
                n.to_string()
            });
            let expected: Vec<String> = (0..len).map(|n| n.to_string()).collect();
            assert!(values.unwrap() == expected, "{len} on {workers}");
            assert_eq!(calls.into_inner(), len);
        }
    }
}

#[test]
fn values_may_borrow_and_have_no_size() {
    let words = ["to".to_owned(), "be".to_owned()];
    let firsts = pool(2).map_slice(&words, |word| &word[..1]);
    assert_eq!(firsts, Ok(vec!["t", "b"]));
    assert_eq!(
        pool(2).map_slice(&[1; 10_000], |_| ()),
        Ok(vec![(); 10_000])
    );
}

#[test]
fn threads_of_the_pool_take_part() {
    let (pool, gate) = (pool(3), Gate::new());
    // Nobody gets on before three have come.
    let values = pool.map_slice(&[1, 2, 3], |n| {
        if *n == 3 {
            gate.await_arrivals(2);
            gate.open();
        } else {
            gate.pass();
        }
        n * 2
    });
    assert_eq!(values, Ok(vec![2, 4, 6]));
}

#[test]
fn a_busy_pool_keeps_nobody_waiting() {
    let (pool, gate) = (pool(3), Arc::new(Gate::new()));
    let pass = || {
        let gate = Arc::clone(&gate);
        pool.submit_fn(move || gate.pass()).unwrap()
    };
    let held = [pass(), pass(), pass()];
    gate.await_arrivals(3);
    assert_eq!(
        pool.map_slice(&[1, 2, 3, 4], |n| n + 1),
        Ok(vec![2, 3, 4, 5])
    );
    gate.open();
    for job in held {
        job.join().unwrap();
    }
}

#[test]
fn a_panic_is_the_outcome_and_nothing_begins_after_it() {
    let calls = AtomicUsize::new(0);
    let inputs: Vec<usize> = (0..1_000).collect();
    let failed = pool(1).map_slice(&inputs, |&n| {
        calls.fetch_add(1, Ordering::Relaxed);
        assert_ne!(n, 500, "not 500");
    });
    let error = failed.unwrap_err();
    assert!(
        matches!(&error, JobError::Panicked(report) if report.message.contains("not 500")),
        "{error}"
    );
    assert_eq!(calls.into_inner(), 501);
}

#[test]
fn of_several_panics_the_first_in_order_is_told() {
    let (pool, gate) = (pool(2), Gate::new());
    let failed = pool.map_slice(&[0, 1], |n| {
        // Both have begun by then.
        if *n == 0 {
            gate.pass();
        } else {
            gate.await_arrivals(1);
            gate.open();
        }
        panic!("input {n}");
    });
    let failed: Result<Vec<()>, _> = failed;
    assert!(failed.unwrap_err().to_string().contains("input 0"));
}

#[test]
fn values_of_a_map_that_fails_are_dropped() {
    let witness = Arc::new(());
    for workers in [1, 4] {
        let inputs: Vec<usize> = (0..10_000).collect();
        let failed = pool(workers).map_slice(&inputs, |&n| {
            assert_ne!(n, 9_000);
            Arc::clone(&witness)
        });
        assert!(failed.is_err());
        assert_eq!(Arc::strong_count(&witness), 1);
    }
}

#[test]
fn a_map_inside_of_a_map_of_the_same_pool_ends() {
    for workers in [1, 2, 4] {
        let pool = pool(workers);
        let outer: Vec<u64> = (0..50).collect();
        let sums = pool.map_slice(&outer, |n| {
            let inner: Vec<u64> = (0..*n).collect();
            let squares = pool.map_slice(&inner, |m| m * m).unwrap();
            squares.iter().sum::<u64>()
        });
        let expected: Vec<u64> = (0..50).map(|n| (0..n).map(|m| m * m).sum()).collect();
        assert_eq!(sums, Ok(expected));
    }
}

#[test]
fn a_pool_that_was_shut_down_says_so() {
    for workers in [1, 3] {
        let pool = pool(workers);
        pool.shutdown();
        assert_eq!(pool.map_slice(&[1, 2, 3], |n| *n), Err(JobError::Shutdown));
    }
}
