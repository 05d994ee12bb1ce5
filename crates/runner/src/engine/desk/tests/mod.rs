//! What is decided, at times that are made up, about units that are not run.

use std::num::NonZeroU64;

use super::super::source::{Gate, Plan};
use super::super::terms::{Retries, Terms};
use super::super::unit::{Unit, Work};
use super::*;
use crate::event::TaskKey;

mod again;
mod ends;

/// A machine that never keeps anything from starting.
struct Idle;

impl Machine for Idle {
    fn load(&self) -> Option<f64> {
        None
    }

    fn free_memory(&self) -> Option<u64> {
        None
    }
}

fn unit(id: &str, terms: Terms, after: &[usize]) -> Arc<Unit> {
    Arc::new(Unit {
        id: id.into(),
        key: TaskKey::builder("test").part("id", id.as_bytes()).finish(),
        work: Work::Program(Box::default()),
        terms: Arc::new(terms),
        after: after.into(),
    })
}

fn retries(count: u32, delay: Duration) -> Terms {
    Terms {
        retries: Retries {
            count,
            delay,
            ..Retries::default()
        },
        ..Terms::default()
    }
}

fn desk_of(units: Vec<Arc<Unit>>, gates: &[usize], policy: Policy, now: Instant) -> Desk {
    let gates = gates.iter().map(|&place| Gate { of: vec![place] });
    let plan = Plan {
        units,
        gates: gates.collect(),
        groups: Vec::new(),
    };
    Desk::new(Feed::plan(plan), policy, Box::new(Idle), now)
}

/// `count` units named by their places, on the usual terms.
fn plain(count: usize) -> Vec<Arc<Unit>> {
    let units = (0..count).map(|place| unit(&place.to_string(), Terms::default(), &[]));
    units.collect()
}

fn slots(workers: usize) -> Policy {
    Policy {
        workers,
        ..Policy::default()
    }
}

fn start(desk: &mut Desk, now: Instant) -> Try {
    match desk.take(now) {
        Take::Start(tried) => *tried,
        other => panic!("nothing starts: {other:?}"),
    }
}

fn ended(tried: &Try, outcome: Verdict) -> TaskFinished {
    let mut ended = TaskFinished::new(Arc::clone(&tried.id), tried.unit.key, tried.index, outcome);
    ended.attempt = tried.attempt;
    ended
}

/// Ends a try, and tells what was settled by it as words.
fn finish(desk: &mut Desk, tried: Try, outcome: Verdict, now: Instant) -> Vec<String> {
    let ended = ended(&tried, outcome);
    match desk.finish(tried, ended, now) {
        Verdicts::Again(retry, paused) => {
            assert!(told(desk.pause(paused)).is_empty());
            vec![format!(
                "{} again in {:?}",
                retry.task,
                Duration::from_nanos(retry.delay)
            )]
        }
        Verdicts::Settled(settled) => told(settled),
    }
}

fn told(settled: Vec<Ending>) -> Vec<String> {
    let words = settled.into_iter().map(|ending| {
        let finished = ending.finished();
        let why = finished.message.as_deref().unwrap_or_default();
        format!("{} {} {why}", finished.task, finished.outcome)
            .trim_end()
            .to_owned()
    });
    words.collect()
}

#[test]
fn what_failed_is_tried_again_when_its_pause_is_over() {
    let now = Instant::now();
    let pause = Duration::from_secs(3);
    let mut desk = desk_of(vec![unit("a", retries(1, pause), &[])], &[], slots(2), now);
    let first = start(&mut desk, now);
    assert_eq!(
        finish(&mut desk, first, Verdict::Failed, now),
        ["a again in 3s"]
    );
    assert!(matches!(desk.take(now), Take::Wait(Some(until)) if until == now + pause));
    assert_eq!(desk.waiting(), [(1, "their next try".to_owned())]);
    let second = start(&mut desk, now + pause);
    assert_eq!(second.attempt, 2);
    assert_eq!(
        finish(&mut desk, second, Verdict::Ok, now + pause),
        ["a ok"]
    );
    assert_eq!((desk.counts.ok, desk.counts.flaky), (1, 1));
    assert!(matches!(desk.take(now + pause), Take::Over));
}

#[test]
fn who_is_deadly_twice_is_not_tried_a_third_time() {
    let now = Instant::now();
    let terms = retries(9, Duration::ZERO);
    let mut desk = desk_of(vec![unit("a", terms, &[])], &[], slots(1), now);
    let first = start(&mut desk, now);
    assert_eq!(
        finish(&mut desk, first, Verdict::Crashed, now),
        ["a again in 0ns"]
    );
    let second = start(&mut desk, now);
    assert_eq!(
        finish(&mut desk, second, Verdict::Crashed, now),
        ["a crashed"]
    );
    assert_eq!(desk.first_failure.as_deref(), Some("a"));
}

