//! The runs in the order in which they were measured: whether the machine changed meanwhile.

use maud::{Markup, html};

use super::figure::Figure;
use super::palette::{class_of, series};
use super::place::{at, shown};
use crate::render::clean::{clean, cut};
use crate::render::grid::{Grid, or_nothing};
use crate::render::plot::{Frame, Scale, band, canvas, dots, line, percent};
use crate::render::quantity::{count, float, share, time_of};
use crate::render::wording::is_busy;
use crate::report::{ArmResult, Cell, Measured, Unit};

const ROW: f64 = 62.0;
const NAME: usize = 34;
/// Where an arm's middle line is in its row, and how far its dots may be from it.
const MIDDLE: f64 = 42.0;
const REACH: f64 = 17.0;

/// The figure of a comparison's rounds.
pub(super) fn figure(measured: &Measured, id: &str) -> Markup {
    let Some(cell) = shown(measured).filter(|cell| cell.rounds.len() > 1) else {
        return html! {};
    };
    let off = farthest(cell);
    let frame = Frame {
        title: "Runs in the order in which they were measured",
        height: count(cell.arms.len()) * ROW + 4.0,
        x: Scale::between(0.5, count(cell.rounds.len()) + 0.5, false),
        x_unit: Unit::Count,
        x_name: "round",
        y: None,
    };
    Figure {
        id: format!("{id}-drift"),
        title: "In the order of measuring",
        caption: html! {
            "One dot a round, above or below the arm's median line; the highest is " (share(off)) " off. Rounds in which \
             something else used the machine are shaded: they are kept. A slope would mean that the machine changed \
             meanwhile; since every round has all arms, their ratios would still be right." (at(measured, cell))
        },
        plot: html! { div.frame { (frame.draw(&content(&frame, measured, cell, off))) } },
        grid: grid(cell),
    }
    .draw()
}

/// How far the farthest run is off its arm's median, as a share.
fn farthest(cell: &Cell) -> f64 {
    let offs = cell.arms.iter().flat_map(|arm| offs(cell, arm));
    offs.map(|(_, off)| off.abs()).fold(0.01, f64::max)
}

/// Each round of an arm with how far it is off the arm's median.
fn offs(cell: &Cell, arm: &ArmResult) -> Vec<(usize, f64)> {
    let median = float(arm.wall.median_ns).max(1.0);
    let rounds = cell.rounds.iter().enumerate();
    rounds
        .filter_map(|(number, round)| {
            let sample = round.sample(&arm.arm)?;
            Some((number + 1, float(sample.wall_ns) / median - 1.0))
        })
        .collect()
}

fn content(frame: &Frame<'_>, measured: &Measured, cell: &Cell, farthest: f64) -> Markup {
    let all = series(measured);
    let class = |name: &str| class_of(&all, name);
    let shapes = html! {
        @for (number, _) in cell.rounds.iter().enumerate().filter(|(_, round)| is_busy(round)) {
            @let ends = [0.5, 1.5].map(|end| (frame.across(count(number) + end), 0.0, frame.height));
            path.busy-round d=(band(&ends)) {}
        }
        @for (row, arm) in cell.arms.iter().enumerate() {
            @let middle = count(row) * ROW + MIDDLE;
            @let points = offs(cell, arm).into_iter().map(|(number, off)| {
                (frame.across(count(number)), middle - off / farthest * REACH)
            });
            path.one d=(line([(0.0, middle), (1.0, middle)])) {}
            path class={ "dot " (class(&arm.arm)) } d=(dots(points)) {}
        }
    };
    html! {
        (canvas(frame.height, &shapes))
        @for (row, arm) in cell.arms.iter().enumerate() {
            text.name x=(percent(0.0)) y=(count(row) * ROW + 17.0) { (cut(&arm.arm, NAME)) }
        }
    }
}

fn grid(cell: &Cell) -> Grid {
    let names: Vec<String> = cell.arms.iter().map(|arm| clean(&arm.arm)).collect();
    let heads = std::iter::once("round")
        .chain(names.iter().map(String::as_str))
        .chain(["first", "disturbed by"]);
    let mut grid = Grid::new(heads);
    for round in &cell.rounds {
        let times = cell
            .arms
            .iter()
            .map(|arm| or_nothing(round.sample(&arm.arm).map(|sample| time_of(sample.wall_ns))));
        let first = round.samples.first().map(|sample| clean(&sample.arm));
        let number = match round.repeats {
            Some(other) => format!("{}, again for {other}", round.number),
            None => round.number.to_string(),
        };
        let ends = [or_nothing(first), clean(&round.disturbed.join("; "))];
        grid.row(std::iter::once(number).chain(times).chain(ends));
    }
    grid.without_empty_columns()
}
