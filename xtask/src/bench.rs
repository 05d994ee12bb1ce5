//! `cargo xtask bench`: builds the arms, has them measured, and prints what came of it.
//!
//! What is measured, what is to be reached and what may be said of it is in `anypool-compare`; the arms are in
//! `xtask/peers`.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, SystemTime};

use anypool_compare::bench::{
    self, BenchError, BenchReport, Choice, Measuring, Processes, Row, measure, page, put_into,
    terminal,
};
use anypool_compare::{Environment, Exit, UnknownName};

use crate::build::{self, BuildError};
use crate::{signals, workspace};

/// The flags of `cargo xtask bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Measures this row alone; may be given several times
    #[arg(long, value_name = "ROW")]
    only: Vec<String>,
    /// Shows within a minute that the bench works; its figures are not to be quoted
    #[arg(long)]
    quick: bool,
    /// Where every number goes [default: bench/bench-TIME.json in the target folder]
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// A page that is given the figures; words around them stay as they are
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Seed of the order of the arms [default: another each time; the report says which]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Lists the rows and their goals, and measures nothing
    #[arg(long)]
    list: bool,
}

/// Why there is no bench.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Name(#[from] UnknownName),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error("the arms do not say which transports there are: {0}")]
    Transports(#[source] io::Error),
    #[error("signals cannot be caught: {0}")]
    Signals(#[source] io::Error),
    #[error("{}: {error}", .file.display())]
    File { file: PathBuf, error: io::Error },
    #[error("the report cannot be printed: {0}")]
    Print(#[from] io::Error),
}

impl Failure {
    fn exit(&self) -> Exit {
        match self {
            Self::Name(_) => Exit::Usage,
            Self::Build(_) | Self::Transports(_) | Self::Signals(_) => Exit::Internal,
            Self::Bench(BenchError::Stopped { signal }) => Exit::Stopped { signal: *signal },
            Self::Bench(BenchError::Save(_)) | Self::File { .. } | Self::Print(_) => Exit::Output,
        }
    }
}

/// How long an arm may take to start, or for a round: far longer than any that works.
const LIMIT: Duration = Duration::from_secs(120);

/// A seed that is easy to type again.
const SEEDS: u64 = 1_000_000;

/// Runs the bench and gives its exit code. Goals that are missed are no failure: they are what it is there to tell.
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
    let only = arguments.only.clone();
    let rows = Choice { only }.rows()?;
    if arguments.list {
        return Ok(print(&bench::list(&rows))?);
    }
    let started = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let json = match &arguments.json {
        Some(file) => file.clone(),
        None => default_file(&build::target_folder()?, &started),
    };
    let program = build::peers()?;
    let transports = transports(&program).map_err(Failure::Transports)?;
    let mut report = BenchReport {
        quick: arguments.quick,
        seed: arguments.seed.unwrap_or_else(|| fastrand::u64(..SEEDS)),
        ..BenchReport::new(Environment::probe(), started, transports)
    };
    // That a file cannot be written must not be learnt after the measuring.
    let mut save = |report: &BenchReport| save(&json, report);
    save(&report).map_err(|error| file_failure(&json, error))?;
    let words = arguments.markdown.as_deref().map(read_page).transpose()?;
    let mut stage = Processes {
        program,
        python: python(),
        limit: LIMIT,
        stop: signals::listen().map_err(Failure::Signals)?,
    };
    let measured = measure(
        &mut Measuring {
            rows: &rows,
            stage: &mut stage,
            say: &mut tell,
            save: &mut save,
        },
        &mut report,
    );
    if io::stderr().is_terminal() {
        eprint!("{CLEAR_LINE}");
    }
    print(&terminal(&report, &rows))?;
    eprintln!("all numbers: {}", json.display());
    measured?;
    if let (Some(file), Some(words)) = (&arguments.markdown, words) {
        write_page(file, &words, &report, &rows)?;
    }
    Ok(())
}

fn file_failure(file: &Path, error: io::Error) -> Failure {
    Failure::File {
        file: file.to_owned(),
        error,
    }
}

/// Writes the report beside its place and then into it, so that there is always a whole one.
fn save(file: &Path, report: &BenchReport) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let unfinished = file.with_extension("json.new");
    std::fs::write(&unfinished, serde_json::to_string(report)?)?;
    std::fs::rename(unfinished, file)
}

