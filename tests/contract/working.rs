//! How jobs meet workers: as many at once as there are workers, and none waits while one is idle.

use anypool_core::{Executor as _, RawExecutor as _, WaitUntil, wait};
use anypool_tests::{Gate, LONG, Pass, Pool};

anypool_tests::contract! {
    pools: [
        as_many_jobs_run_at_once_as_there_are_workers,
        the_fifth_of_four_starts_when_one_ends,
        short_jobs_are_not_stuck_behind_a_long_one,
        a_long_item_of_a_map_does_not_hold_up_the_others,
        an_idle_worker_takes_what_is_queued_for_another,
    ],
}

fn increment(n: u64) -> u64 {
    n + 1
}

fn as_many_jobs_run_at_once_as_there_are_workers<P: Pool>() {
    let pool = P::with_workers(3);
    assert_eq!(pool.workers(), 3);
    let gate = Gate::new();
    let submit = |number| pool.submit(Pass::enter, gate.pass(number)).unwrap();
    let handles: Vec<_> = (0..6).map(submit).collect();
    let first = gate.next_sorted(3);
    assert!(gate.is_silent(), "no more than three run");
    drop(first);
    drop(gate.next_sorted(3));
    assert_eq!(wait(&handles, WaitUntil::All, Some(LONG)).done.len(), 6);
}

fn the_fifth_of_four_starts_when_one_ends<P: Pool>() {
    let pool = P::with_workers(4);
    let gate = Gate::new();
    let submit = |number| pool.submit(Pass::enter, gate.pass(number)).unwrap();
    let handles: Vec<_> = (0..5).map(submit).collect();
    let mut running = gate.next_sorted(4);
    running.swap_remove(1).let_go();
    let fifth = gate.next();
    let ended = handles.iter().filter(|handle| handle.is_finished()).count();
    assert!(ended <= 1, "the fifth starts beside three that go on");
    drop((fifth, running));
    assert_eq!(wait(&handles, WaitUntil::All, Some(LONG)).done.len(), 5);
}

fn short_jobs_are_not_stuck_behind_a_long_one<P: Pool>() {
    let pool = P::with_workers(2);
    let gate = Gate::new();
    let long = pool.submit(Pass::enter, gate.pass(0)).unwrap();
    let short: Vec<_> = (0..7).map(|n| pool.submit(increment, n).unwrap()).collect();
    let visitor = gate.next();
    let waited = wait(&short, WaitUntil::All, Some(LONG));
    assert_eq!(waited.pending, []);
    assert!(!long.is_finished());
    visitor.let_go();
    assert_eq!(long.join(), Ok(0));
}

fn pass_if_zero(pass: (u64, Pass)) -> u64 {
    if pass.0 == 0 { pass.1.enter() } else { pass.0 }
}

fn a_long_item_of_a_map_does_not_hold_up_the_others<P: Pool>() {
    let pool = P::with_workers(2);
    let gate = Gate::new();
    let mut map = pool.map_unordered(pass_if_zero, (0..40).map(|n| (n, gate.pass(n))));
    let visitor = gate.next();
    let mut seen: Vec<_> = map
        .by_ref()
        .take(39)
        .map(|(_, outcome)| outcome.unwrap())
        .collect();
    seen.sort_unstable();
    assert!(seen.into_iter().eq(1..40));
    visitor.let_go();
    assert_eq!(map.next(), Some((0, Ok(0))));
}

fn an_idle_worker_takes_what_is_queued_for_another<P: Pool>() {
    let pool = P::with_workers(2);
    let gate = Gate::new();
    // Both workers are busy while the queue fills, so that each may be promised a part of it.
    let long = [0, 1].map(|n| pool.submit(Pass::enter, gate.pass(n)).unwrap());
    let mut visitors = gate.next_sorted(2);
    let short: Vec<_> = (0..20)
        .map(|n| pool.submit(increment, n).unwrap())
        .collect();
    visitors.remove(0).let_go();
    assert_eq!(wait(&short, WaitUntil::All, Some(LONG)).pending, []);
    assert!(long[0].is_finished() && !long[1].is_finished());
    drop(visitors);
}
