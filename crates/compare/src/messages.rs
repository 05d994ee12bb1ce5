//! What is said where a comparison comes to no verdict, or to one that was not asked for, word by word.
//!
//! `SNAPSHOTS=overwrite cargo test -p anypool-compare messages` writes the texts anew; what changes is to be read.

use std::fmt::{Display, Write as _};
use std::io;
use std::path::Path;
use std::time::Duration;

use snapbox::{Data, assert_data_eq};

use crate::command::CommandLine;
use crate::diff::Diff;
use crate::exit::Exit;
use crate::failure::{CompareError, Mismatch, RunFailure};
use crate::render;
use crate::report::{GateOutcome, GateResult, Interval, Report};
use crate::run::RunError;
use crate::sample;
use crate::unmet::Unmet;

/// The file with all of it.
const SAID: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/messages/said.txt");

fn command() -> CommandLine {
    CommandLine {
        program: "process-runner".into(),
        arguments: ["map", "square", "1", "2"].map(str::to_owned).to_vec(),
        ballast: None,
    }
}

/// Two arms that do not agree.
fn mismatch() -> CompareError {
    CompareError::Mismatch(Box::new(Mismatch {
        workload: "cpu".to_owned(),
        arm: "pool".to_owned(),
        reference: "`threads`".to_owned(),
        round: "round 3".to_owned(),
        expected: "17984".to_owned(),
        got: "17983".to_owned(),
        command: command(),
    }))
}

/// An arm that gave no answer, for this reason.
fn failure(cause: RunError) -> CompareError {
    CompareError::Run(Box::new(RunFailure {
        workload: "cpu".to_owned(),
        arm: "pool".to_owned(),
        round: "the warm-up".to_owned(),
        command: command(),
        cause,
    }))
}

/// A report with this gate.
fn gated(outcome: GateOutcome, high: f64) -> Report {
    let mut report = sample::one();
    report.gates.push(GateResult {
        gate: "pool/threads <= 1.2".to_owned(),
        comparison: "gil".to_owned(),
        ratio: Some(Interval {
            low: 1.1,
            mid: 1.25,
            high,
        }),
        outcome,
    });
    report
}

#[test]
fn what_is_said_without_a_verdict_says_what_why_and_what_to_do() {
    let mut said = String::new();
    let mut say = |what: &str, told: &dyn Display, exit: Exit| {
        // Writing to a string cannot fail.
        let _ = writeln!(
            said,
            "# {what}\nerror: {told}\n(exit code {})\n",
            exit.code()
        );
    };
    let stderr = "error: no task is named `sqare`\n  = tasks: square".to_owned();
    let limit = Duration::from_secs(60);
    for (what, error) in [
        ("two arms that do not agree", mismatch()),
        (
            "a program that is gone",
            failure(RunError::NotRun(io::Error::from_raw_os_error(2))),
        ),
        (
            "a run that fails",
            failure(RunError::Failed {
                status: "exit status: 2".to_owned(),
                stderr: stderr.clone(),
            }),
        ),
        (
            "a run that hangs",
            failure(RunError::Hung { limit, stderr }),
        ),
        ("Ctrl-C", CompareError::Stopped { signal: 2 }),
    ] {
        say(what, &error, error.exit());
    }
    for (what, report) in [
        ("a gate that is violated", gated(GateOutcome::Violated, 1.4)),
        (
            "a gate that nobody can tell of",
            gated(GateOutcome::Unclear, 1.9),
        ),
        ("a machine that is too busy", sample::noisy()),
    ] {
        let unmet = Unmet::of(&report, true).unwrap();
        say(what, &unmet, unmet.exit());
    }
    let (here, mut there) = (sample::one(), sample::one());
    there.environment.cpus_total += 2;
    let other = Diff::between(&here, &there, false).unwrap_err();
    say("reports of two machines", &other, Exit::Usage);
    let noisy = render::terminal(&sample::noisy());
    let verdict = noisy.lines().skip_while(|line| !line.contains('→'));
    let verdict: String = verdict.take(6).map(|line| format!("{line}\n")).collect();
    let _ = writeln!(said, "# a verdict of a machine that is too busy\n{verdict}");
    assert_data_eq!(said, Data::read_from(Path::new(SAID), None).raw());
}
