//! The rows that have goals.

use std::time::SystemTime;

use anypool_compare::Environment;
use anypool_compare::bench::{
    self, Agreement, BenchError, BenchReport, Choice, Measuring, Row, Section, measure, page,
    terminal,
};

use super::failure::Failure;
use super::{Arguments, arms, files, progress};
use crate::console::{note, print};

/// Measures them, or takes what was measured before, and tells what came of it.
///
/// # Errors
///
/// See [`Failure`].
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let only = arguments.only.clone();
    let rows = Choice { only }.rows()?;
    if arguments.list {
        return Ok(print(&bench::list(&rows))?);
    }
    // What cannot be read must not be learnt after the measuring.
    let other = arguments.against.as_deref().map(files::read_report);
    let other: Option<BenchReport> = other.transpose()?;
    if let Some(file) = &arguments.markdown {
        files::read_page(file)?;
    }
    let (report, measured) = match &arguments.from {
        Some(file) => (files::read_report(file)?, Ok(())),
        None => measured(arguments, &rows)?,
    };
    print(&terminal(&report, &rows))?;
    if let Some(other) = &other {
        print(&format!("\n{}", Agreement::of(&report, other, &rows)))?;
    }
    measured?;
    match &arguments.markdown {
        Some(file) => files::write_section(file, Section::Figures, &page(&report, &rows)),
        None => Ok(()),
    }
}

/// What was measured, and why there is no more of it.
type Measured = (BenchReport, Result<(), BenchError>);

fn measured(arguments: &Arguments, rows: &[Row]) -> Result<Measured, Failure> {
    #[expect(clippy::disallowed_methods, reason = "people are told the date")]
    let now = SystemTime::now();
    let started = humantime::format_rfc3339_seconds(now).to_string();
    let (mut stage, transports) = arms::prepare()?;
    let mut report = BenchReport {
        quick: arguments.quick,
        seed: arguments.seed(),
        ..BenchReport::new(Environment::probe(), started.clone(), transports)
    };
    let json = files::numbers(arguments, ("bench", &started), &report)?;
    let measured = measure(
        &mut Measuring {
            rows,
            stage: &mut stage,
            say: &mut progress::tell,
            save: &mut |report| files::save(&json, report),
        },
        &mut report,
    );
    progress::end();
    note(&format!("all numbers: {}", json.display()));
    Ok((report, measured))
}
