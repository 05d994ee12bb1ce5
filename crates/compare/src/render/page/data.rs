//! The raw data in the page, so that the page alone is enough to check it.

use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};

use crate::report::{Cell, Report, Sample};

/// The part of the page with all raw samples, as JSON that no browser runs.
pub(super) fn data(report: &Report) -> Markup {
    // In JSON a `<` only occurs in strings; escaped there, nothing in it can end the element.
    let text = raw(report)
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e");
    html! {
        footer {
            p {
                "All raw samples are in this page, as JSON in the element " code { "raw-data" } ": times in nanoseconds, a \
                 row a round, in the order of the arms. The folder of this page has them as " code { "report.json" } " and "
                code { "samples.csv" } "."
            }
            p.soft { "Made by Anypool, whose pools are the same text for threads and processes." }
            script #raw-data type="application/json" { (PreEscaped(text)) }
        }
    }
}

/// The samples in columns, which takes a tenth of the report's own form.
fn raw(report: &Report) -> Value {
    let comparisons = report.comparisons.iter().map(|measured| {
        let names: Vec<&str> = measured.arms.iter().map(|arm| arm.name.as_str()).collect();
        let cells: Vec<Value> = measured
            .cells
            .iter()
            .map(|cell| columns(cell, &names))
            .collect();
        json!({ "comparison": measured.name, "arms": names, "cells": cells })
    });
    let comparisons: Vec<Value> = comparisons.collect();
    json!({
        "name": report.name,
        "started": report.started,
        "seed": report.settings.seed,
        "comparisons": comparisons,
    })
}

fn columns(cell: &Cell, names: &[&str]) -> Value {
    let column = |value: fn(&Sample) -> Option<u64>| -> Value {
        let row = |round: &crate::report::Round| -> Vec<Option<u64>> {
            names
                .iter()
                .map(|name| round.sample(name).and_then(value))
                .collect()
        };
        let rows: Vec<Vec<Option<u64>>> = cell.rounds.iter().map(row).collect();
        if rows.iter().flatten().all(Option::is_none) {
            Value::Null
        } else {
            json!(rows)
        }
    };
    let places = |round: &crate::report::Round| -> Vec<Option<usize>> {
        let place = |sample: &Sample| names.iter().position(|name| *name == sample.arm);
        round.samples.iter().map(place).collect()
    };
    let order: Vec<Vec<Option<usize>>> = cell.rounds.iter().map(places).collect();
    let disturbed = cell
        .rounds
        .iter()
        .filter(|round| !round.disturbed.is_empty());
    json!({
        "point": cell.point,
        "order": order,
        "disturbed": disturbed.map(|round| round.number).collect::<Vec<_>>(),
        "wall_ns": column(|sample| Some(sample.wall_ns)),
        "setup_ns": column(|sample| sample.setup_ns),
        "user_ns": column(|sample| sample.user_ns),
        "sys_ns": column(|sample| sample.sys_ns),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn every_time_is_there_and_nothing_ends_the_element() {
        let report = sample::hostile();
        let text = data(&report).into_string();
        let (_, from) = text.split_once("type=\"application/json\">").unwrap();
        let (json, _) = from.split_once("</script>").unwrap();
        let read: Value = serde_json::from_str(json).unwrap();
        assert_eq!(read["name"], report.name.as_str());
        let cell = &report.comparisons[1].cells[0];
        let name = read["comparisons"][1]["arms"][2].as_str().unwrap();
        let time = cell.rounds[5].sample(name).unwrap().wall_ns;
        assert_eq!(read["comparisons"][1]["cells"][0]["wall_ns"][5][2], time);
    }
}
