//! What a pool costs that has nothing to do, or too much.

use super::{KIB, MIB, in_turn, less, more};
use crate::bench::goal::{Check, Goal};
use crate::bench::mode::Mode;
use crate::bench::row::{Aggregate, Metric, Pace, Row, Staging, Subject};
use crate::bench::unit::Unit;

pub(super) fn rows() -> Vec<Row> {
    vec![memory(), idle(), pending()]
}

fn memory() -> Row {
    Row {
        name: "memory",
        title: "private memory (USS) of an idle worker process that has served 200 jobs",
        subject: Subject::Processes,
        others: &["procspawn", "py-processes", "bare-fork"],
        modes: &[Mode::Free],
        metrics: vec![
            less(
                "worker",
                "a worker",
                Unit::Bytes,
                vec![Goal::free(Check::AtMost(300.0 * KIB))],
            ),
            less(
                "helpers",
                "all processes beside the program, a worker",
                Unit::Bytes,
                Vec::new(),
            ),
        ],
        pace: in_turn(3, 0),
    }
}

fn idle() -> Row {
    let wakes = less(
        "wakes",
        "context switches of all its threads and processes in 5 s",
        Unit::Count,
        vec![Goal::free(Check::AtMost(0.0))],
    );
    Row {
        name: "idle",
        title: "a pool that has served 200 jobs and has nothing to do",
        subject: Subject::Both,
        others: &[
            "crossbeam",
            "rayon",
            "threadpool",
            "tokio",
            "procspawn",
            "py-processes",
        ],
        modes: &[Mode::Free],
        metrics: vec![Metric {
            aggregate: Aggregate::Max,
            ..wakes
        }],
        pace: Pace {
            quick: 0.1,
            staging: Staging::Together,
            ..in_turn(3, 0)
        },
    }
}

/// 1 M queued jobs are to fit into this.
const QUEUED_BYTES: f64 = 200.0 * MIB;
const QUEUED_JOBS: f64 = 1e6;

fn pending() -> Row {
    Row {
        name: "pending",
        title: "1 M jobs (procspawn 250, CPython 100 k) that wait behind others",
        subject: Subject::Both,
        others: &[
            "crossbeam",
            "rayon",
            "threadpool",
            "tokio",
            "procspawn",
            "py-processes",
            "py-threads",
        ],
        modes: &[Mode::Free],
        metrics: vec![
            less(
                "bytes",
                "memory of a waiting job and its handle",
                Unit::Bytes,
                vec![Goal::free(Check::AtMost(QUEUED_BYTES / QUEUED_JOBS))],
            ),
            less(
                "job_fds",
                "descriptors of a waiting job",
                Unit::Count,
                Vec::new(),
            ),
            less(
                "fds",
                "descriptors of the program, a worker",
                Unit::Count,
                vec![Goal::free(Check::AtMost(8.0))],
            ),
            more(
                "crew",
                "of 4 workers, those that serve at `ulimit -n 64`",
                Unit::Count,
                vec![Goal::free(Check::AtLeast(4.0))],
            ),
        ],
        // Memory that a round has given back would serve the next one unseen.
        pace: Pace {
            quick: 0.02,
            staging: Staging::Fresh,
            ..in_turn(3, 0)
        },
    }
}
