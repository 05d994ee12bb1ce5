//! The workloads that ship to set arms of one kind beside each other: transports, languages, programs.

use std::time::Duration;

use crate::arm::Arm;
use crate::class::Class;
use crate::files::{TOOLS, names};
use crate::sweep::{Knob, Sweep};
use crate::terms::Terms;
use crate::workload::{Shape, Workload};

/// All of them, for a machine on which `cpus` processors may be used.
pub(crate) fn beside(cpus: usize) -> Vec<Workload> {
    vec![transports(cpus), python(cpus), tools(cpus)]
}

/// From calls with next to no result to results that are large.
fn transports(cpus: usize) -> Workload {
    Workload {
        name: "transports".to_owned(),
        question: "small calls and large results: which way between processes is the fastest?"
            .to_owned(),
        class: Class::Overhead,
        shape: Shape::Map {
            task: "result".to_owned(),
            inputs: vec!["1".to_owned(); 256],
            workers: cpus,
        },
        sweep: Some(Sweep {
            knob: Knob::Payload,
            places: vec![16.0, 4_096.0, 65_536.0, 1_048_576.0],
        }),
        settings: Vec::new(),
        pool: Vec::new(),
        ballast: None,
        arms: vec![Arm::Threads, Arm::PoolPipe, Arm::PoolIpc, Arm::PoolShm],
        expected: None,
        round: Duration::from_millis(500),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}

/// The same work in Rust and in CPython, on all executors of either.
fn python(cpus: usize) -> Workload {
    // Different limits give different counts, so a result in the wrong place is seen.
    let limits = (0..8).map(|step| (40_000 + step * 200).to_string());
    Workload {
        name: "python".to_owned(),
        question:
            "counting primes in Rust and in CPython: what do threads and processes make of it?"
                .to_owned(),
        class: Class::Cpu,
        shape: Shape::Map {
            task: "primes".to_owned(),
            inputs: limits.collect(),
            workers: cpus,
        },
        sweep: None,
        settings: Vec::new(),
        pool: Vec::new(),
        ballast: None,
        arms: vec![
            Arm::Seq,
            Arm::Threads,
            Arm::Pool,
            Arm::PyThreads,
            Arm::PyThreadsFree,
            Arm::PyProcs,
            Arm::PyProcsFork,
            Arm::PyProcsSpawn,
            Arm::PyProcsForkserver,
            Arm::PyInterp,
        ],
        expected: None,
        round: Duration::from_millis(3_000),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}

/// One program once for each of many files.
fn tools(cpus: usize) -> Workload {
    Workload {
        name: TOOLS.to_owned(),
        question: "a program once for each of 64 files: what runs them the fastest?".to_owned(),
        class: Class::Mixed,
        shape: Shape::Exec {
            command: vec!["cksum".to_owned()],
            inputs: names(),
            workers: cpus,
        },
        sweep: None,
        settings: Vec::new(),
        pool: Vec::new(),
        ballast: None,
        arms: vec![Arm::Seq, Arm::Threads, Arm::Pool, Arm::Xargs, Arm::Parallel],
        expected: None,
        round: Duration::from_millis(900),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}
