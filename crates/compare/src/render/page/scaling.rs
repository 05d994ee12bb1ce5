//! How far more workers help: speed-up against one after another, and how well each worker is used.

use maud::{Markup, html};

use super::curves::{Curve, plot};
use super::figure::Figure;
use super::palette::{Series, class_of, series};
use crate::render::clean::clean;
use crate::render::grid::{Grid, or_nothing};
use crate::render::plot::{Frame, Scale, Upwards, line};
use crate::render::quantity::{count, point, share, times};
use crate::report::{Interval, Measured, Report, Side, Unit};

const HEIGHT: f64 = 260.0;
const LOW: f64 = 130.0;

/// The figures of a comparison along numbers of workers that has an arm without any.
pub(super) fn figure(report: &Report, measured: &Measured, id: &str) -> Markup {
    let axis = measured
        .axis
        .as_ref()
        .filter(|axis| axis.unit == Unit::Count && axis.name == "workers");
    let all = series(measured);
    let curves: Vec<Curve<'_>> = arms(measured, &all)
        .map(|one| Curve {
            series: one,
            points: speed_ups(measured, one.name),
            samples: Vec::new(),
        })
        .collect();
    let xs = measured.cells.iter().filter_map(|cell| cell.point);
    let tops = curves
        .iter()
        .flat_map(|curve| &curve.points)
        .map(|(_, value)| value.high);
    let scales = Scale::over(xs, true).zip(Scale::from_zero(tops.chain([1.0])));
    let Some((axis, (x, y))) = axis.zip(scales) else {
        return html! {};
    };
    let frame = Frame {
        title: "Speed-up by number of workers",
        height: HEIGHT,
        x,
        x_unit: axis.unit,
        x_name: "workers",
        y: Some(Upwards {
            scale: y,
            word: times,
            unit: Unit::Count,
        }),
    };
    let cpus = count(report.environment.cpus_allowed);
    html! {
        (Figure {
            id: format!("{id}-scaling"),
            title: "How far more workers help",
            caption: html! {
                "How many times as fast as one task after another. The thin line is the ideal, in which each worker adds \
                 a whole one; it bends where the " strong { (report.environment.cpus_allowed) " processors" }
                " are used up (upright line). Dashed lines are fitted."
                ul { @for fit in fits(measured) { li { (fit) } } }
            },
            plot: plot(&frame, &beneath(&frame, measured, &all, cpus), &curves),
            grid: grid(measured),
        }.draw())
        (efficiency(measured, &frame, &all, id))
    }
}

/// The arms that have workers.
fn arms<'a>(measured: &'a Measured, all: &'a [Series<'a>]) -> impl Iterator<Item = &'a Series<'a>> {
    let has_workers = |name: &str| {
        measured
            .arm(name)
            .is_some_and(|arm| arm.side != Side::Sequential)
    };
    all.iter().filter(move |one| has_workers(one.name))
}

fn speed_ups(measured: &Measured, arm: &str) -> Vec<(f64, Interval)> {
    let cells = measured.cells.iter();
    cells
        .filter_map(|cell| Some((cell.point?, cell.arm(arm)?.speed_up?)))
        .collect()
}

/// The ideal, the number of processors and the fitted curves.
fn beneath(frame: &Frame<'_>, measured: &Measured, all: &[Series<'_>], cpus: f64) -> Markup {
    let steps = || (0..=40).map(|step| frame.x.value(f64::from(step) / 40.0));
    let at = |x: f64, y: f64| (frame.across(x), frame.down(y));
    html! {
        path.ideal d=(line(steps().map(|workers| at(workers, workers.min(cpus))))) {}
        path.one d=(line([(frame.across(cpus), 0.0), (frame.across(cpus), frame.height)])) {}
        @for scaling in &measured.scaling {
            @if let Ok(curve) = &scaling.curve {
                @let class = class_of(all, &scaling.arm);
                path class={ "fit " (class) } d=(line(steps().map(|workers| at(workers, curve.at(workers))))) {}
            }
        }
    }
}

/// What the fits say, or why there are none.
fn fits(measured: &Measured) -> Vec<String> {
    let of = |scaling: &crate::report::Scaling| {
        let arm = clean(&scaling.arm);
        let advice = scaling
            .suggested_workers
            .map_or_else(String::new, |workers| {
                format!("; {workers} workers are used well")
            });
        match &scaling.curve {
            Ok(curve) => {
                let peak = curve.peak.map_or_else(String::new, |peak| {
                    format!(", highest at {peak:.1} workers")
                });
                let serial = share(curve.sigma);
                format!(
                    "{arm}: {serial} of the work is done by one worker at a time{peak} (R² {:.2}){advice}",
                    curve.r_squared
                )
            }
            Err(why) => format!("{arm}: no curve is fitted: {}{advice}", clean(why)),
        }
    };
    measured.scaling.iter().map(of).collect()
}

/// How well each worker is used, below the speed-up and on the same axis.
fn efficiency(measured: &Measured, above: &Frame<'_>, all: &[Series<'_>], id: &str) -> Markup {
    let of = |name: &str| {
        let cells = measured.cells.iter();
        cells
            .filter_map(|cell| Some((cell.point?, Interval::exact(cell.arm(name)?.efficiency?))))
            .collect()
    };
    let curves: Vec<Curve<'_>> = arms(measured, all)
        .map(|one| Curve {
            series: one,
            points: of(one.name),
            samples: Vec::new(),
        })
        .collect();
    if curves.iter().all(|curve| curve.points.is_empty()) {
        return html! {};
    }
    let frame = Frame {
        title: "Efficiency by number of workers",
        height: LOW,
        y: Some(Upwards {
            scale: Scale::between(0.0, 1.1, false),
            word: share,
            unit: Unit::Count,
        }),
        ..*above
    };
    Figure {
        id: format!("{id}-efficiency"),
        title: "How well the processors are used",
        caption: html! { "The speed-up, divided by the processors that the workers can use." },
        plot: plot(&frame, &html! {}, &curves),
        grid: efficiencies(measured),
    }
    .draw()
}

fn grid(measured: &Measured) -> Grid {
    by_point(measured, |arm| {
        let speed_up = arm.speed_up?;
        Some(format!(
            "{} [{:.2}, {:.2}]",
            times(speed_up.mid),
            speed_up.low,
            speed_up.high
        ))
    })
}

fn efficiencies(measured: &Measured) -> Grid {
    by_point(measured, |arm| arm.efficiency.map(share))
}

/// A row a point of the axis, a column an arm.
pub(super) fn by_point(
    measured: &Measured,
    cell_of: impl Fn(&crate::report::ArmResult) -> Option<String>,
) -> Grid {
    let axis = measured.axis.as_ref();
    let names: Vec<String> = measured.arms.iter().map(|arm| clean(&arm.name)).collect();
    let axis_name = axis.map_or_else(String::new, |axis| clean(&axis.name));
    let mut grid =
        Grid::new(std::iter::once(axis_name.as_str()).chain(names.iter().map(String::as_str)));
    for cell in &measured.cells {
        let place = axis.zip(cell.point).map(|(axis, at)| point(axis.unit, at));
        let arms = measured
            .arms
            .iter()
            .map(|arm| or_nothing(cell.arm(&arm.name).and_then(&cell_of)));
        grid.row(std::iter::once(or_nothing(place)).chain(arms));
    }
    grid.without_empty_columns()
}
