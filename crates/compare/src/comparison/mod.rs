//! Runs a plan round by round: decides what runs next, checks every answer, and saves after each round.
//!
//! - [`course`]: what runs in a cell, and the answer that all of it must give;
//! - [`agenda`]: whose turn it is, and which rounds are measured once more;
//! - [`round`]: one pass over all arms, with what the rest of the machine did meanwhile;
//! - [`lanes`]: one run more of each arm, which tells what its workers did;
//! - [`cell`]: the rounds of a cell from the warm-up to the last one, and its memory;
//! - [`sweeping`]: the cells of a comparison along an axis.

mod course;
mod agenda;
mod round;
mod lanes;
mod cell;
mod sweeping;
mod trying;

use std::fmt;
use std::io;
use std::time::{Duration, Instant};

use crate::advice::Judged;
use crate::claims::{TUTORIAL, claims};
use crate::command::Runners;
use crate::failure::CompareError;
use crate::plan::Plan;
use crate::report::{Cell, Measured, Report, Settings, State};
use crate::run::Run;
use crate::step::Step;
use crate::store::Store;
use crate::workload::{Shape, Workload};

use course::Course;

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
    /// Told of each step before it is taken, and of what came of it. That nobody can be told ends the comparison.
    pub say: &'a mut dyn FnMut(&Step<'_>) -> io::Result<()>,
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
/// Fails at the first run that gives no answer or a different one or is stopped, and when the report cannot be saved or a
/// step not be told.
pub fn compare(comparison: &mut Comparison<'_>, report: &mut Report) -> Result<(), CompareError> {
    (comparison.say)(&Step::Start {
        estimate: comparison.plan.estimate(),
    })?;
    let began = Instant::now();
    for workload in &comparison.plan.workloads {
        let measured =
            measure(comparison, workload, report).and_then(|()| told(comparison, report));
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
    let claims = claims(&report.comparisons, &report.settings);
    let tutorial = report
        .comparisons
        .iter_mut()
        .find(|measured| measured.name == TUTORIAL);
    if let Some(tutorial) = tutorial {
        tutorial.claims = claims;
    }
    report.state = State::Complete;
    Ok(comparison.store.save(report)?)
}

fn measure(
    comparison: &mut Comparison<'_>,
    workload: &Workload,
    report: &mut Report,
) -> Result<(), CompareError> {
    report.comparisons.push(begun(comparison, workload));
    if workload.shape == Shape::Faults {
        return trying::all(comparison, workload, report);
    }
    match &workload.sweep {
        None => cell::measure(comparison, workload, &workload.name, report)?,
        Some(sweep) => sweeping::sweep(comparison, workload, sweep, report)?,
    }
    let plan = comparison.plan;
    if let Some(current) = report.comparisons.last_mut() {
        conclude(current, workload, plan, &report.settings);
    }
    Ok(comparison.store.save(report)?)
}

/// Tells what the last comparison of the report found.
fn told(comparison: &mut Comparison<'_>, report: &Report) -> Result<(), CompareError> {
    match report.comparisons.last() {
        Some(measured) => Ok((comparison.say)(&Step::verdict(measured))?),
        None => Ok(()),
    }
}

/// A workload that has no round yet.
fn begun(comparison: &Comparison<'_>, workload: &Workload) -> Measured {
    let runners = comparison.runners;
    let first = workload.sweep.as_ref().and_then(|sweep| {
        let place = sweep.places.first()?;
        workload.turned(sweep.knob, *place)
    });
    let first = first.as_ref().unwrap_or(workload);
    Measured {
        name: workload.name.clone(),
        question: workload.question.clone(),
        class: workload.class,
        workload: workload.text(),
        axis: workload.sweep.as_ref().map(|sweep| sweep.knob.axis()),
        arms: Course::new(first, &workload.name, runners).infos(),
        baseline: workload.baseline().name().to_owned(),
        cells: match (&workload.sweep, &workload.shape) {
            (Some(_), _) | (None, Shape::Faults) => Vec::new(),
            (None, _) => vec![Cell::default()],
        },
        crossovers: Vec::new(),
        scaling: Vec::new(),
        isolation: None,
        claims: Vec::new(),
        card: None,
        notes: workload.notes.clone(),
    }
}

fn conclude(current: &mut Measured, workload: &Workload, plan: &Plan, settings: &Settings) {
    if let Some(along) = sweeping::along(workload, plan, settings) {
        return along.conclude(current);
    }
    let Some(cell) = current.cells.first() else {
        return;
    };
    let judged = Judged {
        workload,
        cell,
        settings,
    };
    current.card = Some(judged.card());
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
