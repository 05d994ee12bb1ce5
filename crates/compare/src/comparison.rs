//! Runs a plan round by round: decides what runs next, checks every answer, and saves after each round.

mod sweeping;

use std::fmt;
use std::time::{Duration, Instant};

use crate::advice::card;
use crate::answer::Answer;
use crate::arm::Arm;
use crate::command::Runners;
use crate::failure::{CompareError, Mismatch, RunFailure};
use crate::order::orders;
use crate::plan::Plan;
use crate::report::{Cell, MachineLoad, Measured, Report, Round, Sample, Settings, State};
use crate::run::{Run, RunError};
use crate::step::Step;
use crate::store::Store;
use crate::summary::Summing;
use crate::verdict::Rule;
use crate::workload::Workload;

/// What a comparison works with.
pub struct Comparison<'a> {
    /// What to do.
    pub plan: &'a Plan,
    /// Where the runners are.
    pub runners: &'a Runners,
    /// What runs them.
    pub run: &'a mut dyn Run,
    /// Where the report is kept.
    pub store: &'a Store,
    /// Told of each step before it is taken.
    pub say: &'a mut dyn FnMut(&Step<'_>),
}

impl fmt::Debug for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Comparison")
            .field("plan", self.plan)
            .finish_non_exhaustive()
    }
}

/// Runs the whole plan and completes the report, which is saved after every round.
///
/// # Errors
///
/// Fails at the first run that gives no answer or a different one or is stopped, and when the report cannot be saved.
pub fn compare(comparison: &mut Comparison<'_>, report: &mut Report) -> Result<(), CompareError> {
    (comparison.say)(&Step::Start {
        estimate: comparison.plan.estimate(),
    });
    let began = Instant::now();
    for workload in &comparison.plan.workloads {
        let measured = measure(comparison, workload, report);
        report.elapsed_ns = nanoseconds(began.elapsed());
        if let Err(error) = measured {
            report.state = error.state();
            // The times of wrong answers are not kept either.
            if let CompareError::Mismatch(_) = error {
                report.comparisons.pop();
            }
            comparison.store.save(report)?;
            return Err(error);
        }
    }
    report.state = State::Complete;
    Ok(comparison.store.save(report)?)
}

/// The place of a comparison within one workload.
struct Progress<'a> {
    workload: &'a Workload,
    /// The answer that all arms must give, and who gave it first.
    reference: Option<(Answer, String)>,
}

fn measure(
    comparison: &mut Comparison<'_>,
    workload: &Workload,
    report: &mut Report,
) -> Result<(), CompareError> {
    report.comparisons.push(begun(comparison, workload));
    match &workload.sweep {
        None => cell(comparison, workload, &workload.name, report)?,
        Some(sweep) => sweeping::sweep(comparison, workload, sweep, report)?,
    }
    let plan = comparison.plan;
    if let Some(current) = report.comparisons.last_mut() {
        conclude(current, workload, plan, &report.settings);
    }
    Ok(())
}

/// Measures the cell that is the last one of the report's last comparison.
fn cell(
    comparison: &mut Comparison<'_>,
    workload: &Workload,
    told: &str,
    report: &mut Report,
) -> Result<(), CompareError> {
    let plan = comparison.plan;
    let known = workload.expected.as_deref();
    let reference = known.map(|text| {
        (
            Answer::read(&workload.shape, text),
            "the known one".to_owned(),
        )
    });
    let mut progress = Progress {
        workload,
        reference,
    };
    // The first order is that of the warm-up, whose times are not kept.
    let count = usize::try_from(plan.rounds).unwrap_or(usize::MAX);
    let warm_up = orders(&workload.arms, 1, plan.seed);
    let measured = orders(&workload.arms, count, plan.seed);
    for (number, order) in warm_up.iter().chain(&measured).enumerate() {
        (comparison.say)(&Step::Round {
            workload: told,
            number,
            count,
        });
        let samples = round(comparison, &mut progress, number, order)?;
        let cell = report
            .comparisons
            .last_mut()
            .and_then(|current| current.cells.last_mut());
        if let (Some(cell), 1..) = (cell, number) {
            cell.rounds.push(Round {
                number,
                disturbed: Vec::new(),
                repeats: None,
                load: MachineLoad::default(),
                samples,
            });
            comparison.store.save(report)?;
        }
    }
    Ok(())
}

