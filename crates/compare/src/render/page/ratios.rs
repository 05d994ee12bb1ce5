//! Each arm beside the baseline: a dot for the ratio, a line for where it lies, and the band of no difference.

use maud::{Markup, html};

use super::figure::Figure;
use super::palette::{class_of, series};
use super::place::{at, shown};
use crate::render::clean::{clean, cut};
use crate::render::grid::Grid;
use crate::render::plot::{Frame, Scale, band, bars, canvas, dots, line, percent};
use crate::render::quantity::{count, ratio, share};
use crate::render::wording::{beside, speaks};
use crate::report::{ArmResult, Cell, Interval, Measured, Report, Unit};

/// How high an arm's row is: its name, and its interval below.
const ROW: f64 = 46.0;

/// How many letters of a name a plot shows.
const NAME: usize = 34;

/// The figure of a comparison with one cell and something beside its baseline.
pub(super) fn figure(report: &Report, measured: &Measured, id: &str) -> Markup {
    let cell = shown(measured).filter(|_| measured.axis.is_none());
    let Some(cell) = cell else {
        return html! {};
    };
    let arms: Vec<(&ArmResult, Interval)> = cell
        .arms
        .iter()
        .filter_map(|arm| Some((arm, arm.ratio?)))
        .collect();
    let margin = cell
        .noise
        .floor
        .unwrap_or(0.0)
        .max(report.settings.min_effect);
    let ends = arms.iter().flat_map(|(_, ratio)| [ratio.low, ratio.high]);
    let Some(x) = Scale::over(
        ends.chain([1.0 / (1.0 + margin) / 1.05, (1.0 + margin) * 1.05]),
        true,
    ) else {
        return html! {};
    };
    if arms.is_empty() {
        return html! {};
    }
    let baseline = clean(&measured.baseline);
    let frame = Frame {
        title: &format!("Time of each arm divided by the time of {baseline}"),
        height: count(arms.len()) * ROW + 8.0,
        x,
        x_unit: Unit::Count,
        x_name: &format!("time ÷ time of {}", cut(&measured.baseline, NAME)),
        y: None,
    };
    let plot = html! {
        p.sides aria-hidden="true" { span { "← faster than " bdi { (cut(&measured.baseline, NAME)) } } span { "slower →" } }
        div.frame { (frame.draw(&rows(&frame, measured, &arms, (cell, margin)))) }
    };
    Figure {
        id: format!("{id}-ratios"),
        title: &format!("How each arm compares with {}", cut(&measured.baseline, NAME)),
        caption: html! {
            "Each dot is how many times as long an arm took; its line is where that lies with "
            (share(report.settings.confidence)) " confidence. Within the grey band (" (share(margin))
            " to either side) it makes no difference." (at(measured, cell))
        },
        plot,
        grid: grid(&baseline, cell),
    }
    .draw()
}

fn rows(
    frame: &Frame<'_>,
    measured: &Measured,
    arms: &[(&ArmResult, Interval)],
    (cell, margin): (&Cell, f64),
) -> Markup {
    let all = series(measured);
    let class = |name: &str| class_of(&all, name);
    let (from, to) = (frame.across(1.0 - margin), frame.across(1.0 + margin));
    let one = frame.across(1.0);
    let shapes = html! {
        path.same d=(band(&[(from, 0.0, frame.height), (to, 0.0, frame.height)])) {}
        path.one d=(line([(one, 0.0), (one, frame.height)])) {}
        @for (row, (arm, ratio)) in arms.iter().enumerate() {
            @let y = count(row) * ROW + 34.0;
            path class={ "interval " (class(&arm.arm)) }
                d=(bars([(frame.across(ratio.low), frame.across(ratio.high), y)])) {}
            path class={ "dot big " (class(&arm.arm)) } d=(dots([(frame.across(ratio.mid), y)])) {}
        }
    };
    html! {
        (canvas(frame.height, &shapes))
        @for (row, (arm, _)) in arms.iter().enumerate() {
            @let y = count(row) * ROW + 18.0;
            text.name x=(percent(0.0)) y=(y) { (cut(&arm.arm, NAME)) }
            text.figure x="100%" y=(y) { (beside(arm, speaks(cell))) }
        }
    }
}

fn grid(baseline: &str, cell: &Cell) -> Grid {
    let mut grid = Grid::new(["arm", "ratio", "low", "high", "in words"]);
    for arm in &cell.arms {
        if let Some(interval) = &arm.ratio {
            let numbers = [interval.mid, interval.low, interval.high].map(ratio);
            let name = std::iter::once(clean(&arm.arm));
            grid.row(name.chain(numbers).chain([beside(arm, speaks(cell))]));
        }
    }
    if let Some(head) = grid.heads.get_mut(1) {
        *head = format!("time ÷ {baseline}");
    }
    grid
}
