//! Lines along an axis, each with the band in which it lies, its samples, and its name at its end.

use maud::{Markup, html};

use super::palette::{Series, legend};
use crate::render::clean::cut;
use crate::render::plot::{Frame, apart, band, canvas, dots, line};
use crate::report::Interval;

/// One arm along an axis.
pub(super) struct Curve<'a> {
    /// How it is drawn.
    pub(super) series: &'a Series<'a>,
    /// Its points: where on the axis, and where the value lies.
    pub(super) points: Vec<(f64, Interval)>,
    /// The single samples behind them.
    pub(super) samples: Vec<(f64, f64)>,
}

/// How far apart names are, in pixels.
const LINE: f64 = 15.0;

/// How many letters of a name fit beside a plot.
const NAME: usize = 16;

/// The plot of some curves in their frame, `below` them what else it shows, with what tells them apart.
pub(super) fn plot(frame: &Frame<'_>, below: &Markup, curves: &[Curve<'_>]) -> Markup {
    let drawn: Vec<&Curve<'_>> = curves
        .iter()
        .filter(|curve| !curve.points.is_empty())
        .collect();
    let all: Vec<&Series<'_>> = drawn.iter().map(|curve| curve.series).collect();
    let content = html! {
        (canvas(frame.height, &html! {
            (below)
            @for curve in &drawn { (shapes(frame, curve)) }
        }))
        (names(frame, &drawn))
    };
    html! {
        (legend(&all))
        div.frame.upwards.ends { (frame.draw(&content)) }
    }
}

fn shapes(frame: &Frame<'_>, curve: &Curve<'_>) -> Markup {
    let class = &curve.series.class;
    let at = |x: f64, y: f64| (frame.across(x), frame.down(y));
    let ribbon: Vec<(f64, f64, f64)> = curve
        .points
        .iter()
        .map(|(x, value)| {
            (
                frame.across(*x),
                frame.down(value.high),
                frame.down(value.low),
            )
        })
        .collect();
    let middle: Vec<(f64, f64)> = curve
        .points
        .iter()
        .map(|(x, value)| at(*x, value.mid))
        .collect();
    html! {
        path class={ "ribbon " (class) } d=(band(&ribbon)) {}
        @if !curve.samples.is_empty() {
            path class={ "dot small faint " (class) } d=(dots(curve.samples.iter().map(|(x, y)| at(*x, *y)))) {}
        }
        path class={ "line " (class) } d=(line(middle.iter().copied())) {}
        path class={ "dot " (class) } d=(dots(middle)) {}
    }
}

/// Names at the ends of their lines, moved apart where lines end together.
fn names(frame: &Frame<'_>, curves: &[&Curve<'_>]) -> Markup {
    let ends: Vec<f64> = curves
        .iter()
        .map(|curve| {
            curve
                .points
                .last()
                .map_or(0.0, |(_, value)| frame.down(value.mid))
        })
        .collect();
    let places = apart(&ends, LINE, (4.0, frame.height - 4.0));
    html! {
        g.names aria-hidden="true" {
            @for (curve, place) in curves.iter().zip(places) {
                text x="100%" dx="10" y=(format!("{place:.1}")) dy="4" { (cut(curve.series.name, NAME)) }
            }
        }
    }
}
