//! Memory: what a run really takes, and what adding up its processes would say.

use maud::{Markup, html};

use super::curves::{Curve, plot};
use super::figure::Figure;
use super::palette::{class_of, series};
use super::place::shown;
use super::scaling::by_point;
use crate::render::clean::{clean, cut};
use crate::render::grid::{Grid, or_nothing};
use crate::render::plot::{Frame, Scale, Upwards, bars, canvas, percent};
use crate::render::quantity::{count, float, point, size};
use crate::report::{ArmResult, Axis, Cell, Interval, Measured, Unit};

const ROW: f64 = 44.0;
const HEIGHT: f64 = 240.0;
const NAME: usize = 34;

const CAPTION: &str = "The most memory that a run took, all its processes together. Pages that processes share are \
                       counted once (PSS). The thin grey bar is the sum of what each process seems to take (RSS): it \
                       counts shared pages once for each process, which is why processes seem to take more than they do.";

/// The figure of a comparison whose memory was sampled.
pub(super) fn figure(measured: &Measured, id: &str) -> Markup {
    match (&measured.axis, shown(measured)) {
        (Some(axis), Some(_)) => along(measured, axis, id),
        (None, Some(cell)) => single(measured, cell, id),
        _ => html! {},
    }
}

fn single(measured: &Measured, cell: &Cell, id: &str) -> Markup {
    let arms: Vec<&ArmResult> = cell
        .arms
        .iter()
        .filter(|arm| arm.peak_pss.is_some())
        .collect();
    let sizes = arms
        .iter()
        .flat_map(|arm| [arm.peak_pss, arm.peak_rss])
        .flatten()
        .map(float);
    let Some(x) = Scale::from_zero(sizes) else {
        return html! {};
    };
    let frame = Frame {
        title: "The most memory that a run of each arm took",
        height: count(arms.len()) * ROW + 4.0,
        x,
        x_unit: Unit::Bytes,
        x_name: "memory of all processes of a run",
        y: None,
    };
    let all = series(measured);
    let class = |name: &str| class_of(&all, name);
    let shapes = html! {
        @for (row, arm) in arms.iter().enumerate() {
            @let y = count(row) * ROW + 29.0;
            @if let Some(rss) = arm.peak_rss { path.over-count d=(bars([(0.0, frame.across(float(rss)), y + 8.5)])) {} }
            @if let Some(pss) = arm.peak_pss {
                path class={ "bar " (class(&arm.arm)) } d=(bars([(0.0, frame.across(float(pss)), y)])) {}
            }
        }
    };
    let content = html! {
        (canvas(frame.height, &shapes))
        @for (row, arm) in arms.iter().enumerate() {
            @let y = count(row) * ROW + 17.0;
            text.name x=(percent(0.0)) y=(y) { (cut(&arm.arm, NAME)) }
            text.figure x="100%" y=(y) { (or_nothing(arm.peak_pss.map(|pss| size(float(pss))))) }
        }
    };
    let mut grid = Grid::new(["arm", "shared pages once (PSS)", "added up (RSS)"]);
    for arm in &arms {
        grid.row([clean(&arm.arm), bytes(arm.peak_pss), bytes(arm.peak_rss)]);
    }
    Figure {
        id: format!("{id}-memory"),
        title: "Memory",
        caption: html! { (CAPTION) },
        plot: html! { div.frame { (frame.draw(&content)) } },
        grid,
    }
    .draw()
}

fn along(measured: &Measured, axis: &Axis, id: &str) -> Markup {
    let all = series(measured);
    let of = |name: &str, bytes: fn(&ArmResult) -> Option<u64>| -> Vec<(f64, f64)> {
        let cells = measured.cells.iter();
        cells
            .filter_map(|cell| Some((cell.point?, float(bytes(cell.arm(name)?)?))))
            .collect()
    };
    let curves: Vec<Curve<'_>> = all
        .iter()
        .map(|one| Curve {
            series: one,
            points: of(one.name, |arm| arm.peak_pss)
                .into_iter()
                .map(|(at, pss)| (at, Interval::exact(pss)))
                .collect(),
            samples: Vec::new(),
        })
        .collect();
    let added: Vec<Vec<(f64, f64)>> = all
        .iter()
        .map(|one| of(one.name, |arm| arm.peak_rss))
        .collect();
    let y = upwards(&curves, &added);
    let xs = measured.cells.iter().filter_map(|cell| cell.point);
    let Some((x, y)) = Scale::over(xs, axis.logarithmic).zip(y) else {
        return html! {};
    };
    let frame = Frame {
        title: "Memory along the axis",
        height: HEIGHT,
        x,
        x_unit: axis.unit,
        x_name: &cut(&axis.name, NAME),
        y: Some(Upwards {
            scale: y,
            word: |bytes| point(Unit::Bytes, bytes),
            unit: Unit::Bytes,
        }),
    };
    let beneath = html! {
        @for points in added.iter().filter(|points| !points.is_empty()) {
            path.added d=(crate::render::plot::line(points.iter().map(|(at, rss)| (frame.across(*at), frame.down(*rss))))) {}
        }
    };
    Figure {
        id: format!("{id}-memory"),
        title: &format!("Memory, along {}", clean(&axis.name)),
        caption: html! { (CAPTION.replace("bar is", "lines are")) },
        plot: plot(&frame, &beneath, &curves),
        grid: by_point(measured, |arm| {
            Some(format!(
                "{} (RSS {})",
                bytes(arm.peak_pss),
                bytes(arm.peak_rss)
            ))
        }),
    }
    .draw()
}

/// The axis of all sizes, logarithmic when they are far apart.
fn upwards(curves: &[Curve<'_>], added: &[Vec<(f64, f64)>]) -> Option<Scale> {
    let known = curves.iter().flat_map(|curve| &curve.points);
    let known = known.map(|(_, pss)| pss.mid);
    let added = added.iter().flatten().map(|(_, rss)| *rss);
    let sizes: Vec<f64> = known.chain(added).collect();
    let least = sizes.iter().copied().fold(f64::INFINITY, f64::min);
    let most = sizes.iter().copied().fold(0.0, f64::max);
    match most > least * 8.0 {
        true => Scale::over(sizes, true),
        false => Scale::from_zero(sizes),
    }
}

fn bytes(bytes: Option<u64>) -> String {
    or_nothing(bytes.map(|bytes| size(float(bytes))))
}
