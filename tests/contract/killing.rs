//! Killing a job by its handle: what is queued is cancelled, what runs ends where it can be ended, and
//! nobody else is harmed.

use std::thread;

use anypool_core::{Executor as _, JobError, JobHandle};
use anypool_tests::{Gate, LONG, Mark, Pass, Pool, Subject, Tally};

anypool_tests::contract! {
    all: [an_ended_job_is_not_killed],
    pools: [
        a_queued_job_is_cancelled_when_it_is_killed,
        killing_races_with_running,
    ],
    threads: [a_job_that_runs_on_a_thread_goes_on],
}

fn square(n: u64) -> u64 {
    n * n
}

fn an_ended_job_is_not_killed<S: Subject>() {
    let pool = S::with_workers(1);
    let handle = pool.submit(square, 2).unwrap();
    while !handle.is_finished() {
        thread::yield_now();
    }
    assert!(!handle.kill());
    assert_eq!(handle.join(), Ok(4));
}

fn a_queued_job_is_cancelled_when_it_is_killed<P: Pool>() {
    let pool = P::with_workers(1);
    let (gate, tally) = (Gate::new(), Tally::new());
    let running = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let visitor = gate.next();
    let queued: Vec<_> = (0..5)
        .map(|_| pool.submit(Mark::add, tally.mark()).unwrap())
        .collect();
    let kept = pool.submit(square, 7).unwrap();
    assert!(queued.iter().all(JobHandle::kill));
    for handle in queued {
        assert_eq!(handle.join(), Err(JobError::Cancelled));
    }
    visitor.let_go();
    assert_eq!((running.join(), kept.join()), (Ok(0), Ok(49)));
    assert_eq!(tally.count(), 0);
}

fn a_job_that_runs_on_a_thread_goes_on<P: Pool>() {
    let pool = P::with_workers(1);
    let gate = Gate::new();
    let running = pool.submit(Pass::enter, gate.pass(5)).unwrap();
    let visitor = gate.next();
    let queued = pool.submit(square, 3).unwrap();
    assert!(!running.kill(), "a thread cannot be killed");
    assert!(!running.is_finished());
    visitor.let_go();
    assert_eq!((running.join(), queued.join()), (Ok(5), Ok(9)));
}

fn killing_races_with_running<P: Pool>() {
    let pool = P::with_workers(2);
    for n in 0..200 {
        let victim = pool.submit(square, n).unwrap();
        let bystander = pool.submit(square, n + 1).unwrap();
        let killed = victim.kill();
        match victim.join_timeout(LONG).expect("every job ends") {
            Ok(value) => assert_eq!(value, n * n),
            Err(JobError::Cancelled | JobError::Killed) => assert!(killed),
            Err(error) => panic!("{error}"),
        }
        let bystander = bystander.join_timeout(LONG).expect("every job ends");
        assert_eq!(bystander, Ok((n + 1) * (n + 1)));
    }
}
