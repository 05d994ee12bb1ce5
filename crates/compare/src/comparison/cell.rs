//! The rounds of a cell: warm-up, as many measured ones as its intervals need, some again, and its memory.

use std::io;
use std::time::{Duration, Instant};

use super::Comparison;
use super::agenda::{Agenda, Turn};
use super::course::Course;
use super::{lanes, round};
use crate::ending::Ending;
use crate::failure::CompareError;
use crate::report::{Cell, Measured, Report, Settings};
use crate::statistics::count;
use crate::step::Step;
use crate::summary::Summing;
use crate::workload::Workload;

/// Measures the last cell of the report's last comparison, which the progress calls as `told`. Whatever ends it, what was measured until then is summed up.
///
/// # Errors
///
/// Fails as [`super::compare`] does.
pub(super) fn measure(
    comparison: &mut Comparison<'_>,
    workload: &Workload,
    told: &str,
    report: &mut Report,
) -> Result<(), CompareError> {
    let mut course = Course::new(workload, told, comparison.runners);
    let course = &mut course;
    let mut agenda = Agenda::new(&course.names(), &report.settings);
    let warm_up = Turn {
        order: agenda.warm_up(),
        repeats: None,
    };
    for _ in 0..report.settings.warmup_rounds {
        tell(comparison, course, (0, None, None), report)?;
        round::run(comparison, course, &warm_up, 0)?;
    }
    rounds(comparison, course, report, &mut agenda)?;
    for _ in 0..report.settings.memory_rounds {
        (comparison.say)(&Step::Memory {
            workload: course.told(),
        })?;
        let weighed = round::weigh(comparison, course, &warm_up.order)?;
        let cpus = comparison.plan.cpus;
        change(report, course, cpus, |cell| cell.memory.extend(weighed));
    }
    if has_lanes(workload, report) {
        (comparison.say)(&Step::Lanes {
            workload: course.told(),
        })?;
        let told = lanes::told(comparison, course)?;
        let cpus = comparison.plan.cpus;
        change(report, course, cpus, |cell| cell.timelines = told);
    }
    Ok(comparison.store.save(report)?)
}

/// Whether it is shown what the workers of a cell do: where there is but one, and its tasks can be told apart.
fn has_lanes(workload: &Workload, report: &Report) -> bool {
    let cell = report
        .comparisons
        .last()
        .and_then(|measured| measured.cells.last());
    let is_alone = cell.is_some_and(|cell| cell.point.is_none() && !cell.rounds.is_empty());
    is_alone && workload.is_seen()
}

fn rounds(
    comparison: &mut Comparison<'_>,
    course: &mut Course<'_>,
    report: &mut Report,
    agenda: &mut Agenda,
) -> Result<(), CompareError> {
    let (start, cpus) = (Instant::now(), comparison.plan.cpus);
    let mut prepared = Duration::ZERO;
    for number in 1.. {
        // To prepare is no measuring: how long that takes may not be what rounds are too few for.
        let measuring = start.elapsed().saturating_sub(prepared);
        let ending = ending(report, course, cpus, measuring);
        let is_late = matches!(ending, Some(Ending::Late(_)));
        let turn = agenda.next(ending.is_some()).filter(|_| !is_late);
        let (Some(turn), _) = (turn, ending) else {
            change(report, course, cpus, |cell| {
                cell.ended = ending.map(|ending| ending.to_string());
            });
            break;
        };
        // What the rounds before it took, once there are some.
        let pace = start.elapsed().div_f64(count(number) - 1.0 + f64::EPSILON);
        let next = (number, turn.repeats, Some(pace));
        tell(comparison, course, next, report)?;
        let (round, took) = round::run(comparison, course, &turn, number)?;
        prepared = prepared.saturating_add(took);
        agenda.done(&round);
        change(report, course, cpus, |cell| cell.rounds.push(round));
        comparison.store.save(report)?;
        tell_of_last(comparison, course, report)?;
    }
    Ok(())
}

/// Whether the rounds until now are enough, those that were measured again not counted.
fn ending(report: &Report, course: &Course<'_>, cpus: usize, elapsed: Duration) -> Option<Ending> {
    let measured = report.comparisons.last()?;
    let rounds = &measured.cells.last()?.rounds;
    let done = rounds
        .iter()
        .filter(|round| round.repeats.is_none())
        .count();
    let ratios = summing(measured, &report.settings, course.usable(cpus)).ratios(rounds);
    Ending::of(&report.settings, done, elapsed, ratios)
}

/// Changes the cell and works out what it now amounts to.
fn change(report: &mut Report, course: &Course<'_>, cpus: usize, change: impl FnOnce(&mut Cell)) {
    let Some(measured) = report.comparisons.last_mut() else {
        return;
    };
    let Some(mut cell) = measured.cells.pop() else {
        return;
    };
    change(&mut cell);
    summing(measured, &report.settings, course.usable(cpus)).conclude(&mut cell);
    measured.cells.push(cell);
}

fn summing<'a>(measured: &'a Measured, settings: &'a Settings, cpus: usize) -> Summing<'a> {
    Summing {
        arms: &measured.arms,
        baseline: &measured.baseline,
        settings,
        cpus,
    }
}

fn tell(
    comparison: &mut Comparison<'_>,
    course: &Course<'_>,
    (number, repeats, pace): (usize, Option<usize>, Option<Duration>),
    report: &Report,
) -> io::Result<()> {
    let least = usize::try_from(report.settings.min_rounds).unwrap_or(usize::MAX);
    let left = pace
        .filter(|_| number > 1)
        .map(|pace| pace.mul_f64(count((least + 1).saturating_sub(number))));
    (comparison.say)(&Step::Round {
        workload: course.told(),
        number,
        repeats,
        least,
        left,
    })
}

/// Tells what the last round measured.
fn tell_of_last(
    comparison: &mut Comparison<'_>,
    course: &Course<'_>,
    report: &Report,
) -> io::Result<()> {
    let measured = report.comparisons.last();
    let cell = measured.and_then(|measured| measured.cells.last());
    let Some((cell, round)) = cell.and_then(|cell| Some((cell, cell.rounds.last()?))) else {
        return Ok(());
    };
    (comparison.say)(&Step::Measured {
        workload: course.told(),
        point: cell.point,
        round,
    })
}