#[test]
fn what_still_runs_does_not_run_twice() {
    let now = Instant::now();
    let mut desk = desk_of(
        vec![unit("a", retries(9, Duration::ZERO), &[])],
        &[],
        slots(1),
        now,
    );
    let tried = start(&mut desk, now);
    let mut leaked = ended(&tried, Verdict::TimedOut);
    leaked.leaked = true;
    assert!(matches!(
        desk.finish(tried, leaked, now),
        Verdicts::Settled(_)
    ));
}

#[test]
fn an_expected_failure_is_none_and_lets_others_follow() {
    let now = Instant::now();
    let terms = Terms {
        expect: Verdict::Failed,
        ..Terms::default()
    };
    let units = vec![unit("a", terms, &[]), unit("b", Terms::default(), &[0])];
    let mut desk = desk_of(units, &[0], slots(1), now);
    let first = start(&mut desk, now);
    let mut failed = ended(&first, Verdict::Failed);
    failed.expected = Some(Verdict::Failed);
    assert!(matches!(
        desk.finish(first, failed, now),
        Verdicts::Settled(_)
    ));
    assert_eq!(&*start(&mut desk, now).id, "b");
    assert_eq!((desk.counts.ok, desk.counts.not_ok()), (1, 0));
}

#[test]
fn what_comes_after_a_failure_is_skipped_and_says_whose_it_is() {
    let now = Instant::now();
    let units = vec![
        unit("a", Terms::default(), &[]),
        unit("b", Terms::default(), &[0]),
        unit("c", Terms::default(), &[1]),
    ];
    let mut desk = desk_of(units, &[0, 1], slots(1), now);
    let first = start(&mut desk, now);
    assert!(matches!(desk.take(now), Take::Wait(None)));
    let settled = finish(&mut desk, first, Verdict::Panicked, now);
    assert_eq!(
        settled,
        [
            "a panicked",
            "b skipped after a failed",
            "c skipped after b failed"
        ]
    );
    assert_eq!((desk.counts.skipped, desk.counts.not_ok()), (2, 1));
    assert!(matches!(desk.take(now), Take::Over));
}

#[test]
fn a_heavy_unit_takes_several_slots_and_never_more_than_there_are() {
    let now = Instant::now();
    let heavy = |weight| Terms {
        weight,
        ..Terms::default()
    };
    let units = vec![
        unit("two", heavy(2), &[]),
        unit("one", heavy(1), &[]),
        unit("all", heavy(100), &[]),
    ];
    let mut desk = desk_of(units, &[], slots(3), now);
    let two = start(&mut desk, now);
    let one = start(&mut desk, now);
    assert!(matches!(desk.take(now), Take::Wait(None)));
    finish(&mut desk, two, Verdict::Ok, now);
    assert!(
        matches!(desk.take(now), Take::Wait(None)),
        "one slot of three is taken"
    );
    finish(&mut desk, one, Verdict::Ok, now);
    assert_eq!(&*start(&mut desk, now).id, "all");
}

#[test]
fn a_plan_is_carried_out_again_when_all_of_it_is_settled() {
    let now = Instant::now();
    let policy = Policy {
        repeat: Repeat::Times(NonZeroU64::new(2).unwrap()),
        ..slots(2)
    };
    let mut desk = desk_of(plain(2), &[], policy, now);
    let mut names = Vec::new();
    for _ in 0..2 {
        let tries = [start(&mut desk, now), start(&mut desk, now)];
        assert!(matches!(desk.take(now), Take::Wait(None)));
        for tried in tries {
            names.push(format!("{} {}", tried.index, tried.id));
            finish(&mut desk, tried, Verdict::Ok, now);
        }
    }
    assert_eq!(names, ["0 0", "1 1", "2 0 #2", "3 1 #2"]);
    assert!(matches!(desk.take(now), Take::Over));
}

#[test]
fn success_after_a_retry_can_be_a_failure() {
    let now = Instant::now();
    let policy = Policy {
        flaky_fails: true,
        ..slots(1)
    };
    let mut desk = desk_of(
        vec![unit("a", retries(1, Duration::ZERO), &[])],
        &[],
        policy,
        now,
    );
    let first = start(&mut desk, now);
    finish(&mut desk, first, Verdict::Failed, now);
    let second = start(&mut desk, now);
    finish(&mut desk, second, Verdict::Ok, now);
    assert_eq!((desk.counts.ok, desk.counts.failed), (0, 1));
}
