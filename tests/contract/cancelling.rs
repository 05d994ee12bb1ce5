//! Cancelling: what is queued, prefetched or not, can be cancelled; what runs or has ended cannot.

use anypool_core::{Executor as _, JobError, JobHandle, WaitUntil, as_completed, wait};
use anypool_tests::{Gate, LONG, Pass, Pool, Subject, Tally};

anypool_tests::contract! {
    all: [an_ended_job_cannot_be_cancelled],
    pools: [
        all_that_is_queued_behind_a_running_job_can_be_cancelled,
        cancelled_is_done,
        a_cancelled_job_never_runs,
        a_running_job_cannot_be_cancelled,
        a_pool_goes_on_after_cancellations,
        submitting_and_cancelling_at_once_never_hangs,
    ],
}

fn square(n: u64) -> u64 {
    n * n
}

fn an_ended_job_cannot_be_cancelled<S: Subject>() {
    let pool = S::with_workers(1);
    let handle = pool.submit(square, 2).unwrap();
    wait(&[&handle], WaitUntil::All, Some(LONG));
    assert!(!handle.cancel());
    assert_eq!(handle.join(), Ok(4));
}

fn all_that_is_queued_behind_a_running_job_can_be_cancelled<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    let queued: Vec<_> = (1..6).map(|n| pool.submit(square, n).unwrap()).collect();
    assert!(!running.cancel());
    let cancelled: Vec<_> = queued.iter().map(JobHandle::cancel).collect();
    assert_eq!(cancelled, [true; 5]);
    assert!(queued.iter().all(JobHandle::is_finished));
    assert!(
        queued.iter().all(JobHandle::cancel),
        "cancelled stays cancelled"
    );
    visitor.let_go();
    assert_eq!(running.join(), Ok(0));
}

fn cancelled_is_done<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    let queued: Vec<_> = (0..4).map(|n| pool.submit(square, n).unwrap()).collect();
    assert!(queued.iter().all(JobHandle::cancel));
    let waited = wait(&queued, WaitUntil::All, Some(LONG));
    assert_eq!((waited.done.len(), waited.pending.len()), (4, 0));
    let outcomes: Vec<_> = as_completed(queued).collect();
    assert!(
        outcomes
            .into_iter()
            .eq((0..4).map(|n| (n, Err(JobError::Cancelled))))
    );
    assert!(!running.is_finished());
    visitor.let_go();
}

fn a_cancelled_job_never_runs<P: Pool>() {
    let pool = P::with_workers(1);
    let (gate, tally) = (Gate::new(), Tally::new());
    let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    let submit = |_| pool.submit(anypool_tests::Mark::add, tally.mark()).unwrap();
    let queued: Vec<_> = (0..10).map(submit).collect();
    for handle in queued.iter().step_by(2) {
        assert!(handle.cancel());
    }
    visitor.let_go();
    assert_eq!(running.join(), Ok(0));
    wait(&queued, WaitUntil::All, Some(LONG));
    drop(pool);
    assert_eq!(tally.count(), 5);
}

fn a_running_job_cannot_be_cancelled<P: Pool>() {
    let pool = P::with_workers(2);
    let gate = Gate::new();
    let running = [0, 1].map(|n| pool.submit(Pass::enter, gate.pass(n)).unwrap());
    let visitors = gate.next_sorted(2);
    assert!(
        running
            .iter()
            .all(|handle| !handle.cancel() && !handle.is_finished())
    );
    drop(visitors);
    assert_eq!(running.map(JobHandle::join), [Ok(0), Ok(1)]);
}

fn a_pool_goes_on_after_cancellations<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    let queued: Vec<_> = (0..50).map(|n| pool.submit(square, n).unwrap()).collect();
    let kept = pool.submit(square, 7).unwrap();
    for handle in queued {
        assert!(handle.cancel());
    }
    visitor.let_go();
    assert_eq!((running.join(), kept.join()), (Ok(0), Ok(49)));
    assert_eq!(pool.submit(square, 8).unwrap().join(), Ok(64));
}

fn submitting_and_cancelling_at_once_never_hangs<P: Pool>() {
    let pool = P::with_workers(2);
    for n in 0..500 {
        let handle = pool.submit(square, n).unwrap();
        let cancelled = handle.cancel();
        let outcome = handle.join_timeout(LONG).expect("every job ends");
        let expected = if cancelled {
            Err(JobError::Cancelled)
        } else {
            Ok(n * n)
        };
        assert_eq!(outcome, expected);
    }
}
