//! What several comparisons of one class amount to together.
//!
//! The mean of ratios is the geometric one, which is the same whichever arm is divided by the other. Classes are never
//! mixed: who computes has nothing from how others wait.

use super::clean::clean;
use super::grid::Grid;
use super::quantity::{count, times};
use super::wording::speaks;
use crate::class::Class;
use crate::report::{Cell, Measured, Report};

/// What is said above the table.
pub(crate) const CAPTION: &str = "Geometric means by class: the time beside the baseline's";

/// For each class in which several comparisons speak: the arms that all of these have, beside the baseline. Comparisons along
/// an axis, and controls, are left out.
pub(crate) fn classes(report: &Report) -> Option<Grid> {
    let mut grid = Grid::new(["class", "comparisons", "arm", "mean", "least", "most"]);
    for class in Class::ALL {
        let all: Vec<_> = report.comparisons.iter().filter_map(single).collect();
        let first = all.iter().find(|(measured, _)| measured.class == class);
        let Some(baseline) = first.map(|(measured, _)| &measured.baseline) else {
            continue;
        };
        let of_class: Vec<_> = all
            .iter()
            .filter(|(measured, _)| measured.class == class && measured.baseline == *baseline)
            .copied()
            .collect();
        if of_class.len() > 1 {
            add_rows(&mut grid, class, &of_class);
        }
    }
    (!grid.rows.is_empty()).then_some(grid)
}

/// A comparison's only cell, where it has one that speaks.
fn single(measured: &Measured) -> Option<(&Measured, &Cell)> {
    let cell = measured.cells.first().filter(|cell| speaks(cell))?;
    measured.axis.is_none().then_some((measured, cell))
}

fn add_rows(grid: &mut Grid, class: Class, all: &[(&Measured, &Cell)]) {
    let Some((measured, _)) = all.first() else {
        return;
    };
    let names: Vec<String> = all.iter().map(|(one, _)| clean(&one.name)).collect();
    let arms = measured.arms.iter().filter(|arm| arm.control_of.is_none());
    for arm in arms {
        let ratios = all.iter().map(|(_, cell)| cell.arm(&arm.name)?.ratio);
        let Some(ratios) = ratios
            .map(|ratio| ratio.map(|ratio| ratio.mid).filter(|mid| *mid > 0.0))
            .collect::<Option<Vec<f64>>>()
        else {
            continue;
        };
        let versus = format!("{} vs {}", clean(&arm.name), clean(&measured.baseline));
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let most = ratios.iter().copied().fold(0.0, f64::max);
        grid.row([
            class.name().to_owned(),
            names.join(", "),
            versus,
            times(geometric_mean(&ratios)),
            times(least),
            times(most),
        ]);
    }
}

fn geometric_mean(ratios: &[f64]) -> f64 {
    let logarithms: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    (logarithms / count(ratios.len())).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Interval;
    use crate::sample;

    /// Two comparisons of one class, in which `pool` takes so many times as long as the baseline.
    fn two(ratios: [f64; 2]) -> Report {
        let mut report = sample::one();
        let second = Measured {
            name: "cpu".to_owned(),
            ..report.comparisons[0].clone()
        };
        report.comparisons.push(second);
        for (measured, ratio) in report.comparisons.iter_mut().zip(ratios) {
            for arm in &mut measured.cells[0].arms {
                if arm.arm == "pool" {
                    arm.ratio = Some(Interval::exact(ratio));
                }
            }
        }
        report
    }

    fn row_of<'g>(grid: &'g Grid, arm: &str) -> Option<&'g Vec<String>> {
        grid.rows.iter().find(|row| row[2].starts_with(arm))
    }

    #[test]
    fn what_doubles_and_what_halves_are_nothing_together() {
        let report = two([0.5, 2.0]);
        let grid = classes(&report).unwrap();
        let told = [
            "cpu",
            "gil, cpu",
            "pool vs threads",
            "1.00 ×",
            "0.50 ×",
            "2.00 ×",
        ];
        assert_eq!(row_of(&grid, "pool vs").unwrap(), &told);
        assert_eq!(row_of(&grid, "control"), None);
        assert_eq!(row_of(&grid, "threads vs"), None);
    }

    #[test]
    fn classes_are_not_mixed_and_one_comparison_is_no_class() {
        let mut report = two([0.5, 2.0]);
        report.comparisons[1].class = Class::Io;
        assert_eq!(classes(&report), None);
        assert_eq!(classes(&sample::one()), None);
    }

    #[test]
    fn what_one_lacks_or_does_not_speak_of_has_no_mean() {
        let mut report = two([0.5, 2.0]);
        report.comparisons[1].cells[0]
            .arms
            .retain(|arm| arm.arm != "pool");
        let grid = classes(&report).unwrap();
        assert_eq!(row_of(&grid, "pool vs"), None);
        assert!(row_of(&grid, "seq").is_some());
        let mut noisy = two([0.5, 2.0]);
        noisy.comparisons[1].cells[0].noise.grade = crate::report::Grade::Poor;
        assert_eq!(classes(&noisy), None);
    }
}
