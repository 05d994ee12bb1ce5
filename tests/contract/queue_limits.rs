//! Limits on waiting: a job that has not started in time ends on time, whatever the workers do.

use std::sync::mpsc::channel;
use std::time::Duration;

use anypool_core::{Executor as _, JobError, JobHandle, JobOptions, WaitUntil, wait};
use anypool_tests::{Gate, LONG, Mark, Pass, Pool, Subject, Tally, within};

anypool_tests::contract! {
    all: [a_job_that_starts_in_time_is_run],
    pools: [
        a_job_that_waits_too_long_ends_while_every_worker_is_busy,
        a_job_that_waited_too_long_never_runs,
        time_that_a_job_runs_is_not_time_that_it_waits,
        only_those_with_a_limit_leave_the_queue,
        a_job_that_waited_too_long_makes_room,
        callbacks_of_a_job_that_waited_too_long_wait_for_no_worker,
        a_cancelled_job_stays_cancelled_when_its_time_is_over,
    ],
}

const SHORT: Duration = Duration::from_millis(50);
const LATE: JobError = JobError::QueueTimedOut { limit: SHORT };

fn square(n: u64) -> u64 {
    n * n
}

fn short() -> JobOptions {
    JobOptions::new().queue_timeout(SHORT)
}

/// A pool whose only worker is busy until the visitor is let go.
fn busy<P: Pool>(gate: &Gate, queue: usize) -> (P::Executor, JobHandle<u64>) {
    let pool = P::start(1, queue);
    let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    (pool, running)
}

fn a_job_that_starts_in_time_is_run<S: Subject>() {
    let pool = S::with_workers(1);
    let options = JobOptions::new().queue_timeout(LONG);
    let submit = |n| pool.submit_with(square, n, options).unwrap();
    let handles: Vec<_> = (0..100).map(submit).collect();
    for (n, handle) in (0..).zip(handles) {
        assert_eq!(handle.join(), Ok(n * n));
    }
}

fn a_job_that_waits_too_long_ends_while_every_worker_is_busy<P: Pool>() {
    let gate = Gate::new();
    let (pool, running) = busy::<P>(&gate, 100);
    let visitor = gate.next();
    let late = pool.submit_with(square, 3, short()).unwrap();
    assert_eq!(late.join_timeout(LONG).unwrap(), Err(LATE));
    visitor.let_go();
    assert_eq!(running.join(), Ok(0));
    assert_eq!(pool.submit(square, 3).unwrap().join(), Ok(9));
}

fn a_job_that_waited_too_long_never_runs<P: Pool>() {
    let (gate, tally) = (Gate::new(), Tally::new());
    let (pool, running) = busy::<P>(&gate, 100);
    let visitor = gate.next();
    let submit = |_| pool.submit_with(Mark::add, tally.mark(), short()).unwrap();
    let late: Vec<_> = (0..20).map(submit).collect();
    assert_eq!(wait(&late, WaitUntil::All, Some(LONG)).pending, []);
    visitor.let_go();
    assert_eq!(running.join(), Ok(0));
    drop(pool);
    assert_eq!(tally.count(), 0);
    assert!(late.into_iter().all(|handle| handle.join() == Err(LATE)));
}

fn time_that_a_job_runs_is_not_time_that_it_waits<P: Pool>() {
    let (pool, gate) = (P::with_workers(1), Gate::new());
    // A worker is there, so the job starts well within this even where everything is slow.
    assert_eq!(pool.submit(square, 2).unwrap().join(), Ok(4));
    let limit = Duration::from_secs(3);
    let options = JobOptions::new().queue_timeout(limit);
    let running = pool
        .submit_with(Pass::enter, gate.pass(6), options)
        .unwrap();
    let visitor = gate.next();
    // No event tells that a limit has not struck; it would have to strike within this time.
    let running = running.join_timeout(limit + SHORT).unwrap_err();
    visitor.let_go();
    assert_eq!(running.join(), Ok(6));
}

fn only_those_with_a_limit_leave_the_queue<P: Pool>() {
    let gate = Gate::new();
    let (pool, running) = busy::<P>(&gate, 1_000);
    let visitor = gate.next();
    let submit = |n: u64| {
        let options = match n % 3 {
            0 => short(),
            1 => JobOptions::new(),
            _ => JobOptions::new().queue_timeout(LONG),
        };
        pool.submit_with(square, n, options).unwrap()
    };
    let handles: Vec<_> = (0..300).map(submit).collect();
    let limited: Vec<_> = handles.iter().step_by(3).collect();
    assert_eq!(wait(&limited, WaitUntil::All, Some(LONG)).pending, []);
    let ended = handles.iter().filter(|handle| handle.is_finished()).count();
    assert_eq!(ended, 100);
    visitor.let_go();
    assert_eq!(running.join(), Ok(0));
    for (n, handle) in (0..).zip(handles) {
        let expected = if n % 3 == 0 { Err(LATE) } else { Ok(n * n) };
        assert_eq!(handle.join(), expected);
    }
}

fn a_job_that_waited_too_long_makes_room<P: Pool>() {
    let gate = Gate::new();
    let (pool, running) = busy::<P>(&gate, 1);
    let visitor = gate.next();
    let late = pool.submit_with(square, 3, short()).unwrap();
    let next = within("a place in the queue", move || {
        let next = pool.submit(square, 4).unwrap();
        (pool, next)
    });
    assert_eq!(late.join(), Err(LATE));
    visitor.let_go();
    assert_eq!((running.join(), next.1.join()), (Ok(0), Ok(16)));
}

fn callbacks_of_a_job_that_waited_too_long_wait_for_no_worker<P: Pool>() {
    let gate = Gate::new();
    let (pool, running) = busy::<P>(&gate, 100);
    let visitor = gate.next();
    let (tell, told) = channel();
    let handles = [0, 1, 2].map(|n| {
        let tell = tell.clone();
        let mut handle = pool.submit_with(square, n, short()).unwrap();
        handle.on_done(move |outcome| tell.send(outcome.clone()).unwrap());
        handle
    });
    for _ in 0..3 {
        assert_eq!(told.recv_timeout(LONG), Ok(Err(LATE)));
    }
    for handle in handles {
        assert_eq!(handle.join_timeout(LONG).unwrap(), Err(LATE));
    }
    assert!(!running.is_finished());
    visitor.let_go();
    assert_eq!(running.join(), Ok(0));
}

fn a_cancelled_job_stays_cancelled_when_its_time_is_over<P: Pool>() {
    let gate = Gate::new();
    let (pool, running) = busy::<P>(&gate, 100);
    let visitor = gate.next();
    let cancelled = pool.submit_with(square, 3, short()).unwrap();
    assert!(cancelled.cancel());
    let later = pool.submit_with(square, 4, short()).unwrap();
    assert_eq!(later.join_timeout(LONG).unwrap(), Err(LATE));
    visitor.let_go();
    assert_eq!(
        (running.join(), cancelled.join()),
        (Ok(0), Err(JobError::Cancelled))
    );
}
