//! What becomes of speed and memory with more of everything.

use std::path::Path;
use std::time::SystemTime;

use anypool_compare::Environment;
use anypool_compare::bench::Section;
use anypool_compare::bench::growth::{
    GrowthChoice, GrowthMeasuring, GrowthReport, Series, growth_page, growth_plots,
    growth_terminal, measure_growth,
};

use super::failure::Failure;
use super::{Arguments, arms, files, progress};
use crate::console::{note, print};

/// What the names of the pictures begin with; they lie beside the page.
const PICTURES: &str = "growth-";

/// Measures all series.
///
/// # Errors
///
/// See [`Failure`].
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let choice = GrowthChoice {
        only: arguments.only.clone(),
        quick: arguments.quick,
    };
    let series = choice.series()?;
    if arguments.list {
        let lines = series
            .iter()
            .map(|series| format!("{}: {}\n", series.name, series.title));
        return Ok(print(&lines.collect::<String>())?);
    }
    #[expect(clippy::disallowed_methods, reason = "people are told the date")]
    let now = SystemTime::now();
    let started = humantime::format_rfc3339_seconds(now).to_string();
    let (mut stage, transports) = arms::prepare()?;
    let mut report = GrowthReport {
        quick: arguments.quick,
        seed: arguments.seed(),
        ..GrowthReport::new(Environment::probe(), started.clone(), transports)
    };
    let json = files::numbers(arguments, ("growth", &started), &report)?;
    if let Some(file) = &arguments.markdown {
        files::read_page(file)?;
    }
    let measured = measure_growth(
        &mut GrowthMeasuring {
            series: &series,
            stage: &mut stage,
            say: &mut progress::tell,
            save: &mut |report| files::save(&json, report),
        },
        &mut report,
    );
    progress::end();
    print(&growth_terminal(&report, &series))?;
    note(&format!("all numbers: {}", json.display()));
    measured?;
    match &arguments.markdown {
        Some(file) => write_page(file, &report, &series),
        None => Ok(()),
    }
}

/// Writes the pictures beside the page, and then the page.
fn write_page(file: &Path, report: &GrowthReport, series: &[Series]) -> Result<(), Failure> {
    for (name, picture) in growth_plots(report, series) {
        let picture_file = file.with_file_name(format!("{PICTURES}{name}"));
        std::fs::write(&picture_file, picture)
            .map_err(|error| Failure::of_file(&picture_file, error))?;
    }
    let page = growth_page(report, series, PICTURES);
    files::write_section(file, Section::Growth, &page)
}
