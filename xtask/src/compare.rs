//! `cargo xtask compare`: builds the runners, has them measured, and prints what came of it.
//!
//! What is measured, and what may be said of it, is decided in `anypool-compare`.
//!
//! - [`how`] are the flags that say how is measured;
//! - [`asked`] puts names, flags and files together;
//! - [`failure`] is why there is no comparison;
//! - [`reading`] reads reports of earlier comparisons;
//! - [`doctor`] looks at the machine;
//! - [`diff`] says what has changed between two reports;
//! - [`opening`] has the page shown in a browser;
//! - [`github`] tells GitHub what came of it;
//! - [`surroundings`] looks at what the figures depend on beside the arms;
//! - [`telling`] tells how far it is;
//! - [`measuring`] measures.

mod how;
mod reading;
mod github;
mod opening;
mod failure;
mod doctor;
mod diff;
mod asked;
mod surroundings;
mod telling;
mod measuring;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anypool_compare::{
    Arm, Batch, Class, Gate, Gil, Report, Store, Sweep, Unmet, check_gates, render,
};
use clap::ValueEnum;

use failure::Failure;
use how::How;
use telling::MessageFormat;

use crate::console::{self, note, print};
use crate::signals;

/// The flags of `cargo xtask compare`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What to compare, by name or by a FILE.toml; the usual ones when left out. Or `list` for what there is, `doctor` for whether this machine can
    /// measure, `report FILE` to draw a report.json again, `diff OLD NEW` for what has changed between two of them, `self-test` for
    /// whether verdicts are true where the truth is known
    names: Vec<String>,
    /// All comparisons there are, when no name is given
    #[arg(long)]
    all: bool,
    /// What to turn and to where, as workers=1,2,4 or us=1..100000:log; without names, the comparison that is made for it
    #[arg(long, value_name = "KNOB=PLACES", value_parser = str::parse::<Sweep>)]
    sweep: Option<Sweep>,
    #[command(flatten)]
    how: How,
    /// The arms that run, as threads,pool,exec, instead of the comparisons' own; a file's own programs have the names that
    /// it gives them
    #[arg(long, value_name = "ARMS", value_delimiter = ',')]
    arms: Option<Vec<String>>,
    /// Whether arms have the modelled global lock: off, on or both [default: as each comparison has them]
    #[arg(long, value_name = "WHICH", value_parser = Gil::parse, conflicts_with = "arms")]
    gil: Option<Gil>,
    /// How many tasks travel together, as 1,auto; of several sizes each has its arms [default: as each comparison has it]
    #[arg(long, value_name = "SIZES", value_delimiter = ',', value_parser = str::parse::<Batch>)]
    batch: Vec<Batch>,
    /// The programs of others that run beside our arms where programs are run, as xargs,parallel; without names, the
    /// comparisons that have some
    #[arg(long, value_name = "TOOLS", value_delimiter = ',', value_parser = Arm::parse_tool)]
    tools: Option<Vec<Arm>>,
    /// Leave out arms that cannot run here, also where --arms asks for them
    #[arg(long)]
    skip_missing: bool,
    /// Only comparisons that run these tasks, as primes,sleep
    #[arg(long, value_name = "TASKS", value_delimiter = ',')]
    tasks: Vec<String>,
    /// Only comparisons of these classes: cpu, io, mixed, mem, overhead, fault
    #[arg(long, value_name = "CLASSES", value_delimiter = ',', value_parser = Class::parse)]
    class: Vec<Class>,
    /// CPython for the arms that need one; given several times, the arms run on each of them
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: Vec<PathBuf>,
    /// The arm that the others are divided by [default: what a file says, or threads]
    #[arg(long, value_name = "ARM")]
    baseline: Option<String>,
    /// Folder of report.json [default: compare/NAME-TIME in the target folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Measure runners that were built with debug assertions, too; reports say so
    #[arg(long)]
    allow_debug: bool,
    /// Leave the machine's name out of the report
    #[arg(long)]
    no_hostname: bool,
    /// Open the page in a browser
    #[arg(long)]
    open: bool,
    /// What to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Who reads standard output: people, or programs, to which each step is told when it is taken
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        default_value = "human",
        conflicts_with = "format"
    )]
    message_format: MessageFormat,
    /// A bound on a ratio, as 'pool/threads on cpu <= 1.30' (exit 3 when it is violated); may be given several times
    #[arg(long, value_name = "EXPR", value_parser = str::parse::<Gate>)]
    gate: Vec<Gate>,
    /// Fail when there is no verdict (exit 5)
    #[arg(long)]
    require_conclusive: bool,
    /// Write a summary and annotations for GitHub Actions
    #[arg(long)]
    github: bool,
    /// With `diff`: compare reports of different machines nevertheless
    #[arg(long)]
    force: bool,
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

