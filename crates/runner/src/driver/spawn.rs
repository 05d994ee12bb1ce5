//! `spawn`: every worker is started before any is joined; they are joined in order.

use std::sync::Arc;
use std::time::Duration;

use super::crew::Crew;
use super::leash::Leash;
use crate::backend::{Backend, Confinement, SpawnConfig, Spawned, StartError};
use crate::catalogue::call::Call;
use crate::catalogue::kind::{Arguments, Kind};
use crate::exit::Exit;
use crate::halt::{Cause, Halt};
use crate::left_behind::LeftBehind;
use crate::moments::Moments;
use crate::parameter::Argument;
use crate::report::{self, Report};
use crate::sink::Sink;

/// What `spawn` is to do.
#[derive(Debug)]
pub(crate) struct SpawnPlan {
    pub(crate) kind: &'static Kind,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) count: u64,
    pub(crate) timeout: Option<Duration>,
    pub(crate) grace: Duration,
    pub(crate) confinement: Confinement,
    /// How long tasks wait for the global lock before they ask for it, if there is to be one.
    pub(crate) gil: Option<Duration>,
}

impl SpawnPlan {
    /// The call of a worker.
    pub(super) fn call(&self, number: u64) -> Call {
        Call::new(self.kind, self.arguments.clone(), number).with_gil(self.gil)
    }
}

/// Does it.
pub(crate) fn run(plan: &SpawnPlan, backend: &dyn Backend, sink: &Arc<Sink>, halt: &Halt) -> Exit {
    let leash = Arc::new(Leash::default());
    halt.set_target(Arc::<Leash>::clone(&leash));
    let mut workers = Vec::new();
    for number in 0..plan.count {
        if halt.cause().is_some() {
            break;
        }
        leash.follow(&workers);
        match start(plan, number, backend, sink) {
            Ok(worker) => workers.push(worker),
            Err(error) => return retreat(plan, Crew::new(workers, leash), &error),
        }
    }
    let moments = Moments::asked();
    moments.ready();
    let mut crew = Crew::new(workers, leash);
    let exit = join_all(plan, &mut crew, sink, halt);
    moments.done();
    crew.stop(plan.grace);
    halt.cause().map_or(exit, Cause::exit)
}

fn start(
    plan: &SpawnPlan,
    number: u64,
    backend: &dyn Backend,
    sink: &Arc<Sink>,
) -> Result<Box<dyn Spawned>, StartError> {
    let call = plan.call(number);
    let config = SpawnConfig {
        name: format!("{}-{number}", plan.kind.name),
        timeout: plan.timeout,
        grace: plan.grace,
        confinement: plan.confinement,
        host: Arc::<Sink>::clone(sink),
    };
    backend.spawn(call, &config)
}

/// Stops the workers that were started before one could not be.
fn retreat(plan: &SpawnPlan, crew: Crew, error: &StartError) -> Exit {
    let (name, started) = (plan.kind.name, crew.size());
    let what = format!("worker {started} of `{name}` cannot be started: {error}");
    let fewer = "ask for fewer with --count, or raise the limit that was reached (`ulimit -a`)";
    let mut report = Report::new(what).help(fewer);
    if started > 0 {
        report = report.note(format!("{started} were started before it, and are stopped"));
    }
    report::show(&[report]);
    crew.stop(plan.grace);
    Exit::Internal
}

fn join_all(plan: &SpawnPlan, crew: &mut Crew, sink: &Sink, halt: &Halt) -> Exit {
    let name = plan.kind.name;
    let mut exit = Exit::Success;
    let mut left = LeftBehind::default();
    for number in 0..plan.count {
        let Some(outcome) = crew.join_next(halt) else {
            return exit;
        };
        let failure = match outcome {
            Ok(Ok(_)) if plan.kind.closing.is_some() => continue,
            Ok(Ok(answer)) => match sink.line(&answer.value.to_string()) {
                Ok(()) => continue,
                // The sink has told it and halted the run, whose cause is the exit.
                Err(_) => return Exit::Output,
            },
            Ok(Err(failure)) => failure.to_string(),
            Err(error) => {
                left.look(|| format!("worker {number} of {name}"), &error);
                error.to_string()
            }
        };
        if halt.cause().is_some() {
            // It ended because the run does.
            return exit;
        }
        exit = Exit::TasksFailed;
        sink.complain(&format!("worker {number} of {name}: {failure}"));
    }
    left.show();
    if let (Exit::Success, Some(closing)) = (exit, plan.kind.closing) {
        let arguments = Arguments::new(plan.kind, &plan.arguments, 0);
        if sink.line(closing(&arguments)).is_err() {
            return Exit::Output;
        }
    }
    exit
}
