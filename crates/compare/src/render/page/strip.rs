//! All samples of each arm on one axis: what a median does not tell.

use maud::{Markup, html};

use super::figure::Figure;
use super::palette::{class_of, series};
use super::place::{at, shown};
use crate::render::clean::{clean, cut};
use crate::render::grid::Grid;
use crate::render::plot::{Frame, Scale, bars, canvas, dots, percent, ticks};
use crate::render::quantity::{count, float, time_of};
use crate::render::results::interval;
use crate::render::wording::is_busy;
use crate::report::{ArmResult, Cell, Measured, Unit};

const ROW: f64 = 58.0;
const NAME: usize = 34;

/// Beyond this factor between the fastest and the slowest, an axis of equal steps would crowd the fast ones.
const WIDE: f64 = 6.0;

/// The figure of a comparison's samples.
pub(super) fn figure(measured: &Measured, id: &str) -> Markup {
    let Some(cell) = shown(measured) else {
        return html! {};
    };
    let samples = cell.rounds.iter().flat_map(|round| &round.samples);
    let times: Vec<f64> = samples.map(|sample| float(sample.wall_ns)).collect();
    let (least, most) = times
        .iter()
        .fold((f64::INFINITY, 0.0_f64), |(least, most), time| {
            (least.min(*time), most.max(*time))
        });
    let logarithmic = most > least * WIDE;
    let Some(x) = Scale::over(times, logarithmic) else {
        return html! {};
    };
    let frame = Frame {
        title: "The time of every run of each arm",
        height: count(cell.arms.len()) * ROW + 6.0,
        x,
        x_unit: Unit::Nanoseconds,
        x_name: if logarithmic {
            "time of a run; each step is a factor"
        } else {
            "time of a run"
        },
        y: None,
    };
    Figure {
        id: format!("{id}-samples"),
        title: "Every single run",
        caption: html! {
            "One dot a run, none left out; runs of disturbed rounds are upright strokes. The line below the dots is \
             where the median lies, the stroke across it is the median. Two heaps of dots mean that a median alone \
             says little." (at(measured, cell))
        },
        plot: html! { div.frame { (frame.draw(&rows(&frame, measured, cell))) } },
        grid: grid(cell),
    }
    .draw()
}

fn rows(frame: &Frame<'_>, measured: &Measured, cell: &Cell) -> Markup {
    let all = series(measured);
    let class = |name: &str| class_of(&all, name);
    let shapes = html! {
        @for (row, arm) in cell.arms.iter().enumerate() {
            @let top = count(row) * ROW;
            @let (quiet, busy) = points(frame, cell, arm, top + 34.0);
            path class={ "dot faint " (class(&arm.arm)) } d=(dots(quiet)) {}
            path class={ "busy " (class(&arm.arm)) } d=(ticks(busy, 9.0)) {}
            path class={ "interval " (class(&arm.arm)) }
                d=(bars([(frame.across(float(arm.wall.low_ns)), frame.across(float(arm.wall.high_ns)), top + 50.0)])) {}
            path class={ "median " (class(&arm.arm)) } d=(ticks([(frame.across(float(arm.wall.median_ns)), top + 50.0)], 11.0)) {}
        }
    };
    html! {
        (canvas(frame.height, &shapes))
        @for (row, arm) in cell.arms.iter().enumerate() {
            @let y = count(row) * ROW + 16.0;
            text.name x=(percent(0.0)) y=(y) { (cut(&arm.arm, NAME)) }
            text.figure x="100%" y=(y) {
                (time_of(arm.wall.median_ns)) @if arm.two_modes { " · two heaps" }
            }
        }
    }
}

type Points = Vec<(f64, f64)>;

/// The dots of an arm, those of disturbed rounds apart; neighbours in time lie at different heights.
fn points(frame: &Frame<'_>, cell: &Cell, arm: &ArmResult, middle: f64) -> (Points, Points) {
    let (mut quiet, mut busy) = (Vec::new(), Vec::new());
    for (number, round) in cell.rounds.iter().enumerate() {
        let Some(sample) = round.sample(&arm.arm) else {
            continue;
        };
        // Seven heights, each of which comes once in seven rounds, and never two alike in a row.
        let height = middle + (count(number * 3 % 7) - 3.0) * 2.0;
        let at = (frame.across(float(sample.wall_ns)), height);
        if is_busy(round) {
            busy.push(at);
        } else {
            quiet.push(at);
        }
    }
    (quiet, busy)
}

fn grid(cell: &Cell) -> Grid {
    let mut grid = Grid::new([
        "arm",
        "runs",
        "least",
        "median",
        "95 % interval",
        "spread (MAD)",
        "p95",
        "most",
        "far-off rounds",
    ]);
    for arm in &cell.arms {
        let wall = &arm.wall;
        let far: Vec<String> = arm.outliers.iter().map(ToString::to_string).collect();
        grid.row([
            clean(&arm.arm),
            wall.n.to_string(),
            time_of(wall.min_ns),
            time_of(wall.median_ns),
            interval(wall),
            time_of(wall.mad_ns),
            time_of(wall.p95_ns),
            time_of(wall.max_ns),
            far.join(", "),
        ]);
    }
    grid.without_empty_columns()
}
