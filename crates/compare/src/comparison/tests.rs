//! The comparison's promises, shown with a runner that follows a script.

use std::path::PathBuf;
use std::time::Duration;

use super::*;
use crate::command::CommandLine;
use crate::environment::Environment;
use crate::load::Reading;
use crate::options::Options;
use crate::render::terminal;
use crate::report::Word;
use crate::run::{FakeRun, Finished, RunError};

mod rounds;
mod steps;
mod sweeps;

type Script<'a> = &'a mut dyn FnMut(usize, &CommandLine) -> Result<Finished, RunError>;

/// What came of a comparison: its report in memory, the one on disk, the runs, and how it ended.
struct Outcome {
    report: Report,
    saved: Report,
    calls: Vec<CommandLine>,
    result: Result<(), CompareError>,
}

fn compared(names: &[&str], rounds: u32, script: Script<'_>) -> Outcome {
    compared_while(Vec::new(), names, rounds, script)
}

/// The same while the machine is read to be so busy.
fn compared_while(
    readings: Vec<Reading>,
    names: &[&str],
    rounds: u32,
    script: Script<'_>,
) -> Outcome {
    let options = Options {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        rounds: Some(rounds),
        ..Options::default()
    };
    compared_by(&options, readings, script)
}

/// What came of what was asked for.
fn compared_by(options: &Options, readings: Vec<Reading>, script: Script<'_>) -> Outcome {
    let plan = Plan::new(options, 2).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let environment = Environment::probe();
    let mut report = Report::new(&plan.name, plan.settings.clone(), environment);
    let store = Store::open(folder.path(), &report).unwrap();
    let mut run = FakeRun {
        script,
        calls: Vec::new(),
        readings: readings.into(),
    };
    let mut comparison = Comparison {
        plan: &plan,
        runners: &Runners {
            folder: PathBuf::from("bin"),
            ..Runners::default()
        },
        run: &mut run,
        store: &store,
        say: &mut |_| Ok(()),
    };
    let result = compare(&mut comparison, &mut report);
    let saved = serde_json::from_slice(&std::fs::read(store.file()).unwrap()).unwrap();
    Outcome {
        report,
        saved,
        calls: run.calls,
        result,
    }
}

fn sample(command: &CommandLine, stdout: &str) -> Finished {
    let wall = Duration::from_millis(
        match command.program.file_name().and_then(|name| name.to_str()) {
            Some("process-runner") => 110,
            _ if command.arguments.contains(&"--inline".to_owned()) => 200,
            _ => 100,
        },
    );
    Finished {
        wall,
        stdout: stdout.to_owned(),
        ..Finished::default()
    }
}

const SQUARES: &str = "[1, 4, 9, 16, 25]\n";

#[test]
fn every_arm_runs_once_a_round_and_the_warm_up_is_not_kept() {
    let outcome = compared(&["tutorial-map"], 6, &mut |_, command| {
        Ok(sample(command, SQUARES))
    });
    outcome.result.unwrap();
    // The warm-up, the round for memory and the runs for lanes, of all but the control, have no times.
    assert_eq!(outcome.calls.len(), 4 * 8 + 3);
    let measured = &outcome.report.comparisons[0].cells[0];
    assert_eq!(measured.rounds.len(), 6);
    for round in &measured.rounds {
        let mut arms: Vec<&str> = round.samples.iter().map(|run| run.arm.as_str()).collect();
        arms.sort_unstable();
        assert_eq!(arms, ["control", "pool", "seq", "threads"]);
    }
    assert_eq!(outcome.saved.state, State::Complete);
    assert_eq!(
        &outcome.saved.comparisons[0].cells[0].rounds,
        &measured.rounds
    );
    assert!(outcome.saved.comparisons[0].card.is_some());
}

#[test]
fn the_page_has_a_row_an_arm_and_a_sentence() {
    let outcome = compared(&["tutorial-map"], 16, &mut |_, command| {
        Ok(sample(command, SQUARES))
    });
    let page = terminal(&outcome.report);
    for piece in [
        "100 ms – 100 ms  baseline",
        "1.10× slower [1.10, 1.10]",
        "→ USE THREADS",
        "Processes take 1.10 x as long as threads here;",
        "threads are 2.0 x and processes 1.8 x",
    ] {
        assert!(page.contains(piece), "{piece}\nis not in\n{page}");
    }
}

