//! `cargo xtask compare`: builds the runners, has them measured, and prints what came of it.
//!
//! What is measured, and what may be said of it, is decided in `anypool-compare`.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anypool_compare::{
    Arm, ChildRun, CompareError, Comparison, Environment, Exit, Options, Plan, Preset, Report,
    Runners, Step, Store, StoreError, UnknownName, render,
};
use clap::ValueEnum;

use crate::build::{self, BuildError};
use crate::signals;

/// The flags of `cargo xtask compare`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What to compare, `list` for what there is, or `report FILE` to draw a report.json again; all when left out
    names: Vec<String>,
    /// How long it may take: quick (25 s) or default (a minute), after the build
    #[arg(long, default_value = "default", value_parser = Preset::parse)]
    preset: Preset,
    /// Measured rounds of each workload, instead of the preset's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: Option<u32>,
    /// Seed of the order of the arms [default: another each time; the report says which]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The arm that the others are divided by: seq, threads or pool
    #[arg(long, value_name = "ARM", default_value = "threads", value_parser = Arm::parse)]
    baseline: Arm,
    /// Folder of report.json [default: compare/NAME-TIME in the target folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables and verdicts
    Table,
    /// The same for pull requests
    Md,
    /// The whole report
    Json,
    /// All samples, for spreadsheets
    Csv,
}

/// Why there is no comparison.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Name(#[from] UnknownName),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Compare(#[from] CompareError),
    #[error("signals cannot be caught: {0}")]
    Signals(#[source] io::Error),
    #[error("`{}` is no report that can be read: {source}", file.display())]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("the report cannot be printed: {0}")]
    Print(#[from] io::Error),
}

impl Failure {
    fn exit(&self) -> Exit {
        match self {
            Self::Name(_) | Self::Unreadable { .. } => Exit::Usage,
            Self::Build(_) | Self::Signals(_) => Exit::Internal,
            Self::Store(_) | Self::Print(_) => Exit::Output,
            Self::Compare(error) => error.exit(),
        }
    }
}

/// How long a run may take; the longest workload takes about a second.
const RUN_LIMIT: Duration = Duration::from_secs(30);

/// A seed that is easy to type again.
const SEEDS: u64 = 1_000_000;

/// Runs the comparison and gives its exit code.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match try_run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let code = failure.exit().code();
            eprintln!("error: {failure}   (exit {code})");
            ExitCode::from(code)
        }
    }
}

fn try_run(arguments: &Arguments) -> Result<(), Failure> {
    if let [verb, file] = &arguments.names[..]
        && verb == "report"
    {
        return draw_again(Path::new(file), arguments);
    }
    let listing = arguments.names == ["list"];
    let options = Options {
        names: if listing {
            Vec::new()
        } else {
            arguments.names.clone()
        },
        preset: arguments.preset,
        rounds: arguments.rounds,
        seed: arguments.seed.unwrap_or_else(|| fastrand::u64(..SEEDS)),
        baseline: arguments.baseline,
    };
    let environment = Environment::probe();
    let plan = Plan::new(&options, environment.cpus_allowed)?;
    if listing {
        return Ok(print(&anypool_compare::list(&plan))?);
    }
    let target = build::target_folder()?;
    let started = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let folder = arguments
        .out
        .clone()
        .unwrap_or_else(|| default_folder(&target, &plan.name, &started));
    let mut report = Report::new(&plan.name, plan.settings(), environment);
    report.started = started;
    // The report's file comes first: that it cannot be written must not be learnt after the measuring.
    let store = Store::open(&folder, &report)?;
    build::runners()?;
    let mut comparison = Comparison {
        plan: &plan,
        runners: &Runners {
            folder: target.join("release"),
        },
        run: &mut ChildRun {
            limit: RUN_LIMIT,
            stop: signals::listen().map_err(Failure::Signals)?,
        },
        store: &store,
        say: &mut tell,
    };
    let compared = anypool_compare::compare(&mut comparison, &mut report);
    if io::stderr().is_terminal() {
        eprint!("{CLEAR_LINE}");
    }
    if let Err(error) = compared {
        eprintln!("the samples until here: {}", store.file().display());
        return Err(error.into());
    }
    store.draw(&report)?;
    show(arguments.format, &report, &store)
}

/// Draws a report that was measured before.
fn draw_again(file: &Path, arguments: &Arguments) -> Result<(), Failure> {
    let unreadable = |source| Failure::Unreadable {
        file: file.to_owned(),
        source,
    };
    let text = std::fs::read(file).map_err(unreadable)?;
    let report: Report = serde_json::from_slice(&text).map_err(|error| unreadable(error.into()))?;
    let beside = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = arguments.out.as_deref().or(beside);
    let store = Store::open(folder.unwrap_or(Path::new(".")), &report)?;
    store.draw(&report)?;
    show(arguments.format, &report, &store)
}

fn show(format: Format, report: &Report, store: &Store) -> Result<(), Failure> {
    match format {
        Format::Json => print(&std::fs::read_to_string(store.file())?)?,
        Format::Table => print(&render::terminal(report))?,
        Format::Md => print(&render::markdown(report))?,
        Format::Csv => print(&render::samples(report))?,
    }
    eprintln!("page: {}", store.page().display());
    eprintln!("all samples: {}", store.file().display());
    Ok(())
}

/// Goes back to the start of the line and empties it.
const CLEAR_LINE: &str = "\r\x1b[K";

/// Shows the step in one line that changes on a terminal; elsewhere only where something begins.
fn tell(step: &Step<'_>) {
    if io::stderr().is_terminal() {
        eprint!("{CLEAR_LINE}{step}");
    } else if step.is_first() {
        eprintln!("{step}");
    }
}

fn default_folder(target: &Path, name: &str, started: &str) -> PathBuf {
    let time: String = started
        .chars()
        .filter(|letter| !"-:".contains(*letter))
        .collect();
    target.join("compare").join(format!("{name}-{time}"))
}

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_has_the_name_and_the_time() {
        let folder = default_folder(Path::new("target"), "cpu", "2026-01-02T03:04:05Z");
        assert_eq!(folder, Path::new("target/compare/cpu-20260102T030405Z"));
    }
}
