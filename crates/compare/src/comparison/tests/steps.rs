//! What is told while a comparison runs, and what becomes of it when nobody can be told.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use serde_json::Value;

use super::rounds::busy_in;
use super::{SQUARES, sample};
use crate::command::{CommandLine, Runners};
use crate::comparison::{Comparison, compare};
use crate::environment::Environment;
use crate::failure::CompareError;
use crate::load::Reading;
use crate::options::Options;
use crate::plan::Plan;
use crate::report::{Report, State};
use crate::run::FakeRun;
use crate::step::Step;
use crate::store::Store;

/// A comparison that is told so, while the machine is read to be so busy; its report is the one on disk.
fn told_by(
    say: &mut dyn FnMut(&Step<'_>) -> io::Result<()>,
    readings: VecDeque<Reading>,
) -> (Report, Result<(), CompareError>) {
    let options = Options {
        names: vec!["tutorial-map".to_owned()],
        rounds: Some(4),
        ..Options::default()
    };
    let plan = Plan::new(&options, 2).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut report = Report::new(&plan.name, plan.settings.clone(), Environment::probe());
    let store = Store::open(folder.path(), &report).unwrap();
    let mut comparison = Comparison {
        plan: &plan,
        runners: &Runners::default(),
        run: &mut FakeRun {
            script: |_: usize, command: &CommandLine| Ok(sample(command, SQUARES)),
            calls: Vec::new(),
            readings,
        },
        store: &store,
        say,
    };
    let ended = compare(&mut comparison, &mut report);
    let saved = serde_json::from_slice(&std::fs::read(store.file()).unwrap()).unwrap();
    (saved, ended)
}

fn lines(readings: VecDeque<Reading>) -> (Report, Vec<Value>) {
    let mut lines = Vec::new();
    let mut say = |step: &Step<'_>| {
        lines.push(serde_json::from_str(&step.line(Duration::ZERO)?)?);
        Ok(())
    };
    let (report, ended) = told_by(&mut say, readings);
    ended.unwrap();
    (report, lines)
}

fn names(lines: &[Value]) -> Vec<&str> {
    lines
        .iter()
        .map(|line| line["event"].as_str().unwrap())
        .collect()
}

#[test]
fn each_round_is_told_when_it_begins_and_with_its_samples_when_it_is_saved() {
    let (report, lines) = lines(VecDeque::new());
    let rounds = ["round-started", "round-finished"].repeat(4);
    let expected = [
        &["measuring-started", "round-started"],
        &rounds[..],
        &["memory-started", "lanes-started", "verdict"],
    ]
    .concat();
    assert_eq!(names(&lines), expected);
    let measured = lines
        .iter()
        .filter(|line| line["event"] == "round-finished");
    let told: Vec<&Value> = measured.map(|line| &line["round"]).collect();
    let kept = serde_json::to_value(&report.comparisons[0].cells[0].rounds).unwrap();
    assert_eq!(told, kept.as_array().unwrap().iter().collect::<Vec<_>>());
    let verdict = &lines.last().unwrap()["comparison"];
    assert_eq!(verdict["name"], "tutorial-map");
    assert_eq!(verdict["card"]["answer"], "not-enough-data");
}

#[test]
fn a_round_that_is_measured_once_more_says_in_whose_place() {
    let (_, lines) = lines(busy_in(|round| round == 3, 5).into());
    let repeats: Vec<Value> = lines
        .iter()
        .filter(|line| line["event"] == "round-started")
        .map(|line| line["repeats"].clone())
        .collect();
    assert_eq!(repeats[..5], [const { Value::Null }; 5]);
    assert_eq!(repeats[5..], [3]);
}

#[test]
fn a_reader_that_goes_away_ends_it_after_what_was_measured() {
    let mut finished = 0;
    let mut say = |step: &Step<'_>| {
        finished += usize::from(matches!(step, Step::Measured { .. }));
        match finished {
            2 => Err(io::ErrorKind::BrokenPipe.into()),
            _ => Ok(()),
        }
    };
    let (report, ended) = told_by(&mut say, VecDeque::new());
    let error = ended.unwrap_err();
    assert_eq!(error.exit().code(), 141, "{error}");
    assert_eq!(report.state, State::Unfinished);
    assert_eq!(report.comparisons[0].cells[0].rounds.len(), 2);
}

#[test]
fn lines_that_nothing_takes_are_an_output_that_cannot_be_written() {
    let mut say = |_: &Step<'_>| Err(io::ErrorKind::StorageFull.into());
    let (report, ended) = told_by(&mut say, VecDeque::new());
    let error = ended.unwrap_err();
    assert_eq!(error.exit().code(), 74, "{error}");
    assert!(
        error
            .to_string()
            .starts_with("the progress cannot be printed: ")
    );
    assert!(report.comparisons.is_empty());
}
