//! A growth run as tables, sentences and pictures.

use super::cliff::{Cliff, STEEP, cliffs};
use super::plot::Plot;
use super::record::{GrowthLane, GrowthReport, MeasuredSeries};
use super::series::Series;
use crate::bench::markdown::table as markdown_table;
use crate::bench::terminal::{BUSY, QUICK, machine};
use crate::bench::unit::{Unit, digits, exact};
use crate::columns::columns;

/// Renders a growth run for a terminal.
pub fn growth_terminal(report: &GrowthReport, series: &[Series]) -> String {
    let mut text = format!("{}\n", machine(&report.environment, report.seed));
    for warning in warnings(report) {
        text.push_str(&format!("! {warning}\n"));
    }
    for (series, measured) in measured(report, series) {
        text.push_str(&format!("\n{} · {}\n", series.name, series.title));
        text.push_str(&columns(&table(series, measured)));
        for sentence in sentences(series, measured) {
            text.push_str(&format!(" → {sentence}\n"));
        }
    }
    text
}

/// Renders a growth run as Markdown, with its pictures beside it: `stem` begins their names.
pub fn growth_page(report: &GrowthReport, series: &[Series], stem: &str) -> String {
    let mut text = format!(
        "Measured {} on {}.\n",
        report.started,
        machine(&report.environment, report.seed)
    );
    for warning in warnings(report) {
        text.push_str(&format!("\n**{warning}**\n"));
    }
    for (series, measured) in measured(report, series) {
        text.push_str(&format!("\n### {}\n\n", capital(series.title)));
        for (name, picture) in pictures(series, measured) {
            text.push_str(&format!("![{}]({stem}{name}.svg)\n", picture.title));
        }
        text.push_str(&format!("\n{}\n", markdown_table(&table(series, measured))));
        for sentence in sentences(series, measured) {
            text.push_str(&format!("- {sentence}\n"));
        }
    }
    text
}

/// The pictures of a growth run: the end of each file's name, and what is in it.
pub fn growth_plots(report: &GrowthReport, series: &[Series]) -> Vec<(String, String)> {
    let pictures =
        measured(report, series).flat_map(|(series, measured)| pictures(series, measured));
    pictures
        .filter_map(|(name, picture)| Some((format!("{name}.svg"), picture.svg()?)))
        .collect()
}

fn warnings(report: &GrowthReport) -> impl Iterator<Item = &'static str> {
    let quick = report.quick.then_some(QUICK);
    quick
        .into_iter()
        .chain(report.environment.was_busy().then_some(BUSY))
}

fn measured<'a>(
    report: &'a GrowthReport,
    series: &'a [Series],
) -> impl Iterator<Item = (&'a Series, &'a MeasuredSeries)> {
    report.series.iter().filter_map(move |measured| {
        let series = series.iter().find(|series| series.name == measured.name)?;
        Some((series, measured))
    })
}

/// A line for each point, and for each arm a cell of each metric.
fn table(series: &Series, measured: &MeasuredSeries) -> Vec<Vec<String>> {
    let mut head = vec![series.name.to_owned(), "arm".to_owned()];
    head.extend(
        series
            .metrics
            .iter()
            .map(|(_, title, _)| (*title).to_owned()),
    );
    head.extend(series.smooth.map(|_| "of a byte".to_owned()));
    let mut lines = vec![head];
    for (place, at) in series.points.iter().enumerate() {
        for lane in &measured.lanes {
            let Some(point) = lane
                .points
                .get(place)
                .filter(|point| !point.rounds.is_empty())
            else {
                continue;
            };
            let cell = |metric: &str, unit: Unit| {
                point
                    .median(metric)
                    .map_or_else(|| "–".to_owned(), |value| unit.show(value))
            };
            let mut line = vec![series.axis.show(exact(*at)), lane.arm.clone()];
            line.extend(
                series
                    .metrics
                    .iter()
                    .map(|(name, _, unit)| cell(name, *unit)),
            );
            line.extend(series.smooth.map(|name| match point.median(name) {
                Some(cost) if *at > 0 => Unit::Time.show(cost / exact(*at)),
                _ => "–".to_owned(),
            }));
            lines.push(line);
        }
    }
    lines
}