/// Tells programs what is wrong with the command line, if it is one for this and they are to be told.
pub(crate) fn tell_of_slip(slip: &clap::Error) {
    telling::begin();
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|chore| chore == NAME) {
        telling::tell_of_slip(slip, words);
    }
}

/// What it is called on the command line.
const NAME: &str = "compare";

/// Runs the comparison and gives its exit code.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    telling::begin();
    let done = signals::outlive_full_files().map_err(Failure::Signals);
    match done.and_then(|()| try_run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            arguments.message_format.tell_of_failure(&failure);
            console::ended(&failure, failure.exit())
        }
    }
}

/// What there is to do beside measuring.
const VERBS: [&str; 5] = ["list", "doctor", "report", "diff", "self-test"];

fn try_run(arguments: &Arguments) -> Result<(), Failure> {
    let names: Vec<&str> = arguments.names.iter().map(String::as_str).collect();
    let verb = names.first().filter(|name| VERBS.contains(name));
    if let (MessageFormat::Json, Some(verb)) = (arguments.message_format, verb) {
        return Err(Failure::Steps {
            verb: (*verb).to_owned(),
        });
    }
    match names[..] {
        ["report", file] => draw_again(Path::new(file), arguments),
        ["report", ..] => Err(Failure::Verb {
            verb: "report",
            takes: "one file",
        }),
        ["diff", old, new] => diff::show([old, new].map(Path::new), arguments),
        ["diff", ..] => Err(Failure::Verb {
            verb: "diff",
            takes: "two files, the older first",
        }),
        ["doctor"] => doctor::examine(arguments),
        ["doctor", ..] => Err(Failure::Verb {
            verb: "doctor",
            takes: "no names",
        }),
        ["self-test"] => self_test(arguments.how.seed.unwrap_or_default()),
        ["list", _, ..] => Err(Failure::Verb {
            verb: "list",
            takes: "no names",
        }),
        ["self-test", ..] => Err(Failure::Verb {
            verb: "self-test",
            takes: "no names",
        }),
        _ => measuring::measure(arguments),
    }
}

/// Compares arms whose ratio is known, on machines that are made up.
fn self_test(seed: u64) -> Result<(), Failure> {
    let found = anypool_compare::self_test(seed, anypool_compare::RUNS);
    print(&found.to_string())?;
    match found.is_passed() {
        true => Ok(()),
        false => Err(Failure::Untrue { seed }),
    }
}

/// Draws a report that was measured before, and judges it by the gates that are given now.
fn draw_again(file: &Path, arguments: &Arguments) -> Result<(), Failure> {
    let mut report = reading::read(file)?;
    let beside = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = arguments.out.as_deref().or(beside);
    let store = Store::open(folder.unwrap_or(Path::new(".")), &report)?;
    finish(arguments, &arguments.gate, &mut report, &store)
}

/// Applies the gates, draws the report, tells everybody, and fails when it did not keep to what was asked of it.
fn finish(
    arguments: &Arguments,
    gates: &[Gate],
    report: &mut Report,
    store: &Store,
) -> Result<(), Failure> {
    if !gates.is_empty() {
        report.gates = check_gates(gates, report);
        store.save(report)?;
    }
    show_all(arguments, report, store)?;
    if arguments.open {
        opening::open(&store.page());
    }
    if arguments.github {
        github::tell(report)?;
    }
    match Unmet::of(report, arguments.require_conclusive) {
        Some(unmet) => Err(unmet.into()),
        None => Ok(()),
    }
}

/// Draws the report into its files and prints it, also where some of the files cannot be written.
fn show_all(arguments: &Arguments, report: &Report, store: &Store) -> Result<(), Failure> {
    let drawn = store.draw(report);
    show(arguments, report)?;
    drawn?;
    arguments.message_format.tell_of_files(report, store)?;
    note(&format!("page: {}", store.page().display()));
    note(&format!("all samples: {}", store.file().display()));
    Ok(())
}

/// Prints the report, where standard output is for it.
fn show(arguments: &Arguments, report: &Report) -> Result<(), Failure> {
    if arguments.message_format == MessageFormat::Json {
        return Ok(());
    }
    match arguments.format {
        Format::Json => {
            let text = serde_json::to_string_pretty(report).map_err(io::Error::from)?;
            print(&text)?;
        }
        Format::Table => print(&render::terminal(report))?,
        Format::Md => print(&render::markdown(report))?,
        Format::Csv => print(&render::samples(report))?,
    }
    Ok(())
}
