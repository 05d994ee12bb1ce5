//! Reading the suites that a command names, and choosing among their tasks.

use std::path::PathBuf;

use clap::Args;

use super::session;
use crate::backend::{Backend, Isolation};
use crate::catalogue::kind::Class;
use crate::exit::Exit;
use crate::pattern::Pattern;
use crate::report::{self, Report};
use crate::suite::choice::{Choice, Chosen};
use crate::suite::plan::Skipped;
use crate::suite::profile::Profile;
use crate::suite::read::{Suite, Unread};
use crate::suite::refusal;

const SELECTION: &str = "Selection";

#[derive(Debug, Args)]
pub(super) struct ChoiceAsk {
    /// Only tasks or instances of this name, in which `*` and `?` stand for others, and what these come after
    #[arg(short = 'E', long = "filter", value_name = "GLOB", help_heading = SELECTION)]
    pub(super) filter: Vec<Pattern>,
    /// Only tasks of these classes, and what these come after; commands have none
    #[arg(long, value_name = "CLASS", value_enum, value_delimiter = ',', help_heading = SELECTION)]
    pub(super) class: Vec<Class>,
}

impl ChoiceAsk {
    pub(super) fn choice(&self) -> Choice {
        Choice {
            names: self.filter.clone(),
            classes: self.class.clone(),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct SuitesAsk {
    /// The suites
    #[arg(value_name = "SUITE.toml", required = true)]
    pub(super) suites: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) select: ChoiceAsk,
    /// What else the suites and the config file say under this name
    #[arg(long, value_name = "NAME", help_heading = SELECTION)]
    pub(super) profile: Option<String>,
    /// Whether the config file has that profile, and suites need not have it.
    #[arg(skip)]
    pub(super) has_profile_elsewhere: bool,
    /// What to make of it when no task is left
    #[arg(long, value_name = "VERDICT", value_enum, default_value = "fail", help_heading = SELECTION)]
    no_tasks: NoTasks,
    /// Leave out commands whose program is not there, and what comes after them
    #[arg(long, help_heading = SELECTION)]
    skip_missing: bool,
}

impl SuitesAsk {
    fn profile(&self) -> Option<Profile<'_>> {
        let name = self.profile.as_deref();
        name.map(|name| Profile {
            name,
            is_needed: !self.has_profile_elsewhere,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum NoTasks {
    /// It is a success
    Pass,
    /// It is a failure (exit code 4)
    Fail,
}

/// What keeps tasks that end their process from ending the runner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Danger {
    /// They may.
    pub(super) is_allowed: bool,
    /// There are no workers.
    pub(super) is_inline: bool,
}

/// What may be run of the suites.
pub(super) struct Choosing<'c> {
    pub(super) chosen: &'c [Chosen<'c>],
    pub(super) skipped: Vec<Skipped>,
}

/// Reads the suites and calls `run` with what was chosen, unless something is in its way, which is told.
pub(super) fn with_chosen(
    backend: &dyn Backend,
    ask: &SuitesAsk,
    (danger, json): (Danger, bool),
    run: impl FnOnce(&Choosing<'_>) -> Exit,
) -> Exit {
    let suites = match load(backend, &ask.suites, ask.profile(), json) {
        Ok(suites) => suites,
        Err(exit) => return exit,
    };
    let choice = ask.select.choice();
    let chosen: Vec<_> = suites
        .iter()
        .map(|suite| Chosen::new(suite, &choice))
        .collect();
    if chosen.iter().all(|chosen| chosen.len() == 0) && ask.no_tasks == NoTasks::Fail {
        return session::refuse(Exit::NothingSelected, &nothing(&suites, ask), json);
    }
    let threads = backend.isolation() == Isolation::Threads;
    let mut refused = Vec::new();
    let mut exit = None;
    if !danger.is_allowed && (threads || danger.is_inline) {
        let deadly = refusal::deadly(&chosen, danger.is_inline && !threads);
        exit = (!deadly.is_empty()).then_some(Exit::Invalid);
        refused.extend(deadly);
    }
    let missing = refusal::missing(&chosen);
    if !missing.is_empty() && !ask.skip_missing {
        exit = exit.or(Some(Exit::Missing));
        refused.extend(missing.iter().map(|missing| missing.report.clone()));
    }
    if let Some(exit) = exit {
        return session::refuse_all(exit, &refused, json);
    }
    run(&Choosing {
        chosen: &chosen,
        skipped: missing.into_iter().map(|missing| missing.skipped).collect(),
    })
}

/// Reads suites. What is wrong with any of them is told, and what is odd.
pub(super) fn load(
    backend: &dyn Backend,
    paths: &[PathBuf],
    profile: Option<Profile<'_>>,
    json: bool,
) -> Result<Vec<Suite>, Exit> {
    let mut suites = Vec::new();
    let mut reports = Vec::new();
    let mut exit = None;
    for path in paths {
        match Suite::read(path, backend.name(), profile) {
            Ok(suite) => {
                reports.extend(suite.warnings.iter().cloned());
                suites.push(suite);
            }
            Err(Unread::Missing(report)) => {
                reports.push(report.note("nothing was started"));
                exit = exit.or(Some(Exit::Missing));
            }
            Err(Unread::Invalid(wrong)) => {
                let errors = match wrong.len() {
                    1 => "an error".to_owned(),
                    errors => format!("{errors} errors"),
                };
                reports.extend(wrong);
                let file = path.display();
                let code = Exit::Invalid.code();
                let what = format!("{file} has {errors}; nothing was started (exit {code})");
                reports.push(Report::new(what));
                exit = Some(Exit::Invalid);
            }
        }
    }
    match exit {
        Some(exit) => Err(session::refuse_all(exit, &reports, json)),
        None => {
            report::show(&reports);
            Ok(suites)
        }
    }
}

fn nothing(suites: &[Suite], ask: &SuitesAsk) -> Report {
    let select = &ask.select;
    let asked = !select.filter.is_empty() || !select.class.is_empty();
    let names: Vec<_> = suites.iter().map(|suite| suite.name.as_str()).collect();
    let report = match asked {
        true => Report::new(format!(
            "no task of {} is what was asked for",
            names.join(", ")
        ))
        .help("`list SUITE.toml` says what there is"),
        false => Report::new(format!("{} has no tasks", names.join(", "))),
    };
    report.help("pass --no-tasks pass if that is no failure")
}
