//! Has the runners built and measured, and shows what came of it, also where that is only a part.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anypool_compare::{
    ChildRun, CompareError, Comparison, Environment, Exit, Pin, Plan, Pythons, Report, Runners,
    Step, Store,
};

use super::asked::{Asked, asked};
use super::failure::Failure;
use super::{Arguments, finish, github, show, show_all, surroundings};
use crate::build;
use crate::console::{note, print};
use crate::signals;
use crate::workspace;

/// How long a run may take; the longest workload takes about a second.
const RUN_LIMIT: Duration = Duration::from_secs(30);

/// Made-up files for programs to read, in the target folder.
const FILES: &str = "compare/files";

/// CPython's twins of the runners.
const TWINS: &str = "xtask/peers/python/arms.py";

/// Measures what was asked for, or lists what there is.
pub(super) fn measure(arguments: &Arguments) -> Result<(), Failure> {
    let listing = arguments.names == ["list"];
    let Asked { mut options, gates } = if listing {
        Asked::all(arguments)?
    } else {
        asked(arguments)?
    };
    let pin = pinned(arguments.how.pin)?;
    let mut environment = Environment::probe();
    environment.pythons.extend(options.pythons.versions());
    let target = build::target_folder()?;
    options.files = target.join(FILES);
    let plan = Plan::new(&options, environment.cpus_allowed)?;
    for gate in &gates {
        gate.find(&plan)?;
    }
    if listing {
        return Ok(print(&anypool_compare::list(&plan))?);
    }
    let mut report = begun(&plan, environment, arguments);
    let folder = arguments
        .out
        .clone()
        .unwrap_or_else(|| default_folder(&target, &plan.name, &report.started));
    // The report's file comes first: that it cannot be written must not be learnt after the measuring.
    let store = Store::open(&folder, &report)?;
    let format = arguments.message_format;
    // As well as that nobody reads the lines.
    format.tell(&Step::planned(&plan, &report, &store.file()))?;
    if arguments.github {
        github::open()?;
    }
    if plan.reads_files() {
        anypool_compare::make_files(&options.files)?;
    }
    build_unpinned(pin.as_ref())?;
    let runners = runners(&target, options.pythons);
    let (folder, allows_debug) = (&runners.folder, arguments.allow_debug);
    surroundings::describe_runners(&mut report.environment, folder, allows_debug)?;
    let mut comparison = Comparison {
        plan: &plan,
        runners: &runners,
        run: &mut ChildRun {
            limit: RUN_LIMIT,
            stop: signals::listen().map_err(Failure::Signals)?,
            adopts: true,
        },
        store: &store,
        say: &mut format.teller(),
    };
    let compared = anypool_compare::compare(&mut comparison, &mut report);
    surroundings::describe_the_end(&mut report.environment);
    format.end();
    let saved = store.save(&report);
    match (compared, saved) {
        (Ok(()), Ok(())) => finish(arguments, &gates, &mut report, &store),
        (Ok(()), Err(error)) => Err(interrupted(arguments, error.into(), &report, &store)),
        (Err(error), _) => Err(interrupted(arguments, error, &report, &store)),
    }
}

/// A report that has no comparison yet, and says what there is to be said beforehand.
fn begun(plan: &Plan, environment: Environment, arguments: &Arguments) -> Report {
    let mut report = Report::new(&plan.name, plan.settings.clone(), environment);
    #[expect(clippy::disallowed_methods, reason = "people are told the date")]
    let now = SystemTime::now();
    report.started = humantime::format_rfc3339_seconds(now).to_string();
    report.command_line = command_line(plan.settings.seed);
    surroundings::describe(&mut report.environment, arguments);
    report
}

/// Tells what there is of a comparison that came to no end, and why it did not.
fn interrupted(
    arguments: &Arguments,
    error: CompareError,
    report: &Report,
    store: &Store,
) -> Failure {
    let shown = match error {
        CompareError::Stopped { .. } => show_all(arguments, report, store),
        // What is on disk is the state of the last round that found room there; what is printed is all there is.
        CompareError::Store(_) => show(arguments, report),
        CompareError::Progress(_) if error.exit() == Exit::ReaderGone => Ok(()),
        _ => {
            note(&format!(
                "the samples until here: {}",
                store.file().display()
            ));
            Ok(())
        }
    };
    match shown {
        Ok(()) => error.into(),
        Err(failure) => failure,
    }
}

/// Keeps this thread and what it starts to one processor of each core, if that is asked for.
fn pinned(is_asked: bool) -> Result<Option<Pin>, Failure> {
    let pin = is_asked.then(|| {
        let pin = Pin::one_a_core()?;
        pin.set().map(|()| pin)
    });
    pin.transpose().map_err(Failure::Pin)
}

/// Builds the runners on all processors there are.
fn build_unpinned(pin: Option<&Pin>) -> Result<(), Failure> {
    let Some(pin) = pin else {
        return Ok(build::runners()?);
    };
    pin.lift().map_err(Failure::Pin)?;
    build::runners()?;
    pin.set().map_err(Failure::Pin)
}

/// Where the programs are that run arms.
fn runners(target: &Path, pythons: Pythons) -> Runners {
    Runners {
        folder: target.join("release"),
        pythons,
        twins: workspace::root().join(TWINS),
    }
}

/// What repeats the comparison, with the seed that was drawn.
fn command_line(seed: u64) -> String {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut line = format!("cargo xtask {}", words.join(" "));
    if !words.iter().any(|word| word.starts_with("--seed")) {
        line.push_str(&format!(" --seed {seed}"));
    }
    line
}

fn default_folder(target: &Path, name: &str, started: &str) -> PathBuf {
    let time: String = started
        .chars()
        .filter(|letter| !"-:".contains(*letter))
        .collect();
    target.join("compare").join(format!("{name}-{time}"))
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
