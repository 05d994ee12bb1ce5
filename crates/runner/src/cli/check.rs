//! The commands that look at suites and run nothing: `check`, and `list` with a suite.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::session;
use super::suites::{self, ChoiceAsk, Danger, SuitesAsk};
use crate::backend::Backend;
use crate::engine::source::Plan;
use crate::engine::unit::{Unit, Work};
use crate::exit::Exit;
use crate::suite::choice::{Chosen, Flags};
use crate::suite::listing;

/// Says what is wrong with the suites; if nothing is, what a run of them would do, instance by instance.
#[derive(Debug, Args)]
pub(super) struct CheckAsk {
    #[command(flatten)]
    pub(super) suites: SuitesAsk,
}

/// Checks suites, and prints their plan.
pub(super) fn check(backend: &dyn Backend, ask: &CheckAsk, allow_unsafe: bool) -> Exit {
    let danger = Danger {
        is_allowed: allow_unsafe,
        is_inline: false,
    };
    suites::with_chosen(backend, &ask.suites, (danger, false), |choosing| {
        plan(choosing.chosen, &Flags::default())
    })
}

/// Prints what would be run.
pub(super) fn plan(chosen: &[Chosen<'_>], flags: &Flags) -> Exit {
    session::stream(|take| {
        for one in chosen {
            let suite = one.suite;
            let about = suite.description.as_deref();
            let about = about.map_or(String::new(), |about| format!(": {about}"));
            take(&format!("suite {}{about}", suite.name))?;
            listing::text(std::slice::from_ref(one), flags, &mut *take)?;
        }
        let total: usize = chosen.iter().map(Chosen::len).sum();
        let tasks = if total == 1 { "task" } else { "tasks" };
        take(&format!("{total} {tasks}; nothing was run"))
    })
}

/// Prints what is left to be run of a plan by what an earlier run has done.
pub(super) fn rest(plan: &Plan) -> Exit {
    let is_left = |unit: &&Arc<Unit>| !matches!(unit.work, Work::Skip(_));
    session::stream(|take| {
        let mut left = 0;
        for unit in plan.units.iter().filter(is_left) {
            take(&format!("{}  {}", unit.id, listing::doing(&unit.work)))?;
            left += 1;
        }
        let all = plan.units.len();
        take(&format!("{left} of {all} would be run; nothing was run"))
    })
}

/// Prints the tasks of suites, as text or as JSON.
pub(super) fn list(
    backend: &dyn Backend,
    paths: &[PathBuf],
    select: &ChoiceAsk,
    as_json: bool,
) -> Exit {
    let suites = match suites::load(backend, paths, None, false) {
        Ok(suites) => suites,
        Err(exit) => return exit,
    };
    let choice = select.choice();
    let chosen: Vec<_> = suites
        .iter()
        .map(|suite| Chosen::new(suite, &choice))
        .collect();
    session::stream(|take| match as_json {
        true => listing::json(&chosen, &Flags::default(), take),
        false => listing::text(&chosen, &Flags::default(), take),
    })
}
