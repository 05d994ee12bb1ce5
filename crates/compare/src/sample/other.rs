//! Samples of comparisons whose question is not speed: what people say, and what faults cost.

use super::cell::{Measuring, Truth, cell};
use super::random::Random;
use crate::class::Class;
use crate::report::{
    Answer, Card, Claim, Containment, Holds, Isolation, IsolationRow, Measured, Side,
};

/// The tutorial's claims.
pub(super) fn tutorial(random: &mut Random) -> Measured {
    let measuring = Measuring {
        point: None,
        rounds: 16,
        baseline: "threads",
        cpus: 2.0,
    };
    let truths = [("seq", 0.502), ("threads", 0.1006), ("pool", 0.1011)].map(|(arm, wall)| Truth {
        arm,
        wall,
        setup: 0.0005,
        user: 0.01,
        sys: 0.01,
        memory: (3, 5),
        spread: 0.004,
    });
    Measured {
        name: "tutorial".to_owned(),
        question: "five workers that each wait 0.1 s: does it matter which kind they are?"
            .to_owned(),
        class: Class::Io,
        workload: "worker(secs=0.1) × 5".to_owned(),
        axis: None,
        arms: super::arms(&[
            ("seq", "one after another", Side::Sequential),
            ("threads", "threads", Side::Threads),
            ("pool", "processes", Side::Processes),
        ]),
        baseline: "threads".to_owned(),
        cells: vec![cell(&measuring, &truths, random)],
        crossovers: Vec::new(),
        scaling: Vec::new(),
        isolation: None,
        claims: three_claims(),
        card: Some(card(
            Answer::Either,
            "Either: waiting takes the same time in both.",
        )),
        notes: Vec::new(),
    }
}

/// What the tutorial says, and what was measured.
fn three_claims() -> Vec<Claim> {
    let claim = |claim: &str, rust, rust_figures: &str| Claim {
        claim: claim.to_owned(),
        cpython: Holds::Yes,
        cpython_figures: "32 ms for processes, 0.4 ms for threads".to_owned(),
        rust,
        rust_figures: rust_figures.to_owned(),
    };
    vec![
        claim(
            "threads start faster than processes",
            Holds::Yes,
            "0.6 ms for processes, 0.1 ms for threads",
        ),
        claim(
            "threads do not speed up computing",
            Holds::No,
            "threads: 1.94 × on 2 processors",
        ),
        claim(
            "processes need more memory",
            Holds::Unclear,
            "4 and 4.2 MiB",
        ),
    ]
}

/// What becomes of healthy tasks beside a faulty one.
pub(super) fn faults() -> Measured {
    let contained = |arm: &str, contained, told: &str| Containment {
        arm: arm.to_owned(),
        contained,
        detected_ns: contained.map(|held| if held { 210_000 } else { 1_400_000 }),
        others_lost: if contained == Some(false) { 7 } else { 0 },
        others: 7,
        told: told.to_owned(),
    };
    let row = |fault: &str, threads: Containment, pool: Containment| IsolationRow {
        fault: fault.to_owned(),
        arms: vec![threads, pool],
    };
    let lost = |arm, told| contained(arm, Some(false), told);
    let held = |arm, told| contained(arm, Some(true), told);
    Measured {
        name: "faults".to_owned(),
        question: "one of eight tasks goes wrong: what becomes of the others?".to_owned(),
        class: Class::Cpu,
        workload: "8 tasks, one of them faulty, 2 workers".to_owned(),
        axis: None,
        arms: super::arms(&[
            ("threads", "threads", Side::Threads),
            ("pool", "processes", Side::Processes),
        ]),
        baseline: "threads".to_owned(),
        cells: Vec::new(),
        crossovers: Vec::new(),
        scaling: Vec::new(),
        isolation: Some(Isolation {
            rows: vec![
                row(
                    "panic",
                    held("threads", "panicked"),
                    held("pool", "panicked"),
                ),
                row(
                    "abort",
                    lost("threads", "SIGABRT ended the program"),
                    held("pool", "worker died: SIGABRT"),
                ),
                row(
                    "segv",
                    lost("threads", "SIGSEGV ended the program"),
                    held("pool", "worker died: SIGSEGV"),
                ),
                row(
                    "hang",
                    contained("threads", None, "a thread cannot be stopped"),
                    held("pool", "timed out, killed"),
                ),
            ],
        }),
        claims: Vec::new(),
        card: Some(card(
            Answer::Processes,
            "Processes: three of four faults end a program of threads.",
        )),
        notes: Vec::new(),
    }
}

fn card(answer: Answer, headline: &str) -> Card {
    Card {
        flips: vec!["tasks that compute instead of waiting".to_owned()],
        ..Card::new(answer, headline)
    }
}
