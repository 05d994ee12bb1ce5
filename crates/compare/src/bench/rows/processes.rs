//! How fast process pools pass jobs on.

use super::{MIB, MICROSECOND, MILLISECOND, THREAD_PEERS, in_turn, less, more, times};
use crate::bench::goal::{Check, Goal};
use crate::bench::mode::Mode;
use crate::bench::row::{Aggregate, Metric, Pace, Row, Staging, Subject};
use crate::bench::unit::Unit;

pub(super) fn rows() -> Vec<Row> {
    vec![one_in_flight(), singly(), map(), echo()]
}

fn one_in_flight() -> Row {
    Row {
        name: "one-in-flight",
        title: "process pool, one job at a time: u64 → u64, from submit until the value is there",
        subject: Subject::Processes,
        others: &[
            "crossbeam",
            "crossbeam-ticket",
            "rayon",
            "threadpool",
            "tokio",
            "procspawn",
            "py-processes",
            "py-pool",
            "bare-spin",
            "bare-sleep",
        ],
        modes: &[Mode::Free, Mode::Pinned],
        metrics: vec![less(
            "latency",
            "submit → value",
            Unit::Time,
            vec![
                Goal::free(Check::AtMost(MICROSECOND)),
                times(THREAD_PEERS, 5.0),
                times(&["procspawn"], 100.0),
                Goal::pinned(Check::Times {
                    than: &["bare-sleep"],
                    times: 1.0 / 1.3,
                }),
            ],
        )],
        pace: in_turn(21, 40),
    }
}

fn singly() -> Row {
    Row {
        name: "singly",
        title: "process pool, many jobs in flight, each submitted and joined by itself, 2 workers",
        subject: Subject::Processes,
        others: &[
            "crossbeam",
            "crossbeam-ticket",
            "rayon",
            "threadpool",
            "tokio",
            "procspawn",
            "py-processes",
            "py-pool",
            "bare-pipe",
            "bare-ring",
        ],
        modes: &[Mode::Free],
        metrics: vec![more(
            "rate",
            "jobs",
            Unit::Rate,
            vec![
                Goal::free(Check::AtLeast(3e6)),
                times(THREAD_PEERS, 1.0),
                times(&["procspawn"], 200.0),
            ],
        )],
        pace: in_turn(15, 100),
    }
}

fn map() -> Row {
    let growth = less(
        "growth",
        "resident memory of the program and its workers",
        Unit::Bytes,
        vec![Goal::free(Check::AtMost(16.0 * MIB))],
    );
    Row {
        name: "map-10m",
        title: "process pool, map over 10 M u64, automatic chunks; who takes longer than 4 s is stopped",
        subject: Subject::Processes,
        others: &["py-processes", "py-pool", "bare-pipe"],
        modes: &[Mode::Free],
        metrics: vec![
            more(
                "rate",
                "items",
                Unit::Rate,
                vec![Goal::free(Check::AtLeast(50e6))],
            ),
            Metric {
                aggregate: Aggregate::Max,
                ..growth
            },
            more(
                "items",
                "items within 4 s",
                Unit::Count,
                vec![Goal::free(Check::AtLeast(10e6))],
            ),
        ],
        // What the first round leaves resident, the second would not seem to need.
        pace: Pace {
            quick: 0.01,
            staging: Staging::Fresh,
            ..in_turn(6, 0)
        },
    }
}

fn echo() -> Row {
    Row {
        name: "echo-10mb",
        title: "10 MB of bytes there and back; `-list` is Vec<u8>, whose bytes serde visits one by one",
        subject: Subject::Processes,
        others: &[
            "pool-list",
            "procspawn",
            "procspawn-list",
            "py-processes",
            "py-pool",
            "bare-arena",
            "bare-socket",
            "bare-pipe",
        ],
        modes: &[Mode::Free],
        metrics: vec![less(
            "echo",
            "there and back",
            Unit::Time,
            vec![
                Goal::free(Check::AtMost(4.0 * MILLISECOND)),
                times(&["procspawn-list"], 20.0),
                times(&["procspawn"], 1.0),
            ],
        )],
        pace: Pace {
            quick: 0.1,
            ..in_turn(11, 60)
        },
    }
}
