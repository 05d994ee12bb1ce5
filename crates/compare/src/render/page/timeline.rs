//! What each worker did when: one run of each arm, its workers as lanes.

use maud::{Markup, html};

use super::figure::Figure;
use super::palette::{class_of, series};
use super::place::{at, shown};
use crate::render::clean::{clean, cut};
use crate::render::grid::Grid;
use crate::render::plot::{Frame, Scale, bars, canvas, percent};
use crate::render::quantity::{count, float, share, time_of};
use crate::report::{Lane, Measured, Timeline, Unit};

const LANE: f64 = 13.0;
const NAME: usize = 34;
/// Room for an arm's name above its lanes, and for nothing below them.
const ABOVE: f64 = 24.0;
const BELOW: f64 = 8.0;

/// More lanes than this are counted and not drawn.
const LANES: usize = 16;

/// What is thinner than this share of the width is drawn together with its neighbour.
const THINNEST: f64 = 0.002;

/// A run that takes this many times as long as the shortest one is cut off at the edge, so that the others are seen.
const FAR: u64 = 6;

/// The figure of a comparison whose arms tell what their workers did.
pub(super) fn figure(measured: &Measured, id: &str) -> Markup {
    let Some(cell) = shown(measured) else {
        return html! {};
    };
    let told: Vec<&Timeline> = cell.timelines.iter().filter(|told| end(told) > 0).collect();
    let Some(shortest) = told.iter().map(|told| end(told)).min() else {
        return html! {};
    };
    let shown_ends = told
        .iter()
        .map(|told| end(told))
        .filter(|end| *end <= shortest.saturating_mul(FAR));
    let Some(x) = Scale::from_zero(shown_ends.map(float)) else {
        return html! {};
    };
    let frame = Frame {
        title: "What each worker did when",
        height: told.iter().map(|told| height(told)).sum(),
        x,
        x_unit: Unit::Nanoseconds,
        x_name: "time since the start of the run",
        y: None,
    };
    Figure {
        id: format!("{id}-timeline"),
        title: "What each worker did when",
        caption: html! {
            "One run of each arm, beside those whose times are kept: to tell takes time. One lane a worker, one block a task; gaps \
             are waiting."
            (at(measured, cell))
        },
        plot: html! { div.frame { (frame.draw(&content(&frame, measured, &told))) } },
        grid: grid(&told),
    }
    .draw()
}

fn content(frame: &Frame<'_>, measured: &Measured, told: &[&Timeline]) -> Markup {
    let all = series(measured);
    let class = |name: &str| class_of(&all, name);
    let mut top = 0.0;
    let mut placed = Vec::new();
    for one in told {
        placed.push((*one, top));
        top += height(one);
    }
    html! {
        (canvas(frame.height, &html! {
            @for (one, top) in &placed {
                @for (number, lane) in one.lanes.iter().take(LANES).enumerate() {
                    @let y = top + ABOVE + (count(number) + 0.5) * LANE;
                    @let [even, odd] = blocks(frame, lane, y);
                    path class={ "task " (class(&one.arm)) } d=(even) {}
                    path class={ "task other " (class(&one.arm)) } d=(odd) {}
                }
            }
        }))
        @for (one, top) in &placed {
            text.name x=(percent(0.0)) y=(top + 17.0) { (cut(&one.arm, NAME)) }
            text.figure x="100%" y=(top + 17.0) {
                @if one.lanes.len() > LANES { (one.lanes.len()) " workers, " (LANES) " shown · " }
                @if frame.x.holds(float(end(one))) { (time_of(end(one))) } @else { "goes on to " (time_of(end(one))) " →" }
            }
        }
    }
}

/// The blocks of a lane in two paths that alternate, so that neighbours are told apart.
fn blocks(frame: &Frame<'_>, lane: &Lane, y: f64) -> [String; 2] {
    let mut spans: Vec<(f64, f64)> = Vec::new();
    for span in &lane.spans {
        let (from, to) = (
            frame.across(float(span.start_ns)),
            frame.across(float(span.end_ns)),
        );
        match spans.last_mut() {
            Some((start, end)) if to - *start < THINNEST || (from >= 1.0 && *end >= 1.0) => {
                *end = to.max(*end);
            }
            _ => spans.push((from, to)),
        }
    }
    let half = |odd: usize| {
        let chosen = spans
            .iter()
            .enumerate()
            .filter(move |(number, _)| number % 2 == odd);
        bars(chosen.map(|(_, (from, to))| (*from, *to, y)))
    };
    [half(0), half(1)]
}

fn height(told: &Timeline) -> f64 {
    ABOVE + count(told.lanes.len().min(LANES)) * LANE + BELOW
}

fn end(told: &Timeline) -> u64 {
    told.lanes
        .iter()
        .flat_map(|lane| &lane.spans)
        .map(|span| span.end_ns)
        .max()
        .unwrap_or(0)
}

fn grid(told: &[&Timeline]) -> Grid {
    let mut grid = Grid::new(["arm and worker", "tasks", "first start", "last end", "busy"]);
    for one in told {
        for lane in one.lanes.iter().take(LANES) {
            let busy: u64 = lane
                .spans
                .iter()
                .map(|span| span.end_ns.saturating_sub(span.start_ns))
                .sum();
            let first = lane
                .spans
                .iter()
                .map(|span| span.start_ns)
                .min()
                .unwrap_or(0);
            let last = lane.spans.iter().map(|span| span.end_ns).max().unwrap_or(0);
            grid.row([
                format!("{}, {}", clean(&one.arm), clean(&lane.worker)),
                lane.spans.len().to_string(),
                time_of(first),
                time_of(last),
                share(float(busy) / float(end(one).max(1))),
            ]);
        }
    }
    grid
}
