//! Everything at once: whatever threads do to a pool and its jobs, every job ends once and every
//! promise about it holds.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobHandle, WaitUntil, set_quiet, wait};
use anypool_tests::{Gate, LONG, Mark, Pass, Pool, Tally, in_background, within};

anypool_tests::contract! {
    pools: [
        cancelling_races_with_running,
        several_threads_cancel_the_same_jobs,
        a_map_ends_when_its_pool_is_shut_down,
        two_threads_shut_a_pool_down,
        callbacks_submit_through_a_full_queue,
        a_callback_may_be_the_last_owner_of_its_pool,
        many_pools_live_side_by_side,
        large_values_wait_for_who_wants_them,
        what_ends_and_what_is_waited_for_at_once,
    ],
}

fn square(n: u64) -> u64 {
    n * n
}

fn cancelling_races_with_running<P: Pool>() {
    let (pool, tally) = (P::with_workers(2), Tally::new());
    let mut kept = 0;
    thread::scope(|scope| {
        let race = |_| {
            let handles: Vec<_> = (0..100)
                .map(|_| pool.submit(Mark::add, tally.mark()).unwrap())
                .collect();
            let cancelled = handles
                .iter()
                .rev()
                .map(JobHandle::cancel)
                .collect::<Vec<_>>();
            let outcomes = handles.into_iter().map(JobHandle::join).rev();
            for (cancelled, outcome) in cancelled.iter().zip(outcomes) {
                let expected = if *cancelled {
                    Err(JobError::Cancelled)
                } else {
                    Ok(())
                };
                assert_eq!(outcome, expected);
            }
            cancelled.iter().filter(|cancelled| !**cancelled).count()
        };
        let racers = [0, 1, 2].map(|number| scope.spawn(move || race(number)));
        for racer in racers {
            kept += racer.join().unwrap();
        }
    });
    drop(pool);
    assert_eq!(tally.count(), u64::try_from(kept).unwrap());
}

fn several_threads_cancel_the_same_jobs<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    let queued: Vec<_> = (0..100).map(|n| pool.submit(square, n).unwrap()).collect();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(queued.iter().all(JobHandle::cancel)));
        }
    });
    visitor.let_go();
    assert_eq!(running.join(), Ok(0));
    assert_eq!(wait(&queued, WaitUntil::All, Some(LONG)).pending, []);
}

fn a_map_ends_when_its_pool_is_shut_down<P: Pool>() {
    let pool = Arc::new(P::with_workers(2));
    let (tell, told) = channel();
    let mapper = in_background("mapper", {
        let pool = Arc::clone(&pool);
        move || {
            let mut last = None;
            for (count, outcome) in pool.map(square, 0..).enumerate() {
                if count == 100 {
                    tell.send(()).unwrap();
                }
                last = Some(outcome);
            }
            last
        }
    });
    told.recv_timeout(LONG).unwrap();
    P::shutdown(&pool);
    let last = within("the map", move || mapper.join().unwrap());
    assert_eq!(last, Some(Err(JobError::Shutdown)));
}

fn two_threads_shut_a_pool_down<P: Pool>() {
    within("two shutdowns", || {
        for _ in 0..10 {
            let pool = P::with_workers(2);
            let handles: Vec<_> = (0..20).map(|n| pool.submit(square, n).unwrap()).collect();
            thread::scope(|scope| {
                scope.spawn(|| P::shutdown(&pool));
                scope.spawn(|| P::shutdown_timeout(&pool, LONG));
            });
            assert!(handles.iter().all(JobHandle::is_finished));
        }
    });
}

fn callbacks_submit_through_a_full_queue<P: Pool>() {
    let pool = Arc::new(P::start(1, 1));
    let (tell, told) = channel();
    let submitter = in_background("submitter", {
        let pool = Arc::clone(&pool);
        move || {
            for n in 0..100 {
                let (tell, weak) = (tell.clone(), Arc::downgrade(&pool));
                let mut handle = pool.submit(square, n).unwrap();
                handle.on_done(move |_| {
                    let pool = weak.upgrade().expect("the test keeps it");
                    let mut next = pool.submit(square, n).unwrap();
                    next.on_done(move |outcome| tell.send(outcome.clone()).unwrap());
                });
            }
        }
    });
    for _ in 0..100 {
        assert!(
            told.recv_timeout(LONG)
                .expect("no callback is stuck")
                .is_ok()
        );
    }
    submitter.join().unwrap();
}

fn a_callback_may_be_the_last_owner_of_its_pool<P: Pool>() {
    for _ in 0..5 {
        let (tell, told) = channel();
        let gate = Gate::new();
        let pool = Arc::new(P::with_workers(1));
        let mut handle = pool.submit(Pass::enter, gate.pass(1)).unwrap();
        let last = Arc::clone(&pool);
        handle.on_done(move |_| {
            drop(last);
            tell.send(()).unwrap();
        });
        let visitor = gate.next();
        drop(pool);
        visitor.let_go();
        assert_eq!(told.recv_timeout(LONG), Ok(()));
        assert_eq!(handle.join_timeout(LONG).unwrap(), Ok(1));
    }
}

fn many_pools_live_side_by_side<P: Pool>() {
    let pools: Vec<_> = (0..12).map(|_| P::with_workers(2)).collect();
    let submit = |(n, pool): (u64, &P::Executor)| pool.submit(square, n).unwrap();
    let handles: Vec<_> = (0..).zip(&pools).map(submit).collect();
    for (n, handle) in (0..).zip(handles) {
        assert_eq!(handle.join(), Ok(n * n));
    }
    within("dropping twelve pools", move || drop(pools));
}

fn long_text(len: usize) -> String {
    "x".repeat(len)
}

fn large_values_wait_for_who_wants_them<P: Pool>() {
    let pool = P::with_workers(2);
    let handles: Vec<_> = (0..40)
        .map(|_| pool.submit(long_text, 1 << 20).unwrap())
        .collect();
    assert_eq!(wait(&handles, WaitUntil::All, Some(LONG)).pending, []);
    assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
    assert!(
        handles
            .into_iter()
            .all(|handle| handle.join().unwrap().len() == 1 << 20)
    );
}

fn sometimes_panics(n: u64) -> u64 {
    set_quiet(true);
    assert_ne!(n % 5, 4, "a four");
    n
}

fn what_ends_and_what_is_waited_for_at_once<P: Pool>() {
    let pool = P::with_workers(2);
    for round in 0..50 {
        let submit = |n| pool.submit(sometimes_panics, n).unwrap();
        let handles: Vec<_> = (round..round + 10).map(submit).collect();
        thread::scope(|scope| {
            for until in [WaitUntil::First, WaitUntil::FirstError, WaitUntil::All] {
                let handles = &handles;
                scope.spawn(move || {
                    let waited = wait(handles, until, Some(LONG));
                    assert!(!waited.done.is_empty());
                    let look = wait(handles, until, Some(Duration::ZERO));
                    assert!(look.done.len() >= waited.done.len());
                });
            }
        });
        assert_eq!(wait(&handles, WaitUntil::All, Some(LONG)).done.len(), 10);
    }
}