/// What is said of each arm: where it fails, and where its cost jumps.
fn sentences(series: &Series, measured: &MeasuredSeries) -> Vec<String> {
    let mut sentences = Vec::new();
    for lane in &measured.lanes {
        if let Some(why) = &lane.absent {
            sentences.push(format!("{}: {why}", lane.arm));
        }
        if let Some(metric) = series.smooth {
            sentences.push(smoothness(series, lane, metric));
        }
    }
    sentences
}

fn smoothness(series: &Series, lane: &GrowthLane, metric: &str) -> String {
    let found = cliffs(&lane.curve(metric));
    if found.is_empty() {
        return format!(
            "{}: no cliff: the cost of a byte grows at most {STEEP} × from one size to the next",
            lane.arm
        );
    }
    let place = |at: u64| series.axis.show(exact(at));
    let cliff = |cliff: &Cliff| {
        format!(
            "{} × between {} and {}",
            digits(cliff.times),
            place(cliff.from),
            place(cliff.to)
        )
    };
    let found: Vec<String> = found.iter().map(cliff).collect();
    format!(
        "{}: CLIFF: the cost of a byte jumps {}",
        lane.arm,
        found.join(", ")
    )
}

/// A picture of each metric that is not a tail of another.
fn pictures<'a>(series: &'a Series, measured: &'a MeasuredSeries) -> Vec<(String, Plot<'a>)> {
    let shown = series.metrics.iter().filter(|(name, ..)| *name != "p99");
    shown
        .map(|(name, title, unit)| {
            let curves = measured
                .lanes
                .iter()
                .map(|lane| (lane.arm.as_str(), lane.curve(name)));
            let plot = Plot {
                title: format!("{}: {title}", series.name),
                x: series.axis,
                y: *unit,
                curves: curves.collect(),
            };
            (format!("{}-{name}", series.name), plot)
        })
        .collect()
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::super::series::GrowthChoice;
    use super::*;
    use crate::environment::Environment;

    fn report(costs: &[f64]) -> (GrowthReport, Vec<Series>) {
        let only = vec!["payload".to_owned()];
        let series = GrowthChoice { only, quick: false }.series().unwrap();
        let mut lane = GrowthLane::new("pool-pipe", &series[0]);
        for (point, cost) in lane.points.iter_mut().zip(costs) {
            point.rounds.push([("p50".to_owned(), *cost)].into());
        }
        let environment = Environment {
            load: "0.00".to_owned(),
            ..Environment::probe()
        };
        let mut report = GrowthReport::new(environment, "now".to_owned(), Vec::new());
        report.series.push(MeasuredSeries {
            name: series[0].name.to_owned(),
            title: series[0].title.to_owned(),
            lanes: vec![lane],
        });
        (report, series)
    }

    #[test]
    fn a_cliff_is_named_with_its_edges() {
        let (report, series) = report(&[1e3, 1e3, 1e3, 40e3, 50e3]);
        let text = growth_terminal(&report, &series);
        let sentence =
            "pool-pipe: CLIFF: the cost of a byte jumps 10.0 × between 256 B and 1.00 KiB";
        assert!(text.contains(sentence), "{text}");
    }

    #[test]
    fn without_a_cliff_that_is_said() {
        let (report, series) = report(&[1e3, 1e3, 1e3, 1e3]);
        let text = growth_terminal(&report, &series);
        assert!(text.contains("pool-pipe: no cliff"), "{text}");
        assert!(text.contains(" 64.0 B"), "{text}");
    }

    #[test]
    fn the_page_shows_the_pictures_that_are_drawn() {
        let (report, series) = report(&[1e3, 2e3]);
        let page = growth_page(&report, &series, "growth-");
        let plots = growth_plots(&report, &series);
        let (name, _) = &plots[0];
        assert!(page.contains(&format!("](growth-{name})")), "{page}");
        assert!(page.contains("### Larger payloads"), "{page}");
    }
}
