//! The command `map`: one task on every input, in a pool.

use std::io::{self, BufRead, BufReader};
use std::sync::Arc;

use clap::Args;

use super::calls::{self, Followed};
use super::isolation::IsolationAsk;
use super::output::OutputAsk;
use super::policy::{POOL, PolicyAsk};
use super::session;
use crate::audience::settings::Values;
use crate::backend::Backend;
use crate::batch::Batch;
use crate::driver::calls::Calls;
use crate::driver::map::{self, MapPlan};
use crate::engine::staff::Hiring;
use crate::event::RunStarted;
use crate::exit::Exit;
use crate::halt::Halt;
use crate::inline::Inline;
use crate::inputs::list::Inputs;
use crate::inputs::reader::InputsError;
use crate::report::Report;
use crate::settings;
use crate::sys::closed_streams;

// What describes this would take the place of what describes the command.
#[derive(Debug, Args)]
pub(super) struct MapAsk {
    /// The task to run (see `list`)
    task: String,
    /// Values of the task's first parameter: words, ranges like 1..=5, and `-` for the lines of standard input
    #[arg(value_name = "INPUT", required = true, allow_negative_numbers = true)]
    inputs: Vec<String>,
    /// Set a parameter of the task; may be given several times
    #[arg(short = 's', value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// No workers: run one after another
    #[arg(long, conflicts_with_all = ["workers", "timeout"], help_heading = POOL)]
    inline: bool,
    /// How many inputs go to a worker together: auto (by how long they take) or N
    #[arg(long, value_name = "N", default_value_t = Batch::Auto, conflicts_with = "inline", help_heading = POOL)]
    batch: Batch,
    #[command(flatten)]
    policy: PolicyAsk,
    #[command(flatten)]
    output: OutputAsk,
}

impl MapAsk {
    /// Whether nobody wants to know more than what tasks print and give.
    fn is_plain(&self) -> bool {
        self.output.plain().is_some() && self.policy.is_plain()
    }
}

/// Does it.
pub(super) fn run(backend: &dyn Backend, ask: &MapAsk, isolation: IsolationAsk) -> Exit {
    let json = ask.output.is_json();
    match plan(backend, ask, isolation) {
        Ok(plan) => carry_out(backend, ask, isolation, plan),
        Err(reports) => session::refuse_all(Exit::Usage, &reports, json),
    }
}

fn plan(
    backend: &dyn Backend,
    ask: &MapAsk,
    isolation: IsolationAsk,
) -> Result<MapPlan, Vec<Report>> {
    let kind = settings::find_task(&ask.task).map_err(|report| vec![report])?;
    let arguments = settings::read(kind, &ask.settings, kind.input());
    let inputs = Inputs::read(kind, &ask.inputs, stdin);
    let (arguments, inputs) = both(arguments, inputs)?;
    calls::refuse_crashes(kind, backend, (ask.inline, isolation.allow_unsafe))?;
    refuse_batches(ask)?;
    let rules = &ask.policy.rules;
    Ok(MapPlan {
        kind,
        arguments,
        inputs,
        workers: ask.policy.workers.here(),
        batch: ask.batch,
        timeout: rules.timeout,
        grace: rules.grace,
        confinement: isolation.confinement,
        gil: rules.lock.gil,
    })
}

/// What is told of each input by itself cannot be told of several that travel together.
fn refuse_batches(ask: &MapAsk) -> Result<(), Vec<Report>> {
    let Some(items) = ask.batch.fixed().filter(|_| !ask.is_plain()) else {
        return Ok(());
    };
    let what = format!("--batch {items} cannot be kept where inputs are followed one by one");
    let report = Report::new(what)
        .note("reports, progress, retries and limits of a run give each input to a worker by itself")
        .help("leave out --batch, or the flags (or the variables and lines of a file) that ask for those");
    Err(vec![report])
}

fn carry_out(backend: &dyn Backend, ask: &MapAsk, isolation: IsolationAsk, plan: MapPlan) -> Exit {
    let name = backend.name();
    let inline = Inline::named(name);
    let word = isolation.word(backend, ask.inline);
    let backend = if ask.inline { &inline } else { backend };
    if let Some(output) = ask.output.plain().filter(|_| ask.policy.is_plain()) {
        let run = |sink: &_, halt: &Arc<Halt>| map::run(&plan, backend, sink, halt);
        return session::hold(name, output, plan.grace, run);
    }
    let mut policy = ask.policy.policy();
    // More workers than inputs would never be given anything.
    let inputs = usize::try_from(plan.inputs.len()).unwrap_or(usize::MAX);
    policy.workers = match ask.inline {
        true => 1,
        false => policy.workers.min(inputs).max(1),
    };
    calls::follow(Followed {
        policy,
        hiring: Hiring {
            backend,
            grace: plan.grace,
            confinement: plan.confinement,
            one_each: false,
        },
        rules: &ask.policy.rules,
        output: &ask.output,
        values: Values::List {
            of: plan.inputs.len(),
        },
        opening: RunStarted {
            name: Some(plan.kind.name.to_owned()),
            isolation: word.to_owned(),
            ..ask.policy.opening(name, "map")
        },
        calls: Calls::of_map(plan, ask.policy.rules.terms()),
    })
}

fn stdin() -> io::Result<Box<dyn BufRead>> {
    if closed_streams::stdin() {
        return Err(io::Error::other("it is closed"));
    }
    Ok(Box::new(BufReader::new(io::stdin())))
}

/// Both parts, or all that is wrong with either.
fn both<A>(
    arguments: Result<A, Vec<Report>>,
    inputs: Result<Inputs, InputsError>,
) -> Result<(A, Inputs), Vec<Report>> {
    let inputs = inputs.map_err(|error| match error {
        InputsError::Bad(reports) => reports,
        InputsError::Unreadable(error) => {
            vec![Report::new(format!(
                "standard input cannot be read: {error}"
            ))]
        }
    });
    match (arguments, inputs) {
        (Ok(arguments), Ok(inputs)) => Ok((arguments, inputs)),
        (Err(mut wrong), Err(more)) => {
            wrong.extend(more);
            Err(wrong)
        }
        (Err(wrong), Ok(_)) | (Ok(_), Err(wrong)) => Err(wrong),
    }
}
