//! Starting, dying, and whole programs.

use super::{MILLISECOND, in_turn, less};
use crate::bench::goal::{Check, Goal};
use crate::bench::mode::Mode;
use crate::bench::row::{Metric, Pace, Row, Subject};
use crate::bench::unit::Unit;

pub(super) fn rows() -> Vec<Row> {
    let small = "start of 4 process workers, to a value from each";
    let large = "the same in a program with 1 GiB of memory";
    vec![
        start("start", small),
        start("start-1gib", large),
        death(),
        tutorial(),
    ]
}

fn start(name: &'static str, title: &'static str) -> Row {
    Row {
        name,
        title,
        subject: Subject::Processes,
        others: &["procspawn", "py-processes", "py-forkserver", "bare-fork"],
        modes: &[Mode::Free],
        metrics: vec![less(
            "start",
            "start → 4 values",
            Unit::Time,
            vec![Goal::free(Check::AtMost(1.5 * MILLISECOND))],
        )],
        pace: in_turn(11, 40),
    }
}

fn death() -> Row {
    let within = |milliseconds: f64| vec![Goal::free(Check::AtMost(milliseconds * MILLISECOND))];
    Row {
        name: "death",
        title: "a small worker is killed in its job",
        subject: Subject::Processes,
        others: &["procspawn", "py-processes", "bare-pidfd"],
        modes: &[Mode::Free],
        metrics: vec![
            less(
                "noticed",
                "kill → the caller has the error",
                Unit::Time,
                within(0.2),
            ),
            less(
                "served",
                "kill → a replacement has served",
                Unit::Time,
                within(0.5),
            ),
        ],
        pace: in_turn(11, 40),
    }
}

fn tutorial() -> Row {
    let over = |name, title| -> Metric {
        let goals = vec![Goal::free(Check::AtMost(5.0 * MILLISECOND))];
        less(name, title, Unit::Time, goals)
    };
    Row {
        name: "tutorial",
        title: "the tutorial's four programs, from exec to exit: how long beyond the 2 s that they wait",
        subject: Subject::DefaultProcesses,
        others: &["py"],
        modes: &[Mode::Free],
        metrics: vec![
            over("spawn_processes", "5 processes, joined"),
            over("spawn_threads", "5 threads, joined"),
            over("map_processes", "5 squares on 4 processes"),
            over("map_threads", "5 squares on 4 threads"),
        ],
        pace: Pace {
            quick: 0.05,
            ..in_turn(3, 0)
        },
    }
}
