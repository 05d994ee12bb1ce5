//! `map`: inputs go through a pool; the results come out as one list, in the order of the inputs.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anypool_core::{Executor as _, JobError, MapOptions};

use crate::backend::{Backend, Confinement, PoolConfig, RunnerPool, Separation};
use crate::batch::Batch;
use crate::catalogue::call::{Call, run_call};
use crate::catalogue::kind::Kind;
use crate::excerpt::Excerpt;
use crate::exit::Exit;
use crate::halt::{Cause, Halt, Target};
use crate::inputs::list::Inputs;
use crate::left_behind::LeftBehind;
use crate::moments::Moments;
use crate::parameter::Argument;
use crate::report::{self, Report};
use crate::sink::Sink;

/// What `map` is to do.
#[derive(Debug)]
pub(crate) struct MapPlan {
    pub(crate) kind: &'static Kind,
    /// The values of the task's parameters, but for the one that inputs set.
    pub(crate) arguments: Vec<Option<Argument>>,
    pub(crate) inputs: Inputs,
    pub(crate) workers: usize,
    pub(crate) batch: Batch,
    pub(crate) timeout: Option<Duration>,
    pub(crate) grace: Duration,
    pub(crate) confinement: Confinement,
    /// How long tasks wait for the global lock before they ask for it, if there is to be one.
    pub(crate) gil: Option<Duration>,
}

impl MapPlan {
    /// How the pool is to go about it.
    pub(super) fn options(&self) -> MapOptions {
        let mut options = MapOptions::new();
        options.timeout = self.timeout;
        options.chunk = self.batch.fixed();
        options
    }

    /// The call of an input.
    pub(super) fn call(&self, index: u64, input: &Argument) -> Call {
        // A task without parameters has no place for its input, which is dropped.
        let filled = self.arguments.iter().cloned();
        let arguments = filled.map(|value| value.unwrap_or_else(|| input.clone()));
        Call::new(self.kind, arguments.collect(), index)
            .with_gil(self.gil)
            .anew(self.confinement.separation == Separation::Exec)
    }
}

/// Does it.
pub(crate) fn run(plan: &MapPlan, backend: &dyn Backend, sink: &Arc<Sink>, halt: &Halt) -> Exit {
    // More workers than inputs would never be given anything.
    let inputs = usize::try_from(plan.inputs.len()).unwrap_or(usize::MAX);
    let config = PoolConfig {
        workers: plan.workers.min(inputs).max(1),
        grace: plan.grace,
        confinement: plan.confinement,
        host: Arc::<Sink>::clone(sink),
    };
    let pool = match backend.start_pool(&config) {
        Ok(pool) => pool,
        Err(error) => {
            let plural = if config.workers == 1 { "" } else { "s" };
            let what = format!(
                "a pool of {} worker{plural} cannot be started",
                config.workers
            );
            let fewer =
                "ask for fewer with --workers, or raise the limit that was reached (`ulimit -a`)";
            report::show(&[Report::new(format!("{what}: {error}")).help(fewer)]);
            return Exit::Internal;
        }
    };
    let moments = Moments::asked();
    moments.ready();
    halt.set_target(Arc::new(Stopped(Arc::clone(&pool))));
    let exit = collect(plan, &*pool, sink, halt);
    moments.done();
    if halt.cause().is_none() {
        pool.shutdown();
    }
    halt.cause().map_or(exit, Cause::exit)
}

/// A pool, as something that can be stopped.
struct Stopped(Arc<dyn RunnerPool>);

impl Target for Stopped {
    fn stop_now(&self) {
        self.0.shutdown_now();
    }

    fn suspend(&self) {
        self.0.suspend();
    }

    fn resume(&self) {
        self.0.resume();
    }
}

fn collect(plan: &MapPlan, pool: &dyn RunnerPool, sink: &Sink, halt: &Halt) -> Exit {
    let calls = (0..)
        .zip(plan.inputs.iter())
        .map(|(index, input)| plan.call(index, &input));
    let outcomes = pool.map_with(run_call, calls, plan.options());
    let mut list = String::from("[");
    let mut exit = Exit::Success;
    let mut left = LeftBehind::default();
    for (input, outcome) in plan.inputs.iter().zip(outcomes) {
        if halt.cause().is_some() {
            // The list would be a part of what was asked for, and the outcomes those of our own stopping.
            return exit;
        }
        if list.len() > 1 {
            list.push_str(", ");
        }
        let failure = match outcome {
            Ok(Ok(answer)) => {
                // Writing to a string cannot fail.
                let _ = write!(list, "{}", answer.value);
                continue;
            }
            Ok(Err(failure)) => failure.to_string(),
            // Nothing more will come, so there would be no list of all that was asked for.
            Err(error @ JobError::PoolFailed { .. }) => return pool_failed(&error),
            Err(error) => {
                let task = || format!("{}({})", plan.kind.name, Excerpt(&input.to_string()));
                left.look(task, &error);
                error.to_string()
            }
        };
        exit = Exit::TasksFailed;
        list.push_str("null");
        let input = input.to_string();
        sink.complain(&format!(
            "{}({}): {failure}",
            plan.kind.name,
            Excerpt(&input)
        ));
    }
    left.show();
    list.push(']');
    if halt.cause().is_some() {
        return exit;
    }
    match sink.line(&list) {
        Ok(()) => exit,
        Err(_) => Exit::Output,
    }
}

/// Tells that the runner, and not a task, is what went wrong.
fn pool_failed(error: &JobError) -> Exit {
    let limit = "start it again; if a limit was reached (`ulimit -a`), raise it or ask for fewer with --workers";
    let report = Report::new(error.to_string())
        .note("the inputs that had no result yet were given up, and no list is printed")
        .help(limit);
    report::show(&[report]);
    Exit::Internal
}
