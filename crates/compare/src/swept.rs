//! The workloads that ship with a knob, and are measured at several of its places.

use std::time::Duration;

use crate::arm::Arm;
use crate::class::Class;
use crate::sweep::{Knob, Sweep};
use crate::terms::Terms;
use crate::workload::{Shape, Workload};

/// The workloads along an axis, for a machine on which `cpus` processors may be used.
pub(crate) fn swept(cpus: usize) -> Vec<Workload> {
    vec![
        overhead(cpus),
        batching(cpus),
        scaling(cpus),
        payload(cpus),
        memory(cpus),
        parent(cpus),
    ]
}

/// Tasks of a length that is all that changes.
fn overhead(cpus: usize) -> Workload {
    Workload {
        name: "overhead".to_owned(),
        question: "how long must a task be before it costs nothing to run it in a process?"
            .to_owned(),
        class: Class::Overhead,
        shape: map("spin", vec!["1".to_owned(); 64], cpus),
        sweep: Some(at(Knob::Length, &[1.0, 10.0, 100.0, 1_000.0, 10_000.0])),
        settings: Vec::new(),
        pool: Vec::new(),
        ballast: None,
        arms: vec![Arm::Threads, Arm::Pool, Arm::Fork, Arm::Exec],
        expected: None,
        round: Duration::from_millis(450),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}

/// Tasks that do nothing, of which more and more travel together.
fn batching(cpus: usize) -> Workload {
    Workload {
        name: "batching".to_owned(),
        question: "tasks that take no time: how many must go to a worker together?".to_owned(),
        class: Class::Overhead,
        shape: map("noop", vec!["1".to_owned(); 2_000], cpus),
        sweep: Some(at(Knob::Chunk, &[1.0, 10.0, 100.0, 1_000.0])),
        settings: Vec::new(),
        pool: Vec::new(),
        ballast: None,
        arms: vec![Arm::Threads, Arm::Pool],
        expected: None,
        round: Duration::from_millis(120),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}

/// The same work on more and more workers, up to four for each processor.
fn scaling(cpus: usize) -> Workload {
    let numbers = (0_i32..).map(|step| 2_f64.powi(step));
    let most = f64::from(u32::try_from(4 * cpus).unwrap_or(u32::MAX));
    let places: Vec<f64> = numbers.take_while(|workers| *workers <= most).collect();
    let limits = (0..16).map(|step| (300_000 + step * 1_500).to_string());
    Workload {
        name: "scaling".to_owned(),
        question: "counting primes on more and more workers: how far do they help?".to_owned(),
        class: Class::Cpu,
        shape: map("primes", limits.collect(), cpus),
        sweep: Some(at(Knob::Workers, &places)),
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

/// Results of a size that is all that changes.
fn payload(cpus: usize) -> Workload {
    Workload {
        name: "payload".to_owned(),
        question:
            "how large may a result be before it costs something to carry it out of a process?"
                .to_owned(),
        class: Class::Overhead,
        shape: map("result", vec!["1".to_owned(); 64], cpus),
        sweep: Some(at(
            Knob::Payload,
            &[1_024.0, 16_384.0, 262_144.0, 4_194_304.0],
        )),
        settings: Vec::new(),
        pool: Vec::new(),
        ballast: None,
        arms: vec![Arm::Threads, Arm::Pool],
        expected: None,
        round: Duration::from_millis(200),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}

/// Data that threads have once, and processes once each.
fn memory(cpus: usize) -> Workload {
    Workload {
        name: "memory".to_owned(),
        question: "data that all tasks read: what does it cost that each process has its own?"
            .to_owned(),
        class: Class::Mem,
        shape: map("cow", vec!["0".to_owned(); 16], cpus),
        sweep: Some(at(Knob::Data, &[1.0, 16.0, 64.0, 256.0])),
        settings: vec!["mib=1".to_owned()],
        pool: Vec::new(),
        ballast: None,
        arms: vec![Arm::Threads, Arm::Pool],
        expected: None,
        round: Duration::from_millis(600),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}

/// A program that has more and more in memory when it starts its workers.
fn parent(cpus: usize) -> Workload {
    Workload {
        name: "parent".to_owned(),
        question: "a program with much in memory: what does it cost to fork from it?".to_owned(),
        class: Class::Mem,
        shape: map("spin", vec!["5000".to_owned(); 8], cpus),
        sweep: Some(at(Knob::Parent, &[0.0, 64.0, 256.0, 1_024.0])),
        settings: Vec::new(),
        pool: Vec::new(),
        ballast: None,
        arms: vec![
            Arm::Threads,
            Arm::Pool,
            Arm::Fork,
            Arm::PoolParent,
            Arm::ForkParent,
        ],
        expected: None,
        round: Duration::from_millis(2_000),
        notes: Vec::new(),
        terms: Terms::default(),
    }
}

fn map(task: &str, inputs: Vec<String>, workers: usize) -> Shape {
    Shape::Map {
        task: task.to_owned(),
        inputs,
        workers,
    }
}

fn at(knob: Knob, places: &[f64]) -> Sweep {
    Sweep {
        knob,
        places: places.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_can_be_turned_to_all_its_places() {
        for cpus in [1, 2, 64] {
            for workload in swept(cpus) {
                let sweep = workload.sweep.clone().unwrap();
                assert!(sweep.places.is_sorted() && sweep.places.len() >= 3);
                for place in sweep.places {
                    let turned = workload.turned(sweep.knob, place);
                    assert!(turned.is_some(), "{} at {place}", workload.name);
                }
            }
        }
    }

    #[test]
    fn workers_are_doubled_up_to_four_for_each_processor() {
        assert_eq!(scaling(2).sweep.unwrap().places, [1.0, 2.0, 4.0, 8.0]);
        assert_eq!(scaling(1).sweep.unwrap().places, [1.0, 2.0, 4.0]);
    }
}
