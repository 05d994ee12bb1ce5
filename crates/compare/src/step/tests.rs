//! Steps in words, and in lines that the schema knows.

use std::path::Path;

use serde_json::Value;
use snapbox::{Data, assert_data_eq};

use super::*;
use crate::options::Options;
use crate::plan::Plan;
use crate::report::Report;
use crate::sample;

fn round(number: usize, left: Option<u64>) -> String {
    let left = left.map(Duration::from_secs);
    Step::Round {
        workload: "cpu",
        number,
        repeats: None,
        least: 16,
        left,
    }
    .to_string()
}

#[test]
fn a_round_tells_where_it_is_and_what_is_left() {
    assert_eq!(round(0, None), "cpu: warm-up, then 16 rounds");
    assert_eq!(round(1, None), "cpu: round 1 of 16");
    assert_eq!(round(5, Some(7)), "cpu: round 5 of 16, 7 s left");
    assert!(round(17, Some(0)).starts_with("cpu: round 17, for"));
}

/// All comparisons there are.
fn plan() -> Plan {
    let options = Options {
        all: true,
        ..Options::default()
    };
    Plan::new(&options, 2).unwrap()
}

/// One of each, of a plan and a report.
fn steps<'a>(plan: &'a Plan, report: &'a Report) -> Vec<Step<'a>> {
    let mut steps = vec![
        Step::planned(plan, report, Path::new("out/report.json")),
        Step::Start {
            estimate: Duration::from_secs(3),
        },
        Step::Memory { workload: "cpu" },
        Step::Lanes { workload: "cpu" },
        Step::Fault {
            workload: "faults",
            fault: "abort",
        },
        Step::Written {
            state: report.state,
            gates: &report.gates,
            report: "out/report.json".to_owned(),
            page: "out/report.html".to_owned(),
        },
        Step::Error {
            message: "two\nlines".to_owned(),
            exit: 70,
        },
    ];
    for left in [None, Some(Duration::from_millis(2))] {
        steps.push(Step::Round {
            workload: "cpu",
            number: 17,
            repeats: Some(3),
            least: 16,
            left,
        });
    }
    for measured in &report.comparisons {
        let rounds = measured.cells.iter().flat_map(|cell| {
            cell.rounds.iter().map(|round| Step::Measured {
                workload: &measured.name,
                point: cell.point,
                round,
            })
        });
        steps.extend(rounds);
        steps.push(Step::verdict(measured));
    }
    steps
}

#[test]
fn every_step_is_one_line_that_the_schema_accepts() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let plan = plan();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in [sample::report(), sample::unfinished(), sample::hostile()] {
        for step in steps(&plan, &report) {
            let line = step.line(Duration::from_nanos(9)).unwrap();
            assert_eq!(line.matches('\n').count(), 1, "{line}");
            assert!(
                line.starts_with("{\"t\":9,\"event\":\"") && line.ends_with("}\n"),
                "{line}"
            );
            let event: Value = serde_json::from_str(&line).unwrap();
            let errors = validator.iter_errors(&event);
            let wrong: Vec<_> = errors.map(|error| error.to_string()).collect();
            assert_eq!(wrong, [""; 0], "{line}");
            let mut other = event.clone();
            other["event"] = "no-such-event".into();
            assert!(!validator.is_valid(&other), "{other}");
        }
    }
}

#[test]
fn a_verdict_has_the_figures_and_leaves_out_what_was_told_before() {
    let report = sample::one();
    let line = Step::verdict(&report.comparisons[0])
        .line(Duration::ZERO)
        .unwrap();
    let event: Value = serde_json::from_str(&line).unwrap();
    let (cell, told) = (&report.comparisons[0].cells[0], &event["comparison"]);
    assert!(!cell.rounds.is_empty());
    assert_eq!(told["cells"][0]["rounds"], Value::Array(Vec::new()));
    assert_eq!(
        told["cells"][0]["arms"],
        serde_json::to_value(&cell.arms).unwrap()
    );
    assert!(told["card"]["headline"].is_string(), "{told}");
}

#[test]
fn people_are_told_what_is_about_to_be_done_alone() {
    let (plan, report) = (plan(), sample::one());
    for step in steps(&plan, &report) {
        let name = serde_json::to_value(&step).unwrap()["event"].clone();
        let is_ahead = name.as_str().unwrap().ends_with("-started");
        assert_eq!(step.is_ahead(), is_ahead, "{step}");
        assert!(is_ahead || !step.is_first(), "{step}");
    }
}

/// What the runners print: they do not know this crate.
const PRINTED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../runner/src/cli/pages/progress.json"
);

#[test]
fn the_runners_print_the_schema_of_the_lines() {
    let printed = Data::read_from(Path::new(PRINTED), None);
    assert_data_eq!(schema(), printed.raw());
}
