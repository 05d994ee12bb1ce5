//! The report as a person reads it in a terminal: what was done, a table for each comparison, and its verdict.

mod bar;
mod wrapped;
mod card;
mod head;

pub(crate) use wrapped::paragraph;

use crate::columns::columns;
use crate::report::{Measured, Report};

use super::classes::{CAPTION, classes};
use super::clean::{clean, cut};
use super::grid::Grid;
use super::results::{claims, isolation, results};
use super::wording::{gate, noise, outcome, round_count, warnings};

/// How many letters of a name are shown.
const NAME: usize = 40;

/// Renders a whole report: the machine, then tables and a card for each comparison.
pub fn terminal(report: &Report) -> String {
    let mut text = head::head(report);
    for warning in warnings(report) {
        text.push_str(&format!("! {warning}\n"));
    }
    for measured in &report.comparisons {
        text.push('\n');
        text.push_str(&comparison(measured));
    }
    if let Some(grid) = classes(report) {
        text.push_str(&format!("\n{CAPTION}\n{}", table(&grid)));
    }
    if !report.gates.is_empty() {
        text.push_str("\ngates\n");
    }
    for result in &report.gates {
        let label = format!("  {}  ", outcome(result.outcome));
        text.push_str(&paragraph(&label, &clean(&gate(result))));
    }
    text
}

fn comparison(measured: &Measured) -> String {
    let mut text = paragraph(
        "",
        &format!(
            "{} · {} · {}",
            cut(&measured.name, NAME),
            clean(&measured.workload),
            round_count(measured)
        ),
    );
    if let [cell] = measured.cells.as_slice() {
        let noise = noise(&cell.noise);
        if !noise.is_empty() {
            text.push_str(&paragraph("noise  ", &noise.join(" · ")));
        }
    }
    if let Some(grid) = results(measured) {
        text.push_str(&table(&bar::with_bars(grid, measured)));
    }
    if !measured.claims.is_empty() {
        text.push_str(&table(&claims(&measured.claims)));
    }
    if let Some(faults) = &measured.isolation {
        text.push_str(&table(&isolation(measured, faults)));
    }
    for crossover in &measured.crossovers {
        text.push_str(&paragraph("· ", &clean(&crossover.text)));
    }
    for note in &measured.notes {
        text.push_str(&paragraph("· ", &clean(note)));
    }
    text.push_str(&card::card(measured));
    text
}

fn table(grid: &Grid) -> String {
    let short = |cells: &Vec<String>| cells.iter().map(|cell| cut(cell, 2 * NAME)).collect();
    let rows: Vec<Vec<String>> = std::iter::once(&grid.heads)
        .chain(&grid.rows)
        .map(short)
        .collect();
    format!("\n{}\n", columns(&rows))
}

#[cfg(test)]
mod tests;
