//! Verdicts on rounds that were made up.

use super::*;
use crate::bench::mode::Mode;
use crate::bench::rows::all;
use crate::environment::Environment;

fn row(name: &str) -> Row {
    all().into_iter().find(|row| row.name == name).unwrap()
}

fn lane(arm: &str, mode: Mode, metric: &str, numbers: &[f64]) -> Lane {
    let reading = |number: &f64| [(metric.to_owned(), *number)].into();
    Lane {
        rounds: numbers.iter().map(reading).collect(),
        ..Lane::new(arm, mode)
    }
}

fn absent(arm: &str, why: &str) -> Lane {
    Lane {
        absent: Some(why.to_owned()),
        ..Lane::new(arm, Mode::Free)
    }
}

fn judgements(name: &str, lanes: Vec<Lane>) -> Vec<Judged> {
    let row = row(name);
    let measured = MeasuredRow::new(&row, lanes);
    let transports = vec!["pipe".to_owned(), "ipc".to_owned()];
    let report = BenchReport::new(Environment::probe(), String::new(), transports);
    judged(&row, &measured, &report)
}

fn free(arm: &str, metric: &str, numbers: &[f64]) -> Lane {
    lane(arm, Mode::Free, metric, numbers)
}

#[test]
fn the_default_transport_has_the_goals() {
    let starts = |pipe, ipc| {
        let lanes = vec![
            free("pool-pipe", "start", &[pipe; 6]),
            free("pool-ipc", "start", &[ipc; 6]),
        ];
        judgements("start", lanes).remove(0)
    };
    assert_eq!(starts(1e6, 9e6).judgement, Judgement::Met);
    let missed = starts(3e6, 1e6);
    assert_eq!(missed.judgement, Judgement::FallsShort(2.0));
    assert_eq!(
        (missed.goal.as_str(), missed.reached.as_str()),
        ("≤ 1.50 ms", "3.00 ms")
    );
    assert!(!missed.close);
}

#[test]
fn an_interval_on_both_sides_of_the_goal_is_close() {
    let rounds = [1.0, 1.2, 1.4, 1.6, 1.8, 2.0].map(|ms| ms * 1e6);
    let judged = judgements("start", vec![free("pool-pipe", "start", &rounds)]).remove(0);
    assert_eq!(judged.judgement, Judgement::Met);
    assert!(judged.close);
}

#[test]
fn the_best_peer_is_the_one_to_beat() {
    let lanes = |ours: f64| {
        vec![
            free("threads", "rate", &[ours; 6]),
            free("crossbeam", "rate", &[2e6; 6]),
            free("rayon", "rate", &[4e6; 6]),
            free("threadpool", "rate", &[1e6; 6]),
            free("tokio", "rate", &[1e6; 6]),
        ]
    };
    let judged = |ours| judgements("thread-singly", lanes(ours)).remove(0);
    assert_eq!(judged(6e6).judgement, Judgement::Met);
    let missed = judged(2e6);
    assert_eq!(missed.judgement, Judgement::FallsShort(3.0));
    assert_eq!(missed.reached, "0.500 × rayon [0.500, 0.500]");
    assert!(
        missed
            .goal
            .starts_with("≥ 1.5 × better than the best of crossbeam, rayon")
    );
}

#[test]
fn a_peer_that_is_missing_leaves_its_goal_unjudged() {
    let lanes = vec![
        free("pool-pipe", "rate", &[4e6; 6]),
        free("crossbeam", "rate", &[2e6; 6]),
        absent("rayon", "failed: it ended"),
        free("threadpool", "rate", &[1e6; 6]),
        free("tokio", "rate", &[1e6; 6]),
    ];
    let judged = judgements("singly", lanes);
    assert_eq!(judged[0].judgement, Judgement::Met);
    let words: Vec<String> = judged
        .iter()
        .map(|judged| judged.judgement.words())
        .collect();
    assert_eq!(words[1], "not judged: rayon: failed: it ended");
    assert_eq!(words[2], "not judged: not all other arms were measured");
}

#[test]
fn modes_are_judged_apart() {
    let lanes = vec![
        free("pool-pipe", "latency", &[900.0; 6]),
        lane("pool-pipe", Mode::Pinned, "latency", &[5_200.0; 6]),
        lane("bare-sleep", Mode::Pinned, "latency", &[4_100.0; 6]),
    ];
    let judged = judgements("one-in-flight", lanes);
    assert_eq!(judged[0].goal, "≤ 1.00 µs, free");
    assert_eq!(judged[0].judgement, Judgement::Met);
    let last = judged.last().unwrap();
    assert_eq!(last.goal, "at most 1.3 × worse than bare-sleep, pinned");
    assert_eq!(last.judgement, Judgement::Met, "{last:?}");
}

#[test]
fn where_nothing_is_allowed_one_is_too_many() {
    let wakes =
        |count| judgements("idle", vec![free("pool-pipe", "wakes", &[0.0, count, 0.0])]).remove(0);
    assert_eq!(wakes(0.0).judgement, Judgement::Met);
    assert_eq!(wakes(1.0).judgement.words(), "falls short");
    assert_eq!(wakes(1.0).reached, "1");
}

#[test]
fn an_arm_without_numbers_is_not_judged() {
    let judged = judgements("start", vec![absent("pool-pipe", "failed: no answer")]).remove(0);
    let words = judged.judgement.words();
    assert_eq!(words, "not judged: pool-pipe: failed: no answer");
}
