//! A sample of a comparison with one cell: the work of a lock that all threads share.

use super::cell::{Measuring, Truth, cell, ns};
use super::random::Random;
use crate::class::Class;
use crate::report::{Answer, Card, Case, Cell, Interval, Lane, Measured, Side, Span, Timeline};

const TASKS: u64 = 64;

/// Threads and processes with a global lock and without.
pub(super) fn gil(random: &mut Random) -> Measured {
    let truths = truths();
    let measuring = Measuring {
        point: None,
        rounds: 18,
        baseline: "threads",
        cpus: 2.0,
    };
    let mut cell = cell(&measuring, &truths, random);
    cell.timelines = truths
        .iter()
        .map(|truth| timeline(truth, &cell, random))
        .collect();
    Measured {
        name: "gil".to_owned(),
        question: "CPU-bound tasks behind a global interpreter lock: threads or processes?"
            .to_owned(),
        class: Class::Cpu,
        workload: format!("primes(limit=200000) × {TASKS} tasks, 2 workers"),
        axis: None,
        arms: super::arms(&[
            ("seq", "one after another", Side::Sequential),
            ("threads", "threads", Side::Threads),
            ("pool", "processes", Side::Processes),
            ("fork", "a process for each task", Side::Processes),
            ("threads+gil", "threads behind a lock", Side::Threads),
            ("pool+gil", "processes behind a lock", Side::Processes),
            ("py-threads", "CPython's threads", Side::Threads),
            ("py-procs", "CPython's processes", Side::Processes),
        ]),
        baseline: measuring.baseline.to_owned(),
        cells: vec![cell],
        crossovers: Vec::new(),
        scaling: Vec::new(),
        isolation: None,
        claims: Vec::new(),
        card: Some(card()),
        notes: vec!["py-interp: left out, needs CPython 3.14 or newer (found 3.11.7)".to_owned()],
    }
}

fn truths() -> Vec<Truth> {
    let truth = |arm, wall, setup, user, sys, memory, spread| Truth {
        arm,
        wall,
        setup,
        user,
        sys,
        memory,
        spread,
    };
    vec![
        truth("seq", 1.92, 0.0001, 0.99, 0.005, (3, 3), 0.015),
        truth("threads", 0.99, 0.0001, 1.94, 0.01, (4, 4), 0.02),
        truth("pool", 0.995, 0.0006, 1.92, 0.03, (7, 13), 0.02),
        truth("fork", 1.06, 0.0002, 1.80, 0.14, (8, 16), 0.025),
        truth("threads+gil", 1.97, 0.0001, 0.99, 0.04, (4, 4), 0.02),
        truth("pool+gil", 1.01, 0.0006, 1.91, 0.03, (7, 13), 0.02),
        truth("py-threads", 8.2, 0.018, 1.0, 0.05, (12, 13), 0.015),
        truth("py-procs", 4.3, 0.032, 1.92, 0.06, (21, 41), 0.02),
    ]
}

fn card() -> Card {
    let faster = Interval {
        low: 1.89,
        mid: 1.95,
        high: 2.02,
    };
    Card {
        reasons: vec![
            "Behind the lock only one thread computes at a time; each process has a lock of its own.".to_owned(),
            "Without the lock, threads and processes take the same time (within 6.1 %).".to_owned(),
            "Threads need 4 MiB, processes 7 MiB.".to_owned(),
        ],
        flips: vec![
            "tasks shorter than about 40 µs each: threads, or larger chunks".to_owned(),
            "code that gives the lock back while it computes, as many C libraries do".to_owned(),
        ],
        cases: vec![
            Case {
                when: "behind a global lock".to_owned(),
                answer: Answer::Processes,
                effect: Some(faster),
                text: "processes are 1.95 × as fast as threads".to_owned(),
            },
            Case {
                when: "without a lock".to_owned(),
                answer: Answer::Either,
                effect: None,
                text: "both are equally fast; threads need less memory: 4.00 MiB, processes 7.00 MiB"
                    .to_owned(),
            },
        ],
        caveats: vec!["Differences below 6.1 % cannot be seen on this machine right now.".to_owned()],
        ..Card::new(
            Answer::Depends,
            "Behind a global lock: processes, 1.95×; without a lock: either.",
        )
    }
}

/// Lanes of two workers that take tasks in turn; behind a lock they alternate.
fn timeline(truth: &Truth, cell: &Cell, random: &mut Random) -> Timeline {
    let wall = cell.arm(truth.arm).map_or(0, |arm| arm.wall.median_ns);
    let serial = truth.user < 1.5;
    let count = if truth.arm == "seq" { 1 } else { 2 };
    let each = wall / TASKS * if serial { 1 } else { 2 };
    let mut lanes: Vec<Lane> = (0..count)
        .map(|worker| Lane {
            worker: format!("worker {worker}"),
            spans: Vec::new(),
        })
        .collect();
    let mut ends = vec![ns(truth.setup); count];
    for task in 0..TASKS {
        let next = (0..count).min_by_key(|lane| ends[*lane]).unwrap_or(0);
        let start = if serial {
            *ends.iter().max().unwrap_or(&0)
        } else {
            ends[next]
        };
        let end = start + each / 10 * 8 + each / 10 * u64::from(random.share() > 0.3) * 2;
        ends[next] = end;
        lanes[next].spans.push(Span {
            task: format!("primes {task}"),
            start_ns: start,
            end_ns: end,
        });
    }
    Timeline {
        arm: truth.arm.to_owned(),
        round: 4,
        lanes,
    }
}
