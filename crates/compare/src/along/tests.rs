//! Cells along an axis whose truth is known.

use super::*;
use crate::report::{Cell, Side};
use crate::round_of::round;
use crate::sample;

const SETTINGS: fn() -> Settings = Settings::default;

fn along(knob: Knob, settings: &Settings) -> Along<'_> {
    Along {
        knob,
        tasks: 64,
        at_once: 2,
        cpus: 2,
        settings,
    }
}

/// A comparison of threads and processes behind a lock and without, with cells at these lengths in microseconds.
fn lengths(lengths: &[u64]) -> Measured {
    let mut report = sample::report();
    let mut measured = report.comparisons.swap_remove(2);
    assert_eq!(measured.name, "overhead");
    let named = |name: &str, side| {
        let mut arm = measured.arms[0].clone();
        (arm.name, arm.side) = (name.to_owned(), side);
        arm
    };
    measured.arms = vec![
        named("threads", Side::Threads),
        named("pool", Side::Processes),
        named("threads+gil", Side::Threads),
        named("pool+gil", Side::Processes),
    ];
    measured.cells = lengths.iter().map(|us| cell(*us)).collect();
    measured
}

/// 64 tasks on two workers; a process costs 200 µs a task more than a thread, and 2 µs more behind a lock.
fn cell(us: u64) -> Cell {
    // Rounds have times in milliseconds; a thousand times as many of these is as good.
    let wall = |cost: u64, at_once: u64| 64 * (cost + us) / at_once;
    let times = [
        ("threads", wall(10, 2)),
        ("pool", wall(210, 2)),
        ("threads+gil", wall(10, 1)),
        ("pool+gil", wall(210, 2)),
    ];
    let mut rounds = vec![round(&times); 16];
    for sample in rounds.iter_mut().flat_map(|round| &mut round.samples) {
        sample.wall_ns /= 1_000;
    }
    Cell {
        point: Some(Knob::Length.point(crate::render::float(us))),
        rounds,
        ..Cell::default()
    }
}

#[test]
fn both_crossovers_are_searched_and_found_apart() {
    let settings = SETTINGS();
    let along = along(Knob::Length, &settings);
    let mut measured = lengths(&[1, 10, 100, 1_000, 10_000]);
    let mut places = Vec::new();
    while let Some(place) = along.next_place(&measured) {
        assert!(places.len() < 10, "{places:?}");
        places.push(place);
        let us = std::time::Duration::from_secs_f64(place).as_secs();
        measured.cells.push(cell(us));
    }
    measured
        .cells
        .sort_by(|a, b| a.point.unwrap().total_cmp(&b.point.unwrap()));
    along.conclude(&mut measured);
    let [costs, wins] = &measured.crossovers[..] else {
        panic!("{:?}", measured.crossovers);
    };
    // (210 − 10) µs / 5 % − 10 µs, and (210 / 2 − 10) µs · 2.
    for (crossover, arm, truth) in [(costs, "pool", 3_990e3), (wins, "pool+gil", 190e3)] {
        let (from, to) = crossover.bracket.unwrap();
        assert_eq!(crossover.arm, arm);
        assert!(
            from < truth && truth < to && to / from <= 2.0,
            "{crossover:?}"
        );
        let model = crossover.model.unwrap();
        assert!((model / truth - 1.0).abs() < 0.01, "{model}");
        assert!(!crossover.text.contains("off"), "{}", crossover.text);
    }
    let card = measured.card.unwrap();
    for found in [
        "ms and more, pool takes less than 5 % longer than threads.",
        "µs and more, pool+gil is faster than threads+gil.",
    ] {
        assert!(card.headline.contains(found), "{}", card.headline);
    }
}

