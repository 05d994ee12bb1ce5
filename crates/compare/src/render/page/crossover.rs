//! Where an answer changes along an axis: ratios to the baseline, and the brackets in which they cross a line.

use maud::{Markup, html};

use super::curves::{Curve, plot};
use super::figure::Figure;
use super::palette::{class_of, series};
use super::scaling::by_point;
use crate::render::clean::{clean, cut};
use crate::render::plot::{Frame, Scale, Upwards, band, line};
use crate::render::quantity::{point, ratio};
use crate::render::wording::effect;
use crate::report::{Axis, Crossover, Interval, Measured, Unit};

const HEIGHT: f64 = 280.0;
const NAME: usize = 34;

/// The figure of a comparison along an axis.
pub(super) fn figure(measured: &Measured, id: &str) -> Markup {
    let all = series(measured);
    let curves: Vec<Curve<'_>> = all
        .iter()
        .filter(|one| one.name != measured.baseline)
        .map(|one| Curve {
            series: one,
            points: ratios(measured, one.name),
            samples: Vec::new(),
        })
        .filter(|curve| !curve.points.is_empty())
        .collect();
    let xs = measured.cells.iter().filter_map(|cell| cell.point);
    let ends = curves
        .iter()
        .flat_map(|curve| &curve.points)
        .flat_map(|(_, value)| [value.low, value.high]);
    let ends: Vec<f64> = ends.collect();
    let Some(axis) = measured.axis.as_ref().filter(|_| !ends.is_empty()) else {
        return html! {};
    };
    let scales = Scale::over(xs, axis.logarithmic)
        .zip(Scale::over(ends.into_iter().chain([0.9, 1.2]), true));
    let Some((x, y)) = scales else {
        return html! {};
    };
    let baseline = cut(&measured.baseline, NAME);
    let frame = Frame {
        title: &format!(
            "Time divided by that of {baseline}, along {}",
            clean(&axis.name)
        ),
        height: HEIGHT,
        x,
        x_unit: axis.unit,
        x_name: &cut(&axis.name, NAME),
        y: Some(Upwards {
            scale: y,
            word: |value| format!("{}×", point(Unit::Count, value)),
            unit: Unit::Count,
        }),
    };
    Figure {
        id: format!("{id}-crossover"),
        title: &format!("Beside {baseline}, along {}", clean(&axis.name)),
        caption: html! {
            "How many times as long as " bdi { (baseline) } ": on the line at 1× an arm is level with it, above it is \
             slower. The band around each line is where the ratio lies."
            @if !measured.crossovers.is_empty() {
                " The answer changes within the shaded columns"
                @if measured.crossovers.iter().any(|crossover| crossover.model.is_some()) {
                    "; a model made of the measured overheads expects it at the dashed lines"
                }
                "."
                ul { @for crossover in &measured.crossovers { li { (words(axis, crossover)) } } }
            }
        },
        plot: plot(&frame, &beneath(&frame, measured), &curves),
        grid: by_point(measured, |arm| arm.ratio.as_ref().map(effect)),
    }
    .draw()
}

fn ratios(measured: &Measured, arm: &str) -> Vec<(f64, Interval)> {
    let cells = measured.cells.iter();
    cells
        .filter_map(|cell| Some((cell.point?, cell.arm(arm)?.ratio?)))
        .collect()
}

/// The level line, the brackets and what the models say.
fn beneath(frame: &Frame<'_>, measured: &Measured) -> Markup {
    let level = frame.down(1.0);
    let all = series(measured);
    html! {
        @for crossover in &measured.crossovers {
            @let class = class_of(&all, &crossover.arm);
            @if let Some((from, to)) = crossover.bracket {
                @let ends = [from, to].map(|at| (frame.across(at), 0.0, frame.height));
                path class={ "bracket " (class) } d=(band(&ends)) {}
            }
            @if let Some(model) = crossover.model.filter(|model| frame.x.holds(*model)) {
                path class={ "fit " (class) } d=(line([(frame.across(model), 0.0), (frame.across(model), frame.height)])) {}
            }
        }
        path.one d=(line([(0.0, level), (1.0, level)])) {}
    }
}

fn words(axis: &Axis, crossover: &Crossover) -> Markup {
    html! {
        bdi { strong { (clean(&crossover.arm)) } ": " (clean(&crossover.question)) " " (clean(&crossover.text)) }
        @if let Some((from, to)) = crossover.bracket {
            span.soft {
                " (crosses " (ratio(crossover.ratio)) "× between " (point(axis.unit, from)) " and " (point(axis.unit, to))
                @if let Some(model) = crossover.model { "; model: " (point(axis.unit, model)) }
                ")"
            }
        }
    }
}
