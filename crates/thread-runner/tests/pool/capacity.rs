//! How many threads there are, and how many jobs may wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anypool_core::{Executor as _, SubmitError};
use thread_runner::{StartError, ThreadPool};

use crate::gate::{Gate, eventually, threads_named, wake_ups};

fn double(n: u64) -> u64 {
    n * 2
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let refused = |builder: thread_runner::ThreadPoolBuilder| builder.start().unwrap_err();
    assert_eq!(
        refused(ThreadPool::builder().workers(0)),
        StartError::NoWorkers
    );
    assert_eq!(refused(ThreadPool::builder().queue(0)), StartError::NoQueue);
    assert_eq!(
        refused(ThreadPool::builder().name("a\0b")),
        StartError::BadName
    );
}

/// Whoever submits the second and the third sees that somebody comes already; there is one sleeper too few.
#[test]
fn a_burst_that_finds_too_few_asleep_gets_a_thread_for_the_rest() {
    let mut short = 0;
    for _ in 0..50 {
        let pool = ThreadPool::builder().workers(3).start().unwrap();
        let meet = |count: usize| {
            let gate = Arc::new(Gate::new());
            let job = |_| {
                let gate = gate.clone();
                pool.submit_fn(move || gate.pass()).unwrap()
            };
            let handles: Vec<_> = (0..count).map(job).collect();
            gate.await_arrivals(count);
            gate.open();
            handles
                .into_iter()
                .for_each(|handle| handle.join().unwrap());
        };
        meet(2);
        eventually("all sleep", || {
            let stats = pool.stats();
            stats.idle as u64 == stats.started
        });
        short += usize::from(pool.stats().started == 2);
        meet(3);
    }
    assert!(short > 0, "there were never too few");
}

#[test]
fn no_more_jobs_run_than_there_are_workers() {
    let pool = ThreadPool::builder().workers(3).start().unwrap();
    let (gate, running, most) = (
        Arc::new(Gate::new()),
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
    );
    let job = || {
        let (gate, running, most) = (gate.clone(), running.clone(), most.clone());
        pool.submit_fn(move || {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            gate.pass();
            running.fetch_sub(1, Ordering::SeqCst);
        })
        .unwrap()
    };
    let handles: Vec<_> = (0..30).map(|_| job()).collect();
    gate.await_arrivals(3);
    let stats = pool.stats();
    assert_eq!((stats.running, stats.queued, stats.started), (3, 27, 3));
    gate.open();
    for handle in handles {
        handle.join().unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), 3);
    assert_eq!(pool.stats().started, 3);
}

#[test]
fn threads_start_when_needed_and_idle_ones_are_used_again() {
    let pool = ThreadPool::builder()
        .workers(4)
        .name("reuse")
        .start()
        .unwrap();
    assert_eq!(threads_named("reuse"), 0);
    for n in 0..20 {
        assert_eq!(pool.submit(double, n).unwrap().join(), Ok(n * 2));
        eventually("the worker sleeps", || pool.stats().idle == 1);
    }
    assert_eq!(pool.stats().started, 1);
    assert_eq!(threads_named("reuse"), 1);
}

#[test]
fn no_thread_outlives_its_pool() {
    for _ in 0..20 {
        let pool = ThreadPool::builder()
            .workers(3)
            .name("gone")
            .timeout(Duration::from_secs(60))
            .start()
            .unwrap();
        assert_eq!(pool.map(double, 0..100).filter(Result::is_ok).count(), 100);
        drop(pool);
        // The kernel's list forgets a thread a moment after it was joined.
        eventually("the threads are gone", || threads_named("gone") == 0);
    }
}

#[test]
fn idle_threads_retire_and_are_started_again() {
    let pool = ThreadPool::builder()
        .workers(2)
        .name("retire")
        .keep_alive(Duration::from_millis(1))
        .start()
        .unwrap();
    for round in 1..=5 {
        assert_eq!(pool.submit(double, round).unwrap().join(), Ok(round * 2));
        eventually("the thread retires", || threads_named("retire") == 0);
    }
    assert_eq!(pool.stats().started, 5);
}

