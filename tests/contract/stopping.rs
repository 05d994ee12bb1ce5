//! The end of a pool: what was accepted is kept, what is refused says so, nothing hangs.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobHandle, SubmitError, WaitUntil, wait};
use anypool_tests::{Gate, LONG, Mark, Pass, Pool, Tally, in_background, within};

anypool_tests::contract! {
    pools: [
        shutdown_waits_for_accepted_work,
        dropping_a_pool_waits_for_accepted_work,
        a_pool_that_was_shut_down_refuses,
        shutting_down_twice_is_harmless,
        shutdown_now_cancels_what_is_queued,
        shutdown_timeout_is_bounded,
        shutting_down_an_unused_pool_is_quick,
        submit_cancel_shutdown_never_hangs,
        handles_outlive_their_pool,
        who_waits_for_room_is_released_by_a_shutdown,
        threads_that_submit_during_a_shutdown_are_told,
    ],
}

fn square(n: u64) -> u64 {
    n * n
}

/// A pool with one busy worker and `queued` marks behind it, ended by `end` on another thread.
fn ends_after_accepted_work<P: Pool>(end: fn(P::Executor)) {
    let (gate, tally) = (Gate::new(), Tally::new());
    let pool = P::with_workers(1);
    let running = pool.submit(Pass::enter, gate.pass(4)).unwrap();
    for _ in 0..20 {
        drop(pool.submit(Mark::add, tally.mark()).unwrap());
    }
    let visitor = gate.next();
    let (tell, told) = channel();
    let ender = in_background("ender", move || {
        end(pool);
        tell.send(()).unwrap();
    });
    assert!(told.try_recv().is_err());
    assert!(!running.is_finished());
    visitor.let_go();
    told.recv_timeout(LONG).unwrap();
    ender.join().unwrap();
    assert_eq!((running.try_join().unwrap(), tally.count()), (Ok(4), 20));
}

fn shutdown_waits_for_accepted_work<P: Pool>() {
    ends_after_accepted_work::<P>(|pool| P::shutdown(&pool));
}

fn dropping_a_pool_waits_for_accepted_work<P: Pool>() {
    ends_after_accepted_work::<P>(drop);
}

fn a_pool_that_was_shut_down_refuses<P: Pool>() {
    let pool = P::with_workers(2);
    let handle = pool.submit(square, 2).unwrap();
    P::shutdown(&pool);
    assert_eq!(handle.try_join().unwrap(), Ok(4));
    assert_eq!(pool.submit(square, 2).unwrap_err(), SubmitError::Shutdown);
    let refused = pool.try_submit(square, 3).unwrap_err();
    assert_eq!(
        (refused.error, refused.input),
        (SubmitError::Shutdown, Some(3))
    );
    let outcomes: Vec<_> = pool.map(square, 0..).collect();
    assert_eq!(outcomes, [Err(JobError::Shutdown)]);
}

fn shutting_down_twice_is_harmless<P: Pool>() {
    let pool = P::with_workers(2);
    let handle = pool.submit(square, 2).unwrap();
    P::shutdown(&pool);
    P::shutdown(&pool);
    P::shutdown_now(&pool);
    P::shutdown_timeout(&pool, Duration::ZERO);
    assert_eq!(handle.join(), Ok(4));
}

fn shutdown_now_cancels_what_is_queued<P: Pool>() {
    let (gate, tally) = (Gate::new(), Tally::new());
    let pool = P::with_workers(1);
    let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    let queued: Vec<_> = (0..5)
        .map(|_| pool.submit(Mark::add, tally.mark()).unwrap())
        .collect();
    let pool = within("shutdown_now", move || {
        P::shutdown_now(&pool);
        pool
    });
    let waited = wait(&queued, WaitUntil::All, Some(LONG));
    assert_eq!(waited.pending, []);
    for handle in queued {
        let error = handle.join().unwrap_err();
        assert!(
            matches!(error, JobError::Cancelled | JobError::Shutdown),
            "{error}"
        );
    }
    visitor.let_go();
    assert!(running.join_timeout(LONG).is_ok());
    assert_eq!(pool.submit(square, 1).unwrap_err(), SubmitError::Shutdown);
    within("drop", move || drop(pool));
    assert_eq!(tally.count(), 0);
}

