//! What rounds are made of: the control, what runs tell, memory, and what is measured once more.

use std::time::{Duration, Instant};

use super::{SQUARES, compared, compared_by, compared_while, sample};
use crate::command::{CommandLine, Runners};
use crate::comparison::{Comparison, compare};
use crate::environment::Environment;
use crate::load::{Processors, Reading};
use crate::options::Options;
use crate::plan::Plan;
use crate::report::{Grade, Report, State};
use crate::run::{FakeRun, Finished, Phases, RunError};
use crate::store::Store;
use crate::usage::Usage;

#[test]
fn the_control_is_the_baselines_twin_and_makes_the_floor() {
    let outcome = compared(&["tutorial-map"], 16, &mut |calls, command| {
        let mut finished = sample(command, SQUARES);
        // Of each round's two runs of threads, one is slower.
        finished.wall += Duration::from_millis(u64::from(calls % 2 == 1) * 8);
        Ok(finished)
    });
    let measured = &outcome.report.comparisons[0];
    let control = measured.arm("control").unwrap();
    assert_eq!(control.control_of.as_deref(), Some("threads"));
    assert_eq!(control.command, measured.arm("threads").unwrap().command);
    let cell = &measured.cells[0];
    assert!(cell.noise.floor.is_some());
    assert_eq!(cell.ended.as_deref(), Some("there are 16 rounds"));
}

#[test]
fn what_a_run_tells_is_in_its_sample_and_memory_apart() {
    let outcome = compared(&["tutorial-map"], 2, &mut |_, command| {
        Ok(Finished {
            phases: Some(Phases {
                setup: Duration::from_nanos(1),
                work: Duration::from_nanos(2),
                teardown: Duration::from_nanos(3),
            }),
            usage: Some(Usage {
                user: Duration::from_nanos(4),
                sys: Duration::from_nanos(5),
                voluntary_switches: 6,
                involuntary_switches: 7,
            }),
            ..sample(command, SQUARES)
        })
    });
    let cell = &outcome.report.comparisons[0].cells[0];
    let run = &cell.rounds[0].samples[0];
    assert_eq!(
        (run.setup_ns, run.work_ns, run.teardown_ns),
        (Some(1), Some(2), Some(3))
    );
    assert_eq!((run.cpu_ns(), run.voluntary_switches), (Some(9), Some(6)));
    assert_eq!(run.digest.len(), 16);
    assert_eq!(cell.memory.len(), 4);
    assert_eq!(cell.arm("pool").unwrap().peak_pss, Some(3 << 20));
}

/// Two readings for each round, the warm-up included, in which others take all of the processors in some rounds.
pub(super) fn busy_in(busy: impl Fn(usize) -> bool, rounds: usize) -> Vec<Reading> {
    let start = Instant::now();
    let reading = |seconds: u64, busy: u64| Reading {
        at: Some(start + Duration::from_secs(seconds)),
        processors: Some(Processors {
            count: 2,
            all: seconds * 200,
            busy,
            stolen: 0,
        }),
        ..Reading::default()
    };
    (0..=rounds)
        .flat_map(|round| {
            let taken = if busy(round) { 200 } else { 0 };
            [reading(1, 0), reading(2, taken)]
        })
        .collect()
}

#[test]
fn disturbed_rounds_are_kept_and_measured_again_at_the_end() {
    let readings = busy_in(|round| (3..=4).contains(&round), 10);
    let mut script = |_: usize, command: &CommandLine| Ok(sample(command, SQUARES));
    let outcome = compared_while(readings, &["tutorial-map"], 8, &mut script);
    let cell = &outcome.report.comparisons[0].cells[0];
    let repeats: Vec<Option<usize>> = cell.rounds.iter().map(|round| round.repeats).collect();
    assert_eq!(repeats[..8], [None; 8]);
    assert_eq!(repeats[8..], [Some(3), Some(4)]);
    assert_eq!(
        cell.rounds[2].disturbed,
        ["other programs took 100 % of the processors"]
    );
    assert_eq!((cell.noise.disturbed, cell.noise.repeated), (2, 2));
    let order = |round: usize| -> Vec<&str> {
        let samples = cell.rounds[round].samples.iter();
        samples.map(|sample| sample.arm.as_str()).collect()
    };
    assert_eq!(order(8), order(2));
}

