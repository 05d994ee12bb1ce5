//! One comparison: its verdict first, then its figures, then its plots.

use maud::{Markup, html};

use super::table::blocks;
use super::{
    claims, crossover, drift, isolation, memory, noise, processor, ratios, scaling, strip, sweep,
    timeline, verdict,
};
use crate::render::clean::clean;
use crate::render::results::results;
use crate::render::wording::round_count;
use crate::report::{Measured, Report};

/// The part of the page that a comparison has; `number` makes its names on the page its own.
pub(super) fn section(report: &Report, measured: &Measured, number: usize) -> Markup {
    let id = format!("c{number}");
    html! {
        section id=(id) aria-labelledby={ (id) "-title" } {
            p.over { bdi { (clean(&measured.name)) } }
            h2 id={ (id) "-title" } { bdi { (clean(&measured.question)) } }
            p.meta { bdi { (clean(&measured.workload)) } " · " (round_count(measured)) }
            (verdict::verdict(report, measured))
            (noise::badge(measured))
            (claims::claims(measured))
            @if let Some(grid) = results(measured) {
                h3 { "Results" }
                (blocks("What each arm took", &grid))
            }
            (ratios::figure(report, measured, &id))
            (strip::figure(measured, &id))
            (scaling::figure(report, measured, &id))
            (crossover::figure(measured, &id))
            (sweep::figure(measured, &id))
            (memory::figure(measured, &id))
            (processor::figure(measured, &id))
            (timeline::figure(measured, &id))
            (drift::figure(measured, &id))
            (isolation::isolation(measured))
            @if !measured.notes.is_empty() {
                ul.notes { @for note in &measured.notes { li { bdi { (clean(note)) } } } }
            }
        }
    }
}
