//! How fast thread pools pass jobs on.

use super::{THREAD_PEERS, in_turn, less, more, times};
use crate::bench::goal::{Check, Goal};
use crate::bench::mode::Mode;
use crate::bench::row::{Row, Subject};
use crate::bench::unit::Unit;

/// The arms of the rows about single jobs.
const OTHERS: &[&str] = &[
    "crossbeam",
    "crossbeam-ticket",
    "rayon",
    "threadpool",
    "tokio",
    "py-threads",
];

/// How many times as good as the best peer.
const AHEAD: f64 = 1.5;

pub(super) fn rows() -> Vec<Row> {
    vec![one_in_flight(), singly(), map()]
}

fn one_in_flight() -> Row {
    let check = Check::Times {
        than: THREAD_PEERS,
        times: AHEAD,
    };
    Row {
        name: "thread-one-in-flight",
        title: "thread pool, one job at a time: from submit until the value is there",
        subject: Subject::Threads,
        others: OTHERS,
        modes: &[Mode::Free, Mode::Pinned],
        metrics: vec![less(
            "latency",
            "submit → value",
            Unit::Time,
            vec![Goal::free(check.clone()), Goal::pinned(check)],
        )],
        pace: in_turn(21, 40),
    }
}

fn singly() -> Row {
    Row {
        name: "thread-singly",
        title: "thread pool, many jobs in flight, each submitted and joined by itself, 2 workers",
        subject: Subject::Threads,
        others: OTHERS,
        modes: &[Mode::Free],
        metrics: vec![more(
            "rate",
            "jobs",
            Unit::Rate,
            vec![times(THREAD_PEERS, AHEAD)],
        )],
        pace: in_turn(15, 100),
    }
}

fn map() -> Row {
    Row {
        name: "thread-map",
        title: "thread pool, map over 1 M trivial items into a Vec",
        subject: Subject::Threads,
        others: &["threads-pulled", "rayon", "rayon-long", "bare-loop"],
        modes: &[Mode::Free],
        metrics: vec![less(
            "item",
            "an item",
            Unit::Time,
            vec![times(&["rayon"], 1.0)],
        )],
        pace: in_turn(15, 60),
    }
}