#[test]
fn what_a_run_does_not_count_is_no_work_of_others() {
    let mut script = |_: usize, command: &CommandLine| {
        Ok(Finished {
            usage: Some(Usage::default()),
            // Four runs a round, and two seconds of two processors.
            uncounted: Duration::from_millis(500),
            ..sample(command, SQUARES)
        })
    };
    let outcome = compared_while(busy_in(|_| true, 2), &["tutorial-map"], 2, &mut script);
    let rounds = &outcome.report.comparisons[0].cells[0].rounds;
    for round in rounds {
        assert!(round.disturbed.is_empty(), "{:?}", round.disturbed);
    }
}

#[test]
fn a_machine_that_is_always_busy_comes_to_an_end() {
    let readings = busy_in(|_| true, 40);
    let mut script = |_: usize, command: &CommandLine| Ok(sample(command, SQUARES));
    let outcome = compared_while(readings, &["tutorial-map"], 8, &mut script);
    let cell = &outcome.report.comparisons[0].cells[0];
    assert_eq!((cell.rounds.len(), cell.noise.repeated), (10, 2));
    assert_eq!(cell.noise.grade, Grade::Fair);
}

#[test]
fn a_report_that_finds_no_room_any_more_ends_it_with_all_that_was_measured() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("report");
    let options = Options {
        names: vec!["tutorial-map".to_owned()],
        rounds: Some(6),
        ..Options::default()
    };
    let plan = Plan::new(&options, 2).unwrap();
    let mut report = Report::new(&plan.name, plan.settings.clone(), Environment::probe());
    let store = Store::open(&place, &report).unwrap();
    let script = |calls: usize, command: &CommandLine| {
        // The warm-up and two rounds of four arms are behind this run.
        if calls == 12 {
            std::fs::remove_dir_all(&place).unwrap();
        }
        Ok(sample(command, SQUARES))
    };
    let mut comparison = Comparison {
        plan: &plan,
        runners: &Runners::default(),
        run: &mut FakeRun::of(script),
        store: &store,
        say: &mut |_| Ok(()),
    };
    let error = compare(&mut comparison, &mut report).unwrap_err();
    assert_eq!(error.exit().code(), 74);
    assert!(
        error.to_string().contains("report.json: No such file"),
        "{error}"
    );
    assert_eq!(report.state, State::Failed);
    assert_eq!(report.comparisons[0].cells[0].rounds.len(), 3);
}

#[test]
fn what_runs_prepare_takes_no_time_of_the_rounds() {
    let rounds = |prepared: Duration| {
        let mut script = |_: usize, command: &CommandLine| {
            let began = Instant::now();
            while began.elapsed() < Duration::from_millis(60) {
                std::thread::yield_now();
            }
            Ok(Finished {
                prepared,
                ..sample(command, SQUARES)
            })
        };
        let options = Options {
            names: vec!["tutorial-map".to_owned()],
            rounds: Some(2),
            // Less than four runs take.
            max_time: Some(Duration::from_millis(200)),
            memory: false,
            ..Options::default()
        };
        let outcome = compared_by(&options, Vec::new(), &mut script);
        outcome.report.comparisons[0].cells[0].rounds.len()
    };
    assert!(rounds(Duration::ZERO) < 2);
    assert_eq!(rounds(Duration::from_secs(3_600)), 2);
}

#[test]
fn arms_that_tell_what_their_workers_do_have_lanes_and_others_are_none_the_worse() {
    let outcome = compared(&["tutorial-map"], 2, &mut |_, command| {
        let place = command.arguments.iter().position(|word| word == "--trace");
        if let Some(place) = place {
            if command.program.ends_with("process-runner") {
                return Err(RunError::Failed {
                    status: "exit status: 74".to_owned(),
                    stderr: String::new(),
                });
            }
            let task = r#"{"name":"square[1]","ph":"X","tid":0,"ts":1,"dur":2}"#;
            let text = format!("{{\"traceEvents\":[{task}]}}");
            std::fs::write(&command.arguments[place + 1], text).unwrap();
        }
        Ok(sample(command, SQUARES))
    });
    outcome.result.unwrap();
    let cell = &outcome.saved.comparisons[0].cells[0];
    let told: Vec<&str> = cell
        .timelines
        .iter()
        .map(|told| told.arm.as_str())
        .collect();
    assert_eq!(told, ["seq", "threads"]);
    assert_eq!(cell.timelines[0].lanes[0].spans[0].end_ns, 3_000);
    assert_eq!(outcome.saved.state, State::Complete);
}
