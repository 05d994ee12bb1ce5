//! What the arms amount to, as tables that every renderer shows.

use super::clean::clean;
use super::grid::{Grid, or_nothing};
use super::quantity::{float, point, share, size, time_of, times};
use super::wording::holds;
use super::wording::{beside, beside_shortly, speaks};
use crate::report::{ArmResult, Axis, Cell, Claim, Isolation, Measured, Times};

/// The results of a comparison: its arms where it has one cell, its points where it has an axis.
pub(crate) fn results(measured: &Measured) -> Option<Grid> {
    match (&measured.axis, measured.cells.as_slice()) {
        (_, []) => None,
        (Some(axis), cells) => Some(along(measured, axis, cells)),
        (None, [cell, ..]) => Some(arms(measured, cell)),
    }
}

/// The arms of one cell.
pub(crate) fn arms(measured: &Measured, cell: &Cell) -> Grid {
    let versus = format!("vs {}", clean(&measured.baseline));
    let mut grid = Grid::new([
        "arm",
        "time",
        "95 % interval",
        versus.as_str(),
        "speed-up",
        "CPU",
        "peak memory",
        "start-up",
    ]);
    for arm in &cell.arms {
        grid.row(arm_row(arm, speaks(cell)));
    }
    grid.without_empty_columns()
}

fn arm_row(arm: &ArmResult, speaks: bool) -> [String; 8] {
    [
        clean(&arm.arm),
        time_of(arm.wall.median_ns),
        interval(&arm.wall),
        beside(arm, speaks),
        or_nothing(arm.speed_up.map(|speed_up| times(speed_up.mid))),
        or_nothing(arm.cpu.map(share)),
        or_nothing(arm.peak_pss.map(|bytes| size(float(bytes)))),
        or_nothing(arm.setup.map(|setup| time_of(setup.median_ns))),
    ]
}

/// Where the median of some times lies.
pub(crate) fn interval(times: &Times) -> String {
    format!("{} – {}", time_of(times.low_ns), time_of(times.high_ns))
}

/// One row a point: the baseline's time, and what is said of the other arms beside it.
fn along(measured: &Measured, axis: &Axis, cells: &[Cell]) -> Grid {
    let names: Vec<String> = measured.arms.iter().map(|arm| clean(&arm.name)).collect();
    let axis_name = clean(&axis.name);
    let heads = std::iter::once(axis_name.as_str()).chain(names.iter().map(String::as_str));
    let mut grid = Grid::new(heads);
    for cell in cells {
        let at = or_nothing(cell.point.map(|at| point(axis.unit, at)));
        let of_arm = |name: &str| {
            let arm = cell.arm(name)?;
            Some(match arm.ratio {
                Some(_) => beside_shortly(arm, speaks(cell)),
                None => time_of(arm.wall.median_ns),
            })
        };
        let arms = measured
            .arms
            .iter()
            .map(|arm| or_nothing(of_arm(&arm.name)));
        grid.row(std::iter::once(at).chain(arms));
    }
    grid.without_empty_columns()
}

/// What people say, and whether it holds.
pub(crate) fn claims(claims: &[Claim]) -> Grid {
    let mut grid = Grid::new(["claim", "in CPython", "in Rust"]);
    for claim in claims {
        let cell = |held, figures: &str| {
            let figures = clean(figures);
            if figures.is_empty() {
                holds(held)
            } else {
                format!("{}: {figures}", holds(held))
            }
        };
        grid.row([
            clean(&claim.claim),
            cell(claim.cpython, &claim.cpython_figures),
            cell(claim.rust, &claim.rust_figures),
        ]);
    }
    grid
}

/// What faults cost on each arm.
pub(crate) fn isolation(measured: &Measured, isolation: &Isolation) -> Grid {
    let names: Vec<String> = measured.arms.iter().map(|arm| clean(&arm.name)).collect();
    let mut grid = Grid::new(std::iter::once("fault").chain(names.iter().map(String::as_str)));
    for row in &isolation.rows {
        let of_arm = |name: &str| {
            let arm = row.arms.iter().find(|arm| arm.arm == name)?;
            let contained = match arm.contained {
                Some(true) => "✓ contained",
                Some(false) => "✗ not contained",
                None => "– not tried",
            };
            let mut parts = vec![contained.to_owned(), clean(&arm.told)];
            if arm.contained.is_some() {
                parts.push(format!("{} of {} others lost", arm.others_lost, arm.others));
            }
            parts.extend(
                arm.detected_ns
                    .map(|ns| format!("known after {}", time_of(ns))),
            );
            parts.retain(|part| !part.is_empty());
            Some(parts.join(" · "))
        };
        let arms = measured
            .arms
            .iter()
            .map(|arm| or_nothing(of_arm(&arm.name)));
        grid.row(std::iter::once(clean(&row.fault)).chain(arms));
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_sweep_has_a_row_a_point_and_one_cell_has_a_row_an_arm() {
        let report = sample::report();
        let named = |name: &str| {
            report
                .comparisons
                .iter()
                .find(|measured| measured.name == name)
                .unwrap()
        };
        let gil = results(named("gil")).unwrap();
        assert_eq!(gil.rows.len(), named("gil").arms.len());
        assert_eq!(gil.rows[1][3], "baseline");
        let overhead = results(named("overhead")).unwrap();
        assert_eq!(overhead.heads[0], "task length");
        assert_eq!(overhead.rows.len(), named("overhead").cells.len());
        assert_eq!(overhead.rows[0][0], "1 µs");
        assert_eq!(results(named("faults")), None);
    }

    #[test]
    fn what_an_arm_does_not_tell_has_no_column() {
        let mut report = sample::one();
        let cell = &mut report.comparisons[0].cells[0];
        cell.arms.iter_mut().for_each(|arm| arm.setup = None);
        let heads = results(&report.comparisons[0]).unwrap().heads;
        assert!(!heads.iter().any(|head| head == "start-up"), "{heads:?}");
    }
}