#[test]
fn few_rounds_tell_nothing_along_an_axis() {
    let settings = SETTINGS();
    let along = along(Knob::Length, &settings);
    let mut measured = lengths(&[1, 10_000]);
    assert!(along.next_place(&measured).is_some());
    measured.cells[0].rounds.truncate(15);
    assert_eq!(along.next_place(&measured), None);
    along.conclude(&mut measured);
    assert_eq!(measured.crossovers, []);
    let card = measured.card.unwrap();
    assert_eq!(
        card.headline,
        "Too few for a verdict: 15 rounds, of at least 16."
    );
    assert!(!card.flips.is_empty());
}

#[test]
fn only_lengths_and_parents_are_searched() {
    let settings = SETTINGS();
    for knob in [Knob::Workers, Knob::Chunk, Knob::Data] {
        let next = along(knob, &settings).next_place(&lengths(&[1, 10_000]));
        assert_eq!(next, None);
    }
}

/// Parents of so many MiB; a fork from one takes 5 ms, and 50 µs more for each MiB.
fn parents(sizes: &[u64]) -> Measured {
    let mut measured = lengths(&[]);
    measured.axis = Some(Knob::Parent.axis());
    for (arm, name) in measured
        .arms
        .iter_mut()
        .zip(["threads", "pool", "fork", "fork@parent"])
    {
        arm.name = name.to_owned();
    }
    measured.cells = sizes.iter().map(|mib| parent(*mib)).collect();
    measured
}

fn parent(mib: u64) -> Cell {
    let times = [
        ("threads", 4_000),
        ("pool", 4_500),
        ("fork", 5_000),
        ("fork@parent", 5_000 + 50 * mib),
    ];
    let mut rounds = vec![round(&times); 16];
    for sample in rounds.iter_mut().flat_map(|round| &mut round.samples) {
        sample.resident = Some((mib + 3) << 20);
    }
    Cell {
        point: Some(Knob::Parent.point(crate::render::float(mib))),
        rounds,
        ..Cell::default()
    }
}

#[test]
fn it_is_found_from_what_size_of_the_parent_on_a_fork_server_saves_something() {
    let settings = SETTINGS();
    let along = along(Knob::Parent, &settings);
    let mut measured = parents(&[0, 64, 1024]);
    while let Some(place) = along.next_place(&measured) {
        assert!(measured.cells.len() < 10, "it has no end");
        let mib = std::time::Duration::from_secs_f64(place).as_secs();
        measured.cells.push(parent(mib));
        measured
            .cells
            .sort_by(|a, b| a.point.unwrap().total_cmp(&b.point.unwrap()));
    }
    along.conclude(&mut measured);
    // There is no pool@parent, so nothing is asked of the pool. 5 ms / 95 % − 5 ms are 263 µs, or 5.3 MiB.
    let [saves] = &measured.crossovers[..] else {
        panic!("{:?}", measured.crossovers);
    };
    assert_eq!(
        (saves.arm.as_str(), saves.bracket),
        ("fork", Some((0.0, 16_777_216.0)))
    );
    assert_eq!(saves.model, None);
    let card = measured.card.unwrap();
    assert_eq!(
        card.headline,
        "With a parent of 16 MiB and more, fork takes at least 5 % less time than fork@parent."
    );
    let resident = card.reasons.last().unwrap();
    assert!(
        resident.contains(": 3.00 MiB at 0 B, ") && resident.ends_with(", 1.00 GiB at 1 GiB."),
        "{resident}"
    );
}

#[test]
fn workers_have_scaling_and_a_headline() {
    let mut report = sample::report();
    let mut measured = report.comparisons.swap_remove(3);
    let settings = SETTINGS();
    along(Knob::Workers, &settings).conclude(&mut measured);
    assert_eq!(measured.scaling.len(), 2);
    let card = measured.card.unwrap();
    assert_eq!(
        card.headline,
        "The most workers of which each is still used well: 2 of threads, 2 of pool."
    );
    assert!(
        card.reasons
            .iter()
            .any(|line| line.starts_with("pool beside threads, by workers: "))
    );
}
