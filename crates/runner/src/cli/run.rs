//! The command `run`: the tasks of suites.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::check;
use super::given::Given;
use super::isolation::IsolationAsk;
use super::output::OutputAsk;
use super::policy::{POOL, PolicyAsk};
use super::select::SelectAsk;
use super::session;
use super::suites::{self, Choosing, Danger, SuitesAsk};
use crate::audience::announcer::Announcer;
use crate::audience::settings::Settings;
use crate::backend::Backend;
use crate::engine;
use crate::engine::ear::Ear;
use crate::engine::policy::{Policy, Repeat};
use crate::engine::run::{Run, Supply};
use crate::engine::source::Plan;
use crate::engine::staff::Hiring;
use crate::engine::unit::{Unit, Work};
use crate::event::{Event, RunStarted};
use crate::exit::Exit;
use crate::inline::Inline;
use crate::sink::TaskOutput;
use crate::suite::choice::Flags;
use crate::suite::grants::Grants;
use crate::suite::plan::plan;
use crate::suite::profile::Wishes;

/// Tasks of the catalogue run on the pool's workers, commands as programs. Flags go before what the suites say.
#[derive(Debug, Args)]
pub(super) struct RunAsk {
    #[command(flatten)]
    pub(super) suites: SuitesAsk,
    /// Print what would be run, and run nothing
    #[arg(long)]
    dry_run: bool,
    /// No workers: run one after another; nothing can stop tasks of the catalogue then
    #[arg(long, conflicts_with = "workers", help_heading = POOL)]
    inline: bool,
    #[command(flatten)]
    policy: PolicyAsk,
    #[command(flatten)]
    output: OutputAsk,
    #[command(flatten)]
    select: SelectAsk,
}

/// How to run it, beside what was asked for.
#[derive(Clone, Copy)]
pub(super) struct How<'a> {
    pub(super) backend: &'a dyn Backend,
    pub(super) isolation: IsolationAsk,
    pub(super) given: &'a Given,
}

/// Does it.
pub(super) fn run(ask: &RunAsk, how: How<'_>) -> Exit {
    let inline = Inline::named(how.backend.name());
    let danger = Danger {
        is_allowed: how.isolation.allow_unsafe,
        is_inline: ask.inline,
    };
    let backend = if ask.inline { &inline } else { how.backend };
    let json = ask.output.is_json();
    suites::with_chosen(how.backend, &ask.suites, (danger, json), |choosing| {
        start(ask, How { backend, ..how }, choosing)
    })
}

fn start(ask: &RunAsk, how: How<'_>, choosing: &Choosing<'_>) -> Exit {
    let flags = Flags {
        given: how.given.grants(&ask.policy),
        otherwise: Grants::from(ask.policy.rules.terms()),
        is_inline: ask.inline,
    };
    let history = match ask.select.history() {
        Ok(history) => history,
        Err((exit, report)) => return session::refuse(exit, &report, ask.output.is_json()),
    };
    if ask.dry_run && history.is_none() {
        return check::plan(choosing.chosen, &flags);
    }
    let mut plan = plan(choosing.chosen, &flags, &choosing.skipped);
    if let Some(mut history) = history {
        let units = plan.units.iter_mut().filter_map(Arc::get_mut);
        units.for_each(|unit| history.decide(unit));
    }
    if ask.dry_run {
        return check::rest(&plan);
    }
    if let Err(report) = ask.policy.rules.give_way() {
        return session::refuse(Exit::Internal, &report, ask.output.is_json());
    }
    let suites = choosing.chosen.iter().map(|chosen| chosen.suite);
    let wishes = suites
        .clone()
        .fold(Wishes::default(), |all, suite| all.or(&suite.wishes));
    let names: Vec<_> = suites.map(|suite| suite.name.as_str()).collect();
    let started = Started {
        name: names.join(", "),
        wishes: how.given.left(&wishes),
    };
    carry_out(ask, how, plan, started)
}

/// What is known of a run before it starts.
struct Started {
    name: String,
    wishes: Wishes,
}

fn carry_out(ask: &RunAsk, how: How<'_>, plan: Plan, started: Started) -> Exit {
    let mut policy = ask.policy.policy();
    started.wishes.grant(&mut policy);
    if ask.inline {
        policy.workers = 1;
    }
    let mut settings = match ask.output.settings(Settings::of_run()) {
        Ok(settings) => settings,
        Err(report) => return session::refuse(Exit::Usage, &report, ask.output.is_json()),
    };
    settings.goes_on = ask.select.goes_on(&settings);
    let program = how.backend.name();
    let grace = longest_grace(&plan, |_| true);
    session::hold(program, TaskOutput::Line, grace, |sink, halt| {
        let announcer = match Announcer::open(&settings, sink, halt) {
            Ok(announcer) => Arc::new(announcer),
            Err(report) => return session::refuse(Exit::Output, &report, settings.json),
        };
        let opening = opening(ask, how, &plan, &policy);
        announcer.tell(Event::RunStarted(Box::new(RunStarted {
            name: Some(started.name),
            workers_from: match started.wishes.workers {
                Some(workers) => workers.why(),
                None => opening.workers_from,
            },
            ..opening
        })));
        let run = Run {
            wiring: ask.output.wiring(),
            hiring: Hiring {
                backend: how.backend,
                grace: longest_grace(&plan, |unit| matches!(unit.work, Work::Call(_))),
                confinement: how.isolation.confinement,
                one_each: false,
            },
            is_gauged: settings.wants_figures(),
            supply: Supply::Plan(plan),
            policy,
        };
        let ear: Arc<dyn Ear> = Arc::<Announcer>::clone(&announcer);
        let exit = engine::run::run(run, &ear, halt);
        announcer.close(exit)
    })
}

fn opening(ask: &RunAsk, how: How<'_>, plan: &Plan, policy: &Policy) -> RunStarted {
    let tasks = plan.units.len() as u64;
    RunStarted {
        isolation: how.isolation.word(how.backend, ask.inline).to_owned(),
        workers: policy.workers as u64,
        seed: Some(policy.seed),
        tasks: Some(tasks).filter(|_| policy.repeat == Repeat::default()),
        ..ask.policy.opening(how.backend.name(), "run")
    }
}

/// The longest time that any of these units gets to stop.
fn longest_grace(plan: &Plan, which: impl Fn(&Unit) -> bool) -> Duration {
    let units = plan.units.iter().filter(|unit| which(unit));
    units.map(|unit| unit.terms.grace).max().unwrap_or_default()
}