/// The page as it is; empty when there is none.
fn read_page(file: &Path) -> Result<String, Failure> {
    match std::fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| file_failure(file, error)),
    }
}

fn write_page(file: &Path, words: &str, report: &BenchReport, rows: &[Row]) -> Result<(), Failure> {
    let page = put_into(words, &page(report, rows));
    std::fs::write(file, page).map_err(|error| file_failure(file, error))?;
    eprintln!("figures: {}", file.display());
    Ok(())
}

/// The transports of the process pool, the default one first.
fn transports(program: &Path) -> io::Result<Vec<String>> {
    let output = Command::new(program)
        .arg("transports")
        .stdin(Stdio::null())
        .output()?;
    let names = String::from_utf8_lossy(&output.stdout);
    let names: Vec<String> = names.lines().map(str::to_owned).collect();
    match output.status.success() && !names.is_empty() {
        true => Ok(names),
        false => Err(io::Error::other(output.status.to_string())),
    }
}

/// The Python interpreter and its arms, if it is installed.
fn python() -> Option<(PathBuf, PathBuf)> {
    let interpreter = PathBuf::from("python3");
    let version = Command::new(&interpreter)
        .arg("--version")
        .stdin(Stdio::null())
        .output();
    if !version.is_ok_and(|output| output.status.success()) {
        eprintln!("bench: python3 is not installed: its arms are left out");
        return None;
    }
    let script = workspace::root().join("xtask/peers/python/contender.py");
    Some((interpreter, script))
}

/// Goes back to the start of the line and empties it.
const CLEAR_LINE: &str = "\r\x1b[K";

/// Shows what is being done in one line that changes on a terminal; elsewhere only where a row begins.
fn tell(what: &str) {
    if io::stderr().is_terminal() {
        eprint!("{CLEAR_LINE}{what}");
    } else if !what.contains(": round") {
        eprintln!("{what}");
    }
}

fn default_file(target: &Path, started: &str) -> PathBuf {
    let time: String = started
        .chars()
        .filter(|letter| !"-:".contains(*letter))
        .collect();
    target.join("bench").join(format!("bench-{time}.json"))
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
    fn a_report_is_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/bench.json");
        let report = |seed| BenchReport {
            seed,
            ..BenchReport::new(Environment::probe(), String::new(), Vec::new())
        };
        for seed in [1, 2] {
            save(&file, &report(seed)).unwrap();
            let text = std::fs::read_to_string(&file).unwrap();
            assert_eq!(
                serde_json::from_str::<BenchReport>(&text).unwrap(),
                report(seed)
            );
        }
        assert_eq!(
            std::fs::read_dir(file.parent().unwrap()).unwrap().count(),
            1
        );
    }

    #[test]
    fn a_page_that_is_not_there_is_begun() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("page.md");
        let report = BenchReport::new(Environment::probe(), String::new(), Vec::new());
        write_page(&file, &read_page(&file).unwrap(), &report, &[]).unwrap();
        assert!(read_page(&file).unwrap().starts_with("# Performance\n"));
    }

    #[test]
    fn unknown_rows_are_a_mistake_of_the_caller() {
        let arguments = Arguments {
            only: vec!["speed".to_owned()],
            quick: true,
            json: None,
            markdown: None,
            seed: None,
            list: true,
        };
        let failure = try_run(&arguments).unwrap_err();
        assert_eq!(failure.exit(), Exit::Usage);
        assert!(
            failure.to_string().contains("there are: one-in-flight"),
            "{failure}"
        );
    }
}
