//! The cells of a comparison along an axis: those that were asked for, and then where an answer changes between them.

use super::{Comparison, cell};
use crate::along::Along;
use crate::failure::CompareError;
use crate::plan::Plan;
use crate::render::point;
use crate::report::{Cell, Measured, Report, Settings};
use crate::sweep::{Knob, Sweep};
use crate::workload::Workload;

/// A search takes a bracket of a factor of ten to one of two in two or three cells; more are not worth their time.
const MOST_SEARCHED: usize = 8;

/// Measures all places, and then those between them at which most is to be learnt.
pub(super) fn sweep(
    comparison: &mut Comparison<'_>,
    workload: &Workload,
    sweep: &Sweep,
    report: &mut Report,
) -> Result<(), CompareError> {
    for place in &sweep.places {
        at(comparison, workload, (sweep.knob, *place), report)?;
    }
    for _ in 0..MOST_SEARCHED {
        let along = along(workload, comparison.plan, &report.settings);
        let current = report.comparisons.last();
        let Some(place) = along
            .zip(current)
            .and_then(|(along, current)| along.next_place(current))
        else {
            break;
        };
        at(comparison, workload, (sweep.knob, place), report)?;
    }
    Ok(())
}

/// Measures one place, and puts its cell where it belongs along the axis.
fn at(
    comparison: &mut Comparison<'_>,
    workload: &Workload,
    (knob, place): (Knob, f64),
    report: &mut Report,
) -> Result<(), CompareError> {
    let new = Cell {
        point: Some(knob.point(place)),
        ..Cell::default()
    };
    let turned = turned(workload, &new);
    let told = format!(
        "{} at {}",
        workload.name,
        point(knob.axis().unit, knob.point(place))
    );
    if let Some(current) = report.comparisons.last_mut() {
        current.cells.push(new);
    }
    let measured = cell::measure(comparison, &turned, &told, report);
    if let Some(current) = report.comparisons.last_mut() {
        sort(current);
    }
    measured
}

fn sort(current: &mut Measured) {
    let at = |cell: &Cell| cell.point.unwrap_or_default();
    current
        .cells
        .sort_by(|one, other| at(one).total_cmp(&at(other)));
}

/// The work of a cell.
pub(super) fn turned(workload: &Workload, cell: &Cell) -> Workload {
    let place = workload.sweep.as_ref().zip(cell.point);
    let turned =
        place.and_then(|(sweep, point)| workload.turned(sweep.knob, sweep.knob.place_at(point)));
    turned.unwrap_or_else(|| workload.clone())
}

/// What a workload's cells are judged by together; `None` where there is but one.
pub(super) fn along<'a>(
    workload: &Workload,
    plan: &Plan,
    settings: &'a Settings,
) -> Option<Along<'a>> {
    let sweep = workload.sweep.as_ref()?;
    let (tasks, workers) = workload.size();
    Some(Along {
        knob: sweep.knob,
        tasks,
        at_once: workers.min(plan.cpus),
        cpus: plan.cpus,
        settings,
    })
}
