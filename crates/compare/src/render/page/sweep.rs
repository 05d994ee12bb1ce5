//! The times behind a sweep: each run along the axis.

use maud::{Markup, html};

use super::curves::{Curve, plot};
use super::figure::Figure;
use super::palette::series;
use super::scaling::by_point;
use crate::render::clean::{clean, cut};
use crate::render::plot::{Frame, Scale, Upwards};
use crate::render::quantity::{float, point, time_of};
use crate::render::results::interval;
use crate::report::{Interval, Measured, Times, Unit};

const HEIGHT: f64 = 280.0;
const NAME: usize = 34;

/// The figure of a comparison along an axis.
pub(super) fn figure(measured: &Measured, id: &str) -> Markup {
    let all = series(measured);
    let curves: Vec<Curve<'_>> = all
        .iter()
        .map(|one| Curve {
            series: one,
            points: medians(measured, one.name),
            samples: samples(measured, one.name),
        })
        .collect();
    let xs = measured.cells.iter().filter_map(|cell| cell.point);
    let times = curves
        .iter()
        .flat_map(|curve| &curve.samples)
        .map(|(_, time)| *time);
    let Some(axis) = &measured.axis else {
        return html! {};
    };
    let Some((x, y)) = Scale::over(xs, axis.logarithmic).zip(Scale::over(times, true)) else {
        return html! {};
    };
    let frame = Frame {
        title: &format!("Times along {}", clean(&axis.name)),
        height: HEIGHT,
        x,
        x_unit: axis.unit,
        x_name: &cut(&axis.name, NAME),
        y: Some(Upwards {
            scale: y,
            word: |ns| point(Unit::Nanoseconds, ns),
            unit: Unit::Nanoseconds,
        }),
    };
    Figure {
        id: format!("{id}-times"),
        title: &format!("Every single run, along {}", clean(&axis.name)),
        caption: html! { "One dot a run, none left out; the lines join the medians. Each step upwards is a factor." },
        plot: plot(&frame, &html! {}, &curves),
        grid: by_point(measured, |arm| Some(format!("{} ({})", time_of(arm.wall.median_ns), interval(&arm.wall)))),
    }
    .draw()
}

fn medians(measured: &Measured, arm: &str) -> Vec<(f64, Interval)> {
    let of = |times: &Times| Interval {
        low: float(times.low_ns),
        mid: float(times.median_ns),
        high: float(times.high_ns),
    };
    let cells = measured.cells.iter();
    cells
        .filter_map(|cell| Some((cell.point?, of(&cell.arm(arm)?.wall))))
        .collect()
}

fn samples(measured: &Measured, arm: &str) -> Vec<(f64, f64)> {
    let mut samples = Vec::new();
    for cell in &measured.cells {
        let times = cell.rounds.iter().filter_map(|round| round.sample(arm));
        samples.extend(times.filter_map(|sample| Some((cell.point?, float(sample.wall_ns)))));
    }
    samples
}
