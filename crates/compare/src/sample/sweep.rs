//! Samples of comparisons along an axis: the length of tasks, the number of workers, the size of the parent.

use super::cell::{Measuring, Truth, cell};
use super::random::Random;
use crate::class::Class;
use crate::report::{
    Answer, ArmInfo, Axis, Card, Crossover, Curve, Interval, Measured, Scaling, Side, Unit,
};

const WORKERS: [f64; 4] = [1.0, 2.0, 4.0, 8.0];

/// What a pool adds to tasks of growing length.
pub(super) fn overhead(random: &mut Random) -> Measured {
    let arms = super::arms(&[
        ("threads", "threads", Side::Threads),
        ("pool", "processes", Side::Processes),
        ("fork", "a process for each task", Side::Processes),
        ("exec", "a program for each task", Side::Processes),
    ]);
    let axis = axis("task length", Unit::Nanoseconds, true);
    let mut comparison = comparison(
        "overhead",
        "how long must a task be before processes cost nothing?",
        arms,
        axis,
    );
    let lengths = [1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7, 1e8];
    comparison.cells = lengths
        .map(|length| {
            let tasks = 200.0;
            let work = length * 1e-9 * tasks / 2.0;
            let truths = [
                ("threads", 4e-7),
                ("pool", 1.1e-6),
                ("fork", 1.6e-4),
                ("exec", 6e-4),
            ]
            .map(|(arm, each)| Truth {
                arm,
                wall: 0.0015 + work + each * tasks,
                setup: 0.0006,
                user: 1.5,
                sys: 0.2,
                memory: (4, 6),
                spread: 0.02,
            });
            cell(&measuring(Some(length), "threads"), &truths, random)
        })
        .to_vec();
    let crossover = |arm: &str, bracket, model| Crossover {
        question: "from what length of a task does it cost less than 5 %?".to_owned(),
        arm: arm.to_owned(),
        versus: "threads".to_owned(),
        ratio: 1.05,
        bracket: Some(bracket),
        model: Some(model),
        text: format!("{arm} costs less than 5 % from a length in this bracket on"),
    };
    comparison.crossovers = vec![
        crossover("pool", (1e4, 3e4), 1.4e4),
        crossover("fork", (3e6, 1e7), 6.4e6),
        crossover("exec", (1e7, 3e7), 2.4e7),
    ];
    comparison.card = Some(card(
        Answer::Either,
        "From 30 µs a task on, processes cost nothing; below, threads.",
    ));
    comparison
}

/// How far more workers help.
pub(super) fn scaling(random: &mut Random) -> Measured {
    let arms = super::arms(&[
        ("seq", "one after another", Side::Sequential),
        ("threads", "threads", Side::Threads),
        ("pool", "processes", Side::Processes),
    ]);
    let axis = axis("workers", Unit::Count, true);
    let mut comparison = comparison("scaling", "how far do more workers help?", arms, axis);
    comparison.cells = WORKERS
        .map(|workers| {
            let used = workers.min(2.0);
            let truths = [
                ("seq", 1.0, 3),
                ("threads", used * 0.97, 4),
                ("pool", used * 0.95, 3),
            ]
            .map(|(arm, speed, mib)| {
                let processes = if arm == "pool" { workers } else { 1.0 };
                let whole = super::whole(processes);
                Truth {
                    arm,
                    wall: 1.0 / speed,
                    setup: 0.0003 * workers,
                    user: speed.min(1.96),
                    sys: 0.02,
                    memory: (mib + whole, mib * (1 + whole)),
                    spread: 0.02,
                }
            });
            cell(&measuring(Some(workers), "threads"), &truths, random)
        })
        .to_vec();
    comparison.scaling = vec![
        Scaling {
            arm: "threads".to_owned(),
            curve: Ok(Curve {
                lambda: 0.99,
                sigma: 0.18,
                kappa: 0.031,
                r_squared: 0.96,
                peak: Some(5.1),
            }),
            suggested_workers: Some(2),
        },
        Scaling {
            arm: "pool".to_owned(),
            curve: Err(
                "too few numbers of workers at or below the 2 processors (2, of at least 3)"
                    .to_owned(),
            ),
            suggested_workers: Some(2),
        },
    ];
    comparison.card = Some(card(
        Answer::Either,
        "Two workers are enough here, of either kind.",
    ));
    comparison
}

/// What workers of a large parent cost.
pub(super) fn memory(random: &mut Random) -> Measured {
    let arms = super::arms(&[
        ("threads", "threads", Side::Threads),
        ("pool", "processes", Side::Processes),
        ("fork", "a process for each task", Side::Processes),
    ]);
    let axis = axis("size of the parent", Unit::Bytes, true);
    let mut comparison = comparison(
        "memory",
        "what do workers of a large parent cost?",
        arms,
        axis,
    );
    let sizes = [8_u64, 64, 512, 1024];
    comparison.cells = sizes
        .map(|mib| {
            let size = f64::from(u32::try_from(mib).unwrap_or(0));
            let truths = [("threads", 0.0, 1), ("pool", 0.0, 1), ("fork", 0.00005, 5)].map(
                |(arm, each, copies)| Truth {
                    arm,
                    wall: 0.1 + size * each * 20.0,
                    setup: 0.001,
                    user: 1.2,
                    sys: 0.4,
                    memory: (mib + 3 * copies, mib * copies + 4),
                    spread: 0.03,
                },
            );
            cell(
                &measuring(Some(size * 1024.0 * 1024.0), "threads"),
                &truths,
                random,
            )
        })
        .to_vec();
    comparison.card = Some(card(
        Answer::Threads,
        "Threads, or processes that start before the data is there.",
    ));
    comparison
}

fn measuring(point: Option<f64>, baseline: &'static str) -> Measuring {
    Measuring {
        point,
        rounds: 16,
        baseline,
        cpus: 2.0,
    }
}

fn axis(name: &str, unit: Unit, logarithmic: bool) -> Axis {
    Axis {
        name: name.to_owned(),
        unit,
        logarithmic,
    }
}

fn comparison(name: &str, question: &str, arms: Vec<ArmInfo>, axis: Axis) -> Measured {
    Measured {
        name: name.to_owned(),
        question: question.to_owned(),
        class: Class::Cpu,
        workload: "spin × 200 tasks, 2 workers".to_owned(),
        axis: Some(axis),
        arms,
        baseline: "threads".to_owned(),
        cells: Vec::new(),
        crossovers: Vec::new(),
        scaling: Vec::new(),
        isolation: None,
        claims: Vec::new(),
        card: None,
        notes: Vec::new(),
    }
}

fn card(answer: Answer, headline: &str) -> Card {
    Card {
        effect: matches!(answer, Answer::Threads).then_some(Interval {
            low: 1.4,
            mid: 1.6,
            high: 1.9,
        }),
        reasons: vec![
            "Every interval lies on one side of the band at the ends of the axis.".to_owned(),
        ],
        flips: vec!["a parent that starts its workers before it reads its data".to_owned()],
        ..Card::new(answer, headline)
    }
}
