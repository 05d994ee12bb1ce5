//! The rows that have goals.

use std::time::SystemTime;

use anypool_compare::Environment;
use anypool_compare::bench::{
    self, BenchReport, Choice, Measuring, Section, measure, page, terminal,
};

use super::failure::Failure;
use super::{Arguments, arms, files, progress};
use crate::console::{note, print};

/// Measures them.
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
    if let Some(file) = &arguments.markdown {
        files::read_page(file)?;
    }
    let measured = measure(
        &mut Measuring {
            rows: &rows,
            stage: &mut stage,
            say: &mut progress::tell,
            save: &mut |report| files::save(&json, report),
        },
        &mut report,
    );
    progress::end();
    print(&terminal(&report, &rows))?;
    note(&format!("all numbers: {}", json.display()));
    measured?;
    match &arguments.markdown {
        Some(file) => files::write_section(file, Section::Figures, &page(&report, &rows)),
        None => Ok(()),
    }
}
