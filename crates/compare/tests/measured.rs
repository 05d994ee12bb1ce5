//! A comparison of real programs, really measured, and told of step by step as the schema says.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anypool_compare::{
    ChildRun, CompareFile, Comparison, Environment, Options, Plan, Report, Runners, Step, Store,
    compare, progress_schema,
};
use serde_json::Value;

/// How long the program sleeps that is slower.
const NAP: Duration = Duration::from_millis(50);

const FILE: &str = r#"
schema = 1
name = "naps"

[[arm]]
name = "quick"
command = ["sh", "-c", "echo 7"]

[[arm]]
name = "slow"
command = ["sh", "-c", "sleep 0.05; echo 7"]

[arms]
baseline = "quick"

[measure]
rounds = 3
memory-rounds = 1
"#;

/// Measures both, and gives the report with the lines that were told meanwhile.
fn measured(folder: &Path) -> (Report, Vec<Value>) {
    let path = folder.join("naps.toml");
    fs::write(&path, FILE).unwrap();
    let file = CompareFile::read(&path).unwrap();
    let options = Options {
        names: vec![file.name.clone()],
        own: vec![file.workload()],
        measure: file.measure,
        ..Options::default()
    };
    let environment = Environment::probe();
    let plan = Plan::new(&options, environment.cpus_allowed).unwrap();
    let mut report = Report::new(&plan.name, plan.settings.clone(), environment);
    let store = Store::open(folder, &report).unwrap();
    let began = Instant::now();
    let mut lines = Vec::new();
    let mut say = |step: &Step<'_>| {
        lines.push(serde_json::from_str(&step.line(began.elapsed())?)?);
        Ok(())
    };
    say(&Step::planned(&plan, &report, &store.file())).unwrap();
    let mut comparison = Comparison {
        plan: &plan,
        runners: &Runners::default(),
        run: &mut ChildRun {
            limit: Duration::from_secs(60),
            stop: Arc::default(),
            adopts: false,
        },
        store: &store,
        say: &mut say,
    };
    compare(&mut comparison, &mut report).unwrap();
    (report, lines)
}

#[test]
fn real_programs_are_measured_and_each_step_is_told_as_the_schema_says() {
    let folder = tempfile::tempdir().unwrap();
    let (report, lines) = measured(folder.path());
    let schema: Value = serde_json::from_str(&progress_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for line in &lines {
        let errors = validator.iter_errors(line);
        let wrong: Vec<String> = errors.map(|error| error.to_string()).collect();
        assert_eq!(wrong, [""; 0], "{line}");
    }
    let names: Vec<&str> = lines
        .iter()
        .map(|line| line["event"].as_str().unwrap())
        .collect();
    let rounds = ["round-started", "round-finished"].repeat(3);
    let before = ["planned", "measuring-started", "round-started"];
    // Behind these, a round that something disturbed is measured once more.
    let begins = [&before[..], &rounds].concat();
    assert!(names.starts_with(&begins), "{names:?}");
    assert_eq!(names.last(), Some(&"verdict"));
    let times: Vec<u64> = lines
        .iter()
        .map(|line| line["t"].as_u64().unwrap())
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    let told = lines
        .iter()
        .filter(|line| line["event"] == "round-finished");
    let told: Vec<&Value> = told.map(|line| &line["round"]).collect();
    let cell = &report.comparisons[0].cells[0];
    assert_eq!(told.len(), cell.rounds.len());
    for (round, told) in cell.rounds.iter().zip(told) {
        assert_eq!(&serde_json::to_value(round).unwrap(), told);
        let slow = round.samples.iter().find(|sample| sample.arm == "slow");
        assert!(
            Duration::from_nanos(slow.unwrap().wall_ns) >= NAP,
            "{round:?}"
        );
    }
}
