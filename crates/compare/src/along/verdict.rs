//! The verdict of a comparison along an axis: what is so from where to where, and what that means.

use crate::advice::flips;
use crate::render::{float, point, size};
use crate::report::{Answer, ArmInfo, Axis, Card, Cell, Measured, Scaling, Word};

/// The card of a comparison along an axis, whose headline is what was found.
pub(super) fn card(measured: &Measured, found: &[String]) -> Card {
    let mut reasons = stretches(measured);
    reasons.extend(residents(measured));
    let headline = match found {
        [] if reasons.is_empty() => "There is nothing to compare.".to_owned(),
        [] => reasons.remove(0),
        found => found.join(" "),
    };
    Card {
        reasons,
        flips: flips(Answer::Other),
        ..Card::new(Answer::Other, headline)
    }
}

/// How many workers pay.
pub(super) fn of_workers(scaling: &[Scaling]) -> Option<String> {
    let each = scaling.iter().map(|scaling| {
        let workers = scaling.suggested_workers;
        let many = workers.map_or("none".to_owned(), |workers| workers.to_string());
        format!("{many} of {}", scaling.arm)
    });
    let each: Vec<String> = each.collect();
    (!each.is_empty()).then(|| {
        format!(
            "The most workers of which each is still used well: {}.",
            each.join(", ")
        )
    })
}

/// What is said of each arm beside the baseline, from point to point.
fn stretches(measured: &Measured) -> Vec<String> {
    let Some(axis) = &measured.axis else {
        return Vec::new();
    };
    let others = measured
        .arms
        .iter()
        .filter(|arm| arm.name != measured.baseline && arm.control_of.is_none());
    others
        .filter_map(|arm| of_arm(measured, axis, arm))
        .collect()
}

/// What the programs of all runs had in memory at least when their time began, where they tell that.
fn residents(measured: &Measured) -> Option<String> {
    let axis = measured.axis.as_ref()?;
    let least = |cell: &Cell| {
        let samples = cell.rounds.iter().flat_map(|round| &round.samples);
        samples.filter_map(|sample| sample.resident).min()
    };
    let told = measured.cells.iter().filter_map(|cell| {
        let place = point(axis.unit, cell.point?);
        Some(format!("{} at {place}", size(float(least(cell)?))))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| {
        format!(
            "Resident when a run's time began, in the one that had the least: {}.",
            told.join(", ")
        )
    })
}

fn of_arm(measured: &Measured, axis: &Axis, arm: &ArmInfo) -> Option<String> {
    let mut stretches: Vec<(Word, f64, f64)> = Vec::new();
    for cell in &measured.cells {
        let Some((at, word)) = cell.point.zip(cell.arm(&arm.name).and_then(|arm| arm.word)) else {
            continue;
        };
        match stretches.last_mut() {
            Some((known, _, end)) if *known == word => *end = at,
            _ => stretches.push((word, at, at)),
        }
    }
    let told = stretches.iter().map(|(word, from, to)| {
        let place = |at: &f64| point(axis.unit, *at);
        match from == to {
            true => format!("{} at {}", word.text(), place(from)),
            false => format!("{} from {} to {}", word.text(), place(from), place(to)),
        }
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| {
        format!(
            "{} beside {}, by {}: {}.",
            arm.name,
            measured.baseline,
            axis.name,
            told.join(", ")
        )
    })
}
