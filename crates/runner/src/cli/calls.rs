//! What `map` and `spawn` have in common: both call one task of the catalogue.
//!
//! Where nobody wants to know more than what tasks print and give, the driver carries calls out, and does nothing for each
//! of them that is not needed for that. Else the engine does, and tells all that happens.

use std::sync::Arc;

use super::output::OutputAsk;
use super::policy::RulesAsk;
use super::session;
use crate::audience::announcer::Announcer;
use crate::audience::settings::{Settings, Values};
use crate::backend::{Backend, Isolation};
use crate::catalogue::kind::Kind;
use crate::driver::calls::Calls;
use crate::engine;
use crate::engine::ear::Ear;
use crate::engine::policy::{Policy, Repeat};
use crate::engine::run::{Run, Supply};
use crate::engine::source::Source as _;
use crate::engine::staff::Hiring;
use crate::event::{Event, RunStarted};
use crate::exit::Exit;
use crate::report::Report;
use crate::sink::TaskOutput;

/// Calls that somebody wants to follow.
pub(super) struct Followed<'a> {
    pub(super) calls: Calls,
    pub(super) policy: Policy,
    pub(super) hiring: Hiring<'a>,
    pub(super) rules: &'a RulesAsk,
    pub(super) output: &'a OutputAsk,
    pub(super) values: Values,
    pub(super) opening: RunStarted,
}

/// Carries them out, and tells who wants to know.
pub(super) fn follow(followed: Followed<'_>) -> Exit {
    let Followed {
        calls,
        policy,
        hiring,
        rules,
        output,
        values,
        opening,
    } = followed;
    if let Err(report) = rules.give_way() {
        return session::refuse(Exit::Internal, &report, output.is_json());
    }
    let settings = match output.settings(Settings::of_calls(values, rules.is_unsteady())) {
        Ok(settings) => settings,
        Err(report) => return session::refuse(Exit::Usage, &report, output.is_json()),
    };
    let (program, grace) = (hiring.backend.name(), hiring.grace);
    session::hold(program, TaskOutput::Line, grace, |sink, halt| {
        let announcer = match Announcer::open(&settings, sink, halt) {
            Ok(announcer) => Arc::new(announcer),
            Err(report) => return session::refuse(Exit::Output, &report, settings.json),
        };
        let tasks = calls.total().filter(|_| policy.repeat == Repeat::default());
        announcer.tell(Event::RunStarted(Box::new(RunStarted {
            workers: policy.workers as u64,
            seed: Some(policy.seed),
            tasks,
            ..opening
        })));
        let run = Run {
            supply: Supply::Stream(Box::new(calls)),
            policy,
            wiring: output.wiring(),
            hiring,
            is_gauged: settings.wants_figures(),
        };
        let ear: Arc<dyn Ear> = Arc::<Announcer>::clone(&announcer);
        let exit = engine::run::run(run, &ear, halt);
        announcer.close(exit)
    })
}

/// Keeps tasks that end their process from ending the runner.
pub(super) fn refuse_crashes(
    kind: &Kind,
    backend: &dyn Backend,
    (is_inline, allow_unsafe): (bool, bool),
) -> Result<(), Vec<Report>> {
    let threads = backend.isolation() == Isolation::Threads;
    let contained = allow_unsafe || !(threads || is_inline);
    let Some(how) = kind.ends_process.filter(|_| !contained) else {
        return Ok(());
    };
    let (program, task) = (backend.name(), kind.name);
    let report = if threads {
        Report::new(format!(
            "`{program}` cannot run task `{task}`: {how} in a thread ends the whole process"
        ))
        .note("all other tasks of this run would be lost with it")
        .help(
            "run it with `process-runner` (each crash is contained and reported), or pass --allow-unsafe to watch it \
             happen",
        )
    } else {
        Report::new(format!(
            "`{program}` cannot run task `{task}` inline: {how} would end the runner itself"
        ))
        .help("leave --inline out: in a worker process each crash is contained and reported")
    };
    Err(vec![report])
}
