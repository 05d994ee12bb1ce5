//! Sweeps, shown with a runner that follows a script.

use std::time::Duration;

use super::compared;
use crate::command::CommandLine;
use crate::run::{Finished, RunError};

/// A run of 64 spins on two workers; a process costs 100 µs a task more than a thread.
fn spun(command: &CommandLine) -> Finished {
    let us = command.arguments[2].parse::<u64>().unwrap();
    let is_process = command.program.ends_with("process-runner");
    let each = us + if is_process { 110 } else { 10 };
    Finished {
        wall: Duration::from_micros(32 * each),
        stdout: format!("[{us}]"),
        ..Finished::default()
    }
}

#[test]
fn a_sweep_has_a_cell_a_place_and_looks_for_the_crossover_between_them() {
    let outcome = compared(&["overhead"], 16, &mut |_, command| Ok(spun(command)));
    outcome.result.unwrap();
    let measured = &outcome.saved.comparisons[0];
    let points: Vec<f64> = measured
        .cells
        .iter()
        .map(|cell| cell.point.unwrap())
        .collect();
    assert!(points.is_sorted(), "{points:?}");
    assert!(points.len() > 5 && points.len() < 10, "{points:?}");
    assert!(measured.cells.iter().all(|cell| cell.rounds.len() == 16));
    // 100 µs / 5 % − 10 µs.
    let (from, to) = measured.crossovers[0].bracket.unwrap();
    assert!(
        from < 1_990e3 && to > 1_990e3 && to / from <= 2.0,
        "{from} {to}"
    );
    assert!(
        measured
            .card
            .as_ref()
            .unwrap()
            .headline
            .starts_with("With tasks of")
    );
    // Sixteen rounds, the warm-up and one for memory, of four arms and the control.
    assert_eq!(outcome.calls.len(), points.len() * 18 * 5);
}

#[test]
fn a_sweep_that_is_stopped_keeps_the_cells_until_then() {
    let outcome = compared(&["overhead"], 16, &mut |before, command| match before {
        // Two places are behind this run, and some rounds of the third one.
        193 => Err(RunError::Stopped { signal: 2 }),
        _ => Ok(spun(command)),
    });
    outcome.result.unwrap_err();
    let cells = &outcome.saved.comparisons[0].cells;
    let rounds: Vec<usize> = cells.iter().map(|cell| cell.rounds.len()).collect();
    assert_eq!(rounds, [16, 16, 1]);
}

#[test]
fn each_size_of_the_parent_is_asked_of_every_run_and_what_was_there_is_kept() {
    let outcome = compared(&["parent"], 2, &mut |_, command| {
        let ballast = command.ballast.unwrap();
        Ok(Finished {
            wall: Duration::from_millis(9),
            stdout: "[1]".to_owned(),
            resident: Some(ballast.bytes() + 1),
            ..Finished::default()
        })
    });
    outcome.result.unwrap();
    let measured = &outcome.saved.comparisons[0];
    assert_eq!(measured.cells.len(), 4);
    for cell in &measured.cells {
        let samples = cell.rounds.iter().flat_map(|round| &round.samples);
        let resident = samples.map(|sample| crate::render::float(sample.resident.unwrap() - 1));
        let resident: Vec<f64> = resident.collect();
        // Two rounds of five arms and the control.
        assert_eq!(resident, [cell.point.unwrap(); 12]);
    }
    let command = &measured.arm("fork@parent").unwrap().command;
    assert!(command.starts_with("ANYPOOL_BALLAST=early:0 "), "{command}");
}
