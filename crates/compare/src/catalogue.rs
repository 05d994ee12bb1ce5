//! The workloads that ship: those that are compared when no name is given, and those beside them.

use std::time::Duration;

use crate::arm::Arm;
use crate::beside::beside;
use crate::class::Class;
use crate::need::Need;
use crate::swept::swept;
use crate::terms::Terms;
use crate::workload::{Shape, Workload};

/// The workloads that are compared when no name is given, for a machine on which `cpus` processors may be used.
pub(crate) fn usual(cpus: usize) -> Vec<Workload> {
    vec![tutorial(), cpu(cpus), io(), gil(cpus)]
}

/// All workloads.
pub(crate) fn workloads(cpus: usize) -> Vec<Workload> {
    let mut all = usual(cpus);
    all.extend([tutorial_map(), mixed(cpus)]);
    all.extend(swept(cpus));
    all.extend(beside(cpus));
    all.push(faults());
    all
}

fn tutorial() -> Workload {
    let count = 5;
    let phase = |word: &str| {
        (0..count)
            .map(|n| format!("Worker {n} {word}"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    Workload {
        name: "tutorial".to_owned(),
        question: "five workers that each wait 50 ms: what does starting and joining them add?"
            .to_owned(),
        class: Class::Io,
        shape: Shape::Spawn {
            task: "worker".to_owned(),
            count,
        },
        sweep: None,
        settings: vec!["secs=0.05".to_owned()],
        pool: Vec::new(),
        ballast: None,
        arms: with(&[Arm::PyThreads, Arm::PyProcs]),
        expected: Some(format!(
            "{}\n{}\n모든 작업 완료\n",
            phase("시작"),
            phase("완료")
        )),
        round: Duration::from_millis(700),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}

fn tutorial_map() -> Workload {
    Workload {
        name: "tutorial-map".to_owned(),
        question: "five squares of 50 ms each on four workers: what does a pool add?".to_owned(),
        class: Class::Io,
        shape: Shape::Map {
            task: "square".to_owned(),
            inputs: texts(1..=5),
            workers: 4,
        },
        sweep: None,
        settings: vec!["secs=0.05".to_owned()],
        pool: Vec::new(),
        ballast: None,
        arms: Arm::ALL.to_vec(),
        expected: Some("[1, 4, 9, 16, 25]".to_owned()),
        round: Duration::from_millis(570),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}

fn cpu(cpus: usize) -> Workload {
    // Different limits give different counts, so a result in the wrong place is seen.
    let limits = (0..16).map(|step| 300_000 + step * 3_000);
    Workload {
        name: "cpu".to_owned(),
        question: "counting primes on every processor: do threads scale as far as processes?"
            .to_owned(),
        class: Class::Cpu,
        shape: Shape::Map {
            task: "primes".to_owned(),
            inputs: texts(limits),
            workers: cpus,
        },
        sweep: None,
        settings: Vec::new(),
        pool: Vec::new(),
        ballast: None,
        arms: Arm::ALL.to_vec(),
        expected: None,
        round: Duration::from_millis(750),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}

fn io() -> Workload {
    Workload {
        name: "io".to_owned(),
        question: "sixteen waits of 25 ms on eight workers: do more workers than processors help?"
            .to_owned(),
        class: Class::Io,
        shape: Shape::Map {
            task: "sleep".to_owned(),
            inputs: texts([25; 16]),
            workers: 8,
        },
        sweep: None,
        settings: Vec::new(),
        pool: Vec::new(),
        ballast: None,
        arms: Arm::ALL.to_vec(),
        expected: None,
        round: Duration::from_millis(600),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}

fn gil(cpus: usize) -> Workload {
    // So much processor time in any language, and different numbers so that a result in the wrong place is seen.
    let lengths = (0..16).map(|step| 5_000 + step * 10);
    Workload {
        name: "gil".to_owned(),
        question: "computing behind a global interpreter lock: threads or processes?".to_owned(),
        class: Class::Cpu,
        shape: Shape::Map {
            task: "spin".to_owned(),
            inputs: texts(lengths),
            workers: cpus,
        },
        sweep: None,
        settings: Vec::new(),
        pool: Vec::new(),
        ballast: None,
        arms: with(&[
            Arm::ThreadsGil,
            Arm::PoolGil,
            Arm::PyThreads,
            Arm::PyThreadsFree,
            Arm::PyProcs,
            Arm::PyInterp,
        ]),
        expected: None,
        round: Duration::from_millis(800),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}

/// The arms that every workload has, and more.
fn with(more: &[Arm]) -> Vec<Arm> {
    Arm::ALL.iter().chain(more).copied().collect()
}

fn mixed(cpus: usize) -> Workload {
    Workload {
        name: "mixed".to_owned(),
        question: "tasks that compute and wait in turn: does it matter on which kind of worker?"
            .to_owned(),
        class: Class::Mixed,
        shape: Shape::Map {
            task: "pipeline".to_owned(),
            inputs: texts([2_000; 16]),
            workers: 2 * cpus,
        },
        sweep: None,
        settings: vec!["io_ms=2".to_owned(), "rounds=5".to_owned()],
        pool: Vec::new(),
        ballast: None,
        arms: Arm::ALL.to_vec(),
        expected: None,
        round: Duration::from_millis(700),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}

fn faults() -> Workload {
    Workload {
        name: "faults".to_owned(),
        question: "a task that goes wrong: does it cost more than itself?".to_owned(),
        class: Class::Fault,
        shape: Shape::Faults,
        sweep: None,
        settings: Vec::new(),
        pool: Vec::new(),
        ballast: None,
        arms: vec![Arm::Threads, Arm::Pool],
        expected: None,
        round: Duration::from_secs(15),
        notes: Vec::new(),
        terms: Terms {
            needs: vec![Need::Crash, Need::Kill],
            ..Terms::default()
        },
    }
}

fn texts(numbers: impl IntoIterator<Item = u64>) -> Vec<String> {
    numbers
        .into_iter()
        .map(|number| number.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::plan::Plan;
    use crate::preset::Preset;

    #[test]
    fn every_workload_has_the_plain_arms() {
        for workload in usual(2) {
            assert!(workload.arms.starts_with(&Arm::ALL), "{}", workload.name);
        }
    }

    #[test]
    fn the_quick_preset_keeps_its_promised_time() {
        let plan = Plan::new(
            &Options {
                preset: Some(Preset::Quick),
                ..Options::default()
            },
            2,
        );
        assert!(plan.unwrap().estimate() < Duration::from_secs(60));
    }
}
