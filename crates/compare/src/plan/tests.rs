//! Plans, by what is asked for and what files say.

use super::*;
use crate::measure::Measure;

fn plan(names: &[&str], baseline: &str) -> Result<Plan, PlanError> {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    Plan::new(
        &Options {
            names,
            baseline: Some(baseline.to_owned()),
            ..Options::default()
        },
        2,
    )
}

#[test]
fn no_name_means_all_that_have_the_baseline() {
    let names = |baseline| {
        plan(&[], baseline)
            .unwrap()
            .workloads
            .into_iter()
            .map(|w| w.name)
            .collect::<Vec<_>>()
    };
    let all = ["tutorial", "cpu", "io", "gil"];
    assert_eq!(names("threads"), all);
    assert_eq!(names("seq"), all);
}

#[test]
fn a_plan_is_named_after_what_was_asked_for() {
    let name = |names: &[&str], preset| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let options = Options {
            names,
            preset: Some(preset),
            ..Options::default()
        };
        Plan::new(&options, 2).unwrap().name
    };
    assert_eq!(name(&[], Preset::Default), "default");
    assert_eq!(name(&[], Preset::Quick), "quick");
    assert_eq!(name(&["io", "cpu"], Preset::Quick), "io+cpu");
}

#[test]
fn the_command_line_goes_before_a_file_and_a_file_before_the_preset() {
    let file = Measure {
        preset: Some(Preset::Thorough),
        rounds: (Some(20), None),
        until_half_width: Some(0.01),
        max_time: Some(Duration::from_secs(9)),
        warmup_rounds: Some(2),
        memory_rounds: Some(3),
        seed: None,
    };
    let of_file = Options {
        measure: file,
        ..Options::default()
    };
    let found = settings(&of_file);
    assert_eq!((found.min_rounds, found.max_rounds), (20, 120));
    assert_eq!((found.warmup_rounds, found.memory_rounds), (2, 3));
    assert_eq!(
        (found.until_half_width, found.max_time_ns),
        (0.01, 9_000_000_000)
    );
    // Also where what is asked for is what would be without asking.
    let asked = settings(&Options {
        preset: Some(Preset::Quick),
        rounds: Some(7),
        max_time: Some(Duration::from_secs(1)),
        memory: false,
        ..of_file
    });
    assert_eq!(asked.preset, "quick");
    assert_eq!((asked.min_rounds, asked.max_rounds), (7, 7));
    assert_eq!((asked.max_time_ns, asked.memory_rounds), (1_000_000_000, 0));
    assert_eq!(settings(&Options::default()), Preset::Quick.settings());
}

#[test]
fn one_end_of_the_rounds_moves_the_other_one() {
    let of = |rounds| {
        let options = Options {
            measure: Measure {
                rounds,
                ..Measure::default()
            },
            ..Options::default()
        };
        let found = settings(&options);
        (found.min_rounds, found.max_rounds)
    };
    assert_eq!(of((Some(30), None)), (30, 30));
    assert_eq!(of((None, Some(8))), (8, 8));
    assert_eq!(of((None, Some(50))), (16, 50));
}