/// A workload that has no round yet.
fn begun(comparison: &Comparison<'_>, workload: &Workload) -> Measured {
    let command = |arm: &Arm| comparison.runners.command(workload, *arm).to_string();
    Measured {
        name: workload.name.clone(),
        question: workload.question.clone(),
        class: workload.class,
        workload: workload.text(),
        axis: workload.sweep.as_ref().map(|sweep| sweep.knob.axis()),
        arms: workload
            .arms
            .iter()
            .map(|arm| arm.info(command(arm)))
            .collect(),
        baseline: comparison.plan.baseline.name().to_owned(),
        cells: match workload.sweep {
            None => vec![Cell::default()],
            Some(_) => Vec::new(),
        },
        crossovers: Vec::new(),
        scaling: Vec::new(),
        isolation: None,
        claims: Vec::new(),
        card: None,
        notes: Vec::new(),
    }
}

fn conclude(current: &mut Measured, workload: &Workload, plan: &Plan, settings: &Settings) {
    let workers = |cell: &Cell| sweeping::turned(workload, cell).size().1;
    let at_once: Vec<usize> = current.cells.iter().map(workers).collect();
    for (cell, workers) in current.cells.iter_mut().zip(at_once) {
        Summing {
            arms: &current.arms,
            baseline: plan.baseline.name(),
            settings,
            cpus: plan.cpus.min(workers),
        }
        .conclude(cell);
    }
    if let Some(along) = sweeping::along(workload, plan, settings) {
        return along.conclude(current);
    }
    let cell = current.cells.first();
    let rule = Rule::new(settings.min_effect, cell.and_then(|cell| cell.noise.floor));
    let arms = cell.map_or(&[][..], |cell| &cell.arms);
    current.card = Some(card(
        &current.name,
        current.class,
        arms,
        plan.baseline,
        rule,
    ));
}

fn round(
    comparison: &mut Comparison<'_>,
    progress: &mut Progress<'_>,
    number: usize,
    order: &[Arm],
) -> Result<Vec<Sample>, CompareError> {
    let workload = progress.workload;
    let mut samples = Vec::with_capacity(order.len());
    for arm in order {
        let command = comparison.runners.command(workload, *arm);
        let (name, round) = (workload.name.clone(), round_name(number));
        let sample = match comparison.run.run(&command) {
            Ok(sample) => sample,
            Err(RunError::Stopped { signal }) => return Err(CompareError::Stopped { signal }),
            Err(cause) => {
                let failure = RunFailure {
                    workload: name,
                    arm: *arm,
                    round,
                    command,
                    cause,
                };
                return Err(CompareError::Run(Box::new(failure)));
            }
        };
        let answer = Answer::read(&workload.shape, &sample.stdout);
        let (expected, reference) = progress
            .reference
            .get_or_insert_with(|| (answer.clone(), format!("`{arm}`, which ran first")));
        if answer != *expected {
            return Err(CompareError::Mismatch(Box::new(Mismatch {
                workload: name,
                arm: *arm,
                reference: reference.clone(),
                round,
                expected: expected.to_string(),
                got: answer.to_string(),
                command,
            })));
        }
        samples.push(Sample::timed(arm.name(), nanoseconds(sample.wall)));
    }
    Ok(samples)
}

fn round_name(number: usize) -> String {
    match number {
        0 => "the warm-up round".to_owned(),
        number => format!("round {number}"),
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