fn shutdown_timeout_is_bounded<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    let pool = within("shutdown_timeout", move || {
        P::shutdown_timeout(&pool, Duration::from_millis(20));
        pool
    });
    assert_eq!(pool.submit(square, 1).unwrap_err(), SubmitError::Shutdown);
    visitor.let_go();
    assert!(running.join_timeout(LONG).is_ok());
    let idle = P::with_workers(1);
    let handle = idle.submit(square, 3).unwrap();
    P::shutdown_timeout(&idle, LONG);
    assert_eq!(handle.try_join().unwrap(), Ok(9));
}

fn shutting_down_an_unused_pool_is_quick<P: Pool>() {
    within("an unused pool", || {
        for _ in 0..10 {
            drop(P::with_workers(2));
            P::shutdown(&P::with_workers(2));
            P::shutdown_now(&P::with_workers(2));
        }
    });
}

fn submit_cancel_shutdown_never_hangs<P: Pool>() {
    within("submit, cancel, shut down", || {
        for n in 0..30 {
            let pool = P::with_workers(2);
            let handle = pool.submit(square, n).unwrap();
            let cancelled = handle.cancel();
            P::shutdown(&pool);
            let expected = if cancelled {
                Err(JobError::Cancelled)
            } else {
                Ok(n * n)
            };
            assert_eq!(handle.try_join().unwrap(), expected);
        }
    });
}

fn handles_outlive_their_pool<P: Pool>() {
    let pool = P::with_workers(2);
    let handles: Vec<_> = (0..10).map(|n| pool.submit(square, n).unwrap()).collect();
    drop(pool);
    assert!(handles.iter().all(JobHandle::is_finished));
    assert!(
        handles
            .into_iter()
            .map(JobHandle::join)
            .eq((0..10).map(|n| Ok(n * n)))
    );
}

fn who_waits_for_room_is_released_by_a_shutdown<P: Pool>() {
    let gate = Gate::new();
    let pool = Arc::new(P::start(1, 1));
    let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    while pool.try_submit(square, 1).is_ok() {}
    let submitter = {
        let pool = Arc::clone(&pool);
        in_background("submitter", move || {
            pool.submit(square, 2).map(JobHandle::join)
        })
    };
    P::shutdown_now(&pool);
    match submitter.join().unwrap() {
        Err(error) => assert_eq!(error, SubmitError::Shutdown),
        // It may have found room that the shutdown made; then the job was cancelled with the rest.
        Ok(outcome) => assert!(outcome.is_err()),
    }
    visitor.let_go();
    assert!(running.join_timeout(LONG).is_ok());
}

fn threads_that_submit_during_a_shutdown_are_told<P: Pool>() {
    let pool = P::with_workers(2);
    thread::scope(|scope| {
        let submit_until_told = || {
            let mut handles = Vec::new();
            loop {
                match pool.submit(square, 3) {
                    Ok(handle) => handles.push(handle),
                    Err(error) => return (error, handles),
                }
                // The shutdown must get its turn on a small machine.
                thread::yield_now();
            }
        };
        let submitters = [(); 3].map(|()| scope.spawn(submit_until_told));
        assert_eq!(pool.submit(square, 4).unwrap().join(), Ok(16));
        P::shutdown(&pool);
        for submitter in submitters {
            let (error, handles) = submitter.join().unwrap();
            assert_eq!(error, SubmitError::Shutdown);
            assert!(
                handles
                    .into_iter()
                    .all(|handle| handle.try_join().unwrap() == Ok(9))
            );
        }
    });
}
