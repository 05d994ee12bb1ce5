//! The command `spawn`: workers of their own, all started at once.

use std::sync::Arc;

use clap::Args;

use super::calls::{self, Followed};
use super::isolation::IsolationAsk;
use super::output::OutputAsk;
use super::policy::{POOL, RulesAsk};
use super::session;
use crate::audience::opening::opening;
use crate::audience::settings::Values;
use crate::backend::Backend;
use crate::catalogue::kind::Arguments;
use crate::driver::calls::Calls;
use crate::driver::spawn::{self, SpawnPlan};
use crate::engine::staff::Hiring;
use crate::event::RunStarted;
use crate::exit::Exit;
use crate::halt::Halt;
use crate::inline::Inline;
use crate::report::Report;
use crate::settings;

// As for `map`.
#[derive(Debug, Args)]
pub(super) struct SpawnAsk {
    /// The task to run (see `list`)
    task: String,
    /// How many workers
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    count: u64,
    /// Set a parameter of the task; may be given several times
    #[arg(short = 's', value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// No workers: run one after another
    #[arg(long, conflicts_with = "timeout", help_heading = POOL)]
    inline: bool,
    #[command(flatten)]
    rules: RulesAsk,
    #[command(flatten)]
    output: OutputAsk,
}

/// Does it.
pub(super) fn run(backend: &dyn Backend, ask: &SpawnAsk, isolation: IsolationAsk) -> Exit {
    let json = ask.output.is_json();
    match plan(backend, ask, isolation) {
        Ok(plan) => carry_out(backend, ask, isolation, plan),
        Err(reports) => session::refuse_all(Exit::Usage, &reports, json),
    }
}

fn plan(
    backend: &dyn Backend,
    ask: &SpawnAsk,
    isolation: IsolationAsk,
) -> Result<SpawnPlan, Vec<Report>> {
    let kind = settings::find_task(&ask.task).map_err(|report| vec![report])?;
    let values = settings::read(kind, &ask.settings, None)?;
    calls::refuse_crashes(kind, backend, (ask.inline, isolation.allow_unsafe))?;
    Ok(SpawnPlan {
        kind,
        arguments: values.into_iter().flatten().collect(),
        count: ask.count,
        timeout: ask.rules.timeout,
        grace: ask.rules.grace,
        confinement: isolation.confinement,
        gil: ask.rules.lock.gil,
    })
}

fn carry_out(
    backend: &dyn Backend,
    ask: &SpawnAsk,
    isolation: IsolationAsk,
    plan: SpawnPlan,
) -> Exit {
    let name = backend.name();
    let inline = Inline::named(name);
    let word = isolation.word(backend, ask.inline);
    let backend = if ask.inline { &inline } else { backend };
    if let Some(output) = ask.output.plain().filter(|_| ask.rules.is_plain()) {
        let run = |sink: &_, halt: &Arc<Halt>| spawn::run(&plan, backend, sink, halt);
        return session::hold(name, output, plan.grace, run);
    }
    // All start at once; without workers, one after another.
    let workers = match ask.inline {
        true => 1,
        false => usize::try_from(plan.count).unwrap_or(usize::MAX),
    };
    let closing = plan.kind.closing;
    let closing = closing.map(|closing| closing(&Arguments::new(plan.kind, &plan.arguments, 0)));
    calls::follow(Followed {
        policy: ask.rules.policy(workers),
        hiring: Hiring {
            backend,
            grace: plan.grace,
            confinement: plan.confinement,
            one_each: !ask.inline,
        },
        rules: &ask.rules,
        output: &ask.output,
        values: Values::Lines {
            name: plan.kind.name,
            count: plan.count,
            closing,
        },
        opening: RunStarted {
            name: Some(plan.kind.name.to_owned()),
            isolation: word.to_owned(),
            ..opening(name, "spawn")
        },
        calls: Calls::of_spawn(plan, ask.rules.terms()),
    })
}