#[test]
fn a_different_answer_ends_it_without_times() {
    let wrong = |calls: usize, command: &CommandLine| {
        Ok(sample(
            command,
            if calls == 14 {
                "[1, 4, 9, 16, 26]"
            } else {
                SQUARES
            },
        ))
    };
    let outcome = compared(&["tutorial-map"], 6, &mut { wrong });
    let error = outcome.result.unwrap_err();
    assert_eq!(error.exit().code(), 6);
    let text = error.to_string();
    assert!(
        text.starts_with("refusing to compare `tutorial-map`: in round 3 `"),
        "{text}"
    );
    for piece in [
        "in round 3",
        "expected: [1, 4, 9, 16, 25]",
        "got:      [1, 4, 9, 16, 26]",
        "map square 1 2 3 4 5",
    ] {
        assert!(text.contains(piece), "{piece} is not in {text}");
    }
    assert!(!text.contains(" ms"), "{text}");
    assert_eq!(outcome.saved.state, State::DifferentAnswers);
    assert!(outcome.saved.comparisons.is_empty());
}

#[test]
fn without_a_known_answer_the_first_run_is_the_reference() {
    let mut script = |calls: usize, command: &CommandLine| {
        Ok(sample(command, if calls == 1 { "[8]" } else { "[7]" }))
    };
    let text = compared(&["cpu"], 6, &mut script)
        .result
        .unwrap_err()
        .to_string();
    assert!(
        text.contains(", which ran first\n  = expected: [7]\n  = got:      [8]"),
        "{text}"
    );
}

#[test]
fn a_run_that_fails_leaves_the_rounds_before_it() {
    let mut script = |calls: usize, command: &CommandLine| match calls {
        // One warm-up round and two measured rounds of four arms are behind this run.
        13 => Err(RunError::Failed {
            status: "exit status: 70".to_owned(),
            stderr: "no workers".to_owned(),
        }),
        _ => Ok(sample(command, SQUARES)),
    };
    let outcome = compared(&["tutorial-map"], 6, &mut script);
    let error = outcome.result.unwrap_err();
    assert_eq!(error.exit().code(), 70);
    assert!(
        error
            .to_string()
            .contains("ended with exit status: 70\n  | no workers"),
        "{error}"
    );
    assert_eq!(outcome.saved.state, State::Failed);
    assert_eq!(outcome.saved.comparisons[0].cells[0].rounds.len(), 2);
    assert_eq!(outcome.saved.comparisons[0].card, None);
}

#[test]
fn a_stop_leaves_an_unfinished_report() {
    let mut script = |calls: usize, command: &CommandLine| match calls {
        13 => Err(RunError::Stopped { signal: 2 }),
        _ => Ok(sample(command, SQUARES)),
    };
    let outcome = compared(&["tutorial-map"], 6, &mut script);
    assert_eq!(outcome.result.unwrap_err().exit().code(), 130);
    assert_eq!(outcome.saved.state, State::Unfinished);
    let cell = &outcome.saved.comparisons[0].cells[0];
    assert_eq!((cell.rounds.len(), &cell.ended), (2, &None));
    // What was measured until then is summed up all the same.
    let pool = cell.arm("pool").unwrap();
    assert_eq!((pool.wall.n, pool.word), (2, Some(Word::NotEnoughData)));
}

#[test]
fn each_round_is_on_disk_before_the_next_begins() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan::new(
        &Options {
            names: vec!["io".to_owned()],
            rounds: Some(3),
            ..Options::default()
        },
        2,
    )
    .unwrap();
    let mut report = Report::new(&plan.name, plan.settings.clone(), Environment::probe());
    let store = Store::open(folder.path(), &report).unwrap();
    let mut seen = Vec::new();
    let script = |_: usize, command: &CommandLine| {
        let saved: Report = serde_json::from_slice(&std::fs::read(store.file()).unwrap()).unwrap();
        seen.push(
            saved
                .comparisons
                .first()
                .map_or(0, |measured| measured.cells[0].rounds.len()),
        );
        Ok(sample(command, "[]"))
    };
    let mut comparison = Comparison {
        plan: &plan,
        runners: &Runners {
            folder: PathBuf::from("bin"),
            ..Runners::default()
        },
        run: &mut FakeRun::of(script),
        store: &store,
        say: &mut |_| Ok(()),
    };
    compare(&mut comparison, &mut report).unwrap();
    assert_eq!(seen, [&[0; 8][..], &[1; 4], &[2; 4], &[3; 7]].concat());
}