#[test]
fn a_full_queue_gives_the_input_back() {
    let pool = ThreadPool::builder().workers(1).queue(2).start().unwrap();
    let gate = Arc::new(Gate::new());
    let own = gate.clone();
    let first = pool.submit_fn(move || own.pass()).unwrap();
    gate.await_arrivals(1);
    let waiting = [1, 2].map(|n| pool.try_submit(double, n).unwrap());
    let refused = pool.try_submit(double, 3).unwrap_err();
    assert_eq!(refused.error, SubmitError::QueueFull { limit: 2 });
    assert_eq!(refused.input, Some(3));
    let refused = pool.submit_timeout(double, 4, Duration::from_millis(1));
    assert_eq!(refused.unwrap_err().input, Some(4));
    gate.open();
    first.join().unwrap();
    assert_eq!(waiting.map(anypool_core::JobHandle::join), [Ok(2), Ok(4)]);
}

#[test]
fn submitting_waits_for_room() {
    let pool = ThreadPool::builder().workers(1).queue(1).start().unwrap();
    let gate = Arc::new(Gate::new());
    let own = gate.clone();
    let first = pool.submit_fn(move || own.pass()).unwrap();
    gate.await_arrivals(1);
    let second = pool.submit(double, 1).unwrap();
    let opened = AtomicBool::new(false);
    thread::scope(|scope| {
        let submit = || {
            let handle = pool.submit(double, 2).unwrap();
            assert!(
                opened.load(Ordering::SeqCst),
                "accepted beyond the queue's bound"
            );
            handle.join()
        };
        let submitters = [scope.spawn(submit), scope.spawn(submit)];
        assert!(pool.try_submit(double, 3).is_err());
        opened.store(true, Ordering::SeqCst);
        gate.open();
        for submitter in submitters {
            assert_eq!(submitter.join().unwrap(), Ok(4));
        }
    });
    first.join().unwrap();
    assert_eq!(second.join(), Ok(2));
}

#[test]
fn a_place_that_a_job_does_not_need_goes_to_the_next_who_waits_for_one() {
    let pool = ThreadPool::builder().workers(1).queue(1).start().unwrap();
    // A job that was to be queued may be handed to the worker instead, as it comes back just then.
    let submit = || {
        for n in 0..2_000 {
            let handle = pool.submit(double, n).unwrap();
            if n % 3 == 0 {
                assert_eq!(handle.join(), Ok(2 * n));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(submit);
        }
    });
}

#[test]
fn a_worker_never_waits_for_room_in_its_own_queue() {
    let pool = Arc::new(ThreadPool::builder().workers(1).queue(1).start().unwrap());
    let own = Arc::clone(&pool);
    let total = pool.submit_fn(move || {
        let submit = |n| own.submit(double, n).unwrap();
        let handles: Vec<_> = (0..10).map(submit).collect();
        handles.into_iter().map(|h| h.join().unwrap()).sum::<u64>()
    });
    assert_eq!(total.unwrap().join(), Ok(90));
}

#[test]
fn an_idle_pool_sleeps() {
    let pool = ThreadPool::builder()
        .workers(3)
        .name("still")
        .timeout(Duration::from_secs(3_600))
        .start()
        .unwrap();
    assert_eq!(pool.map(double, 0..100).filter(Result::is_ok).count(), 100);
    // Whoever looked for work now and then would show in any pause of this length.
    let pause = Duration::from_millis(100);
    let nothing = std::sync::mpsc::channel::<()>();
    eventually("nobody wakes up any more", || {
        let before = wake_ups("still");
        nothing.1.recv_timeout(pause).unwrap_err();
        before == wake_ups("still")
    });
}

/// Uses more than `kib` KiB of stack.
fn dig(kib: u64) -> u64 {
    let frame = std::hint::black_box([1_u8; 1024]);
    if kib == 0 {
        return 0;
    }
    dig(kib - 1) + u64::from(frame[0])
}

#[test]
fn a_task_that_needs_a_larger_stack_than_the_default_has_it() {
    // The default, 2 MiB, would overflow, which ends the program.
    let pool = ThreadPool::builder().workers(1).stack_size(128 << 20);
    let pool = pool.start().unwrap();
    assert_eq!(pool.submit(dig, 16 << 10).unwrap().join(), Ok(16 << 10));
}
