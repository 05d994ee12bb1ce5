//! The lines around a run: what begins, what was wrong with the run itself, and how it was.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::grid::Grid;
use super::listener::Listener;
use super::moment::Moment;
use super::settings::{Settings, StatusLevel, Summary};
use super::summary::{header, rerun, rest, summary};
use crate::event::{Event, RunFinished, RunStarted, TaskFinished, Verdict};
use crate::exit::Exit;
use crate::left_behind::LeftBehind;
use crate::report;
use crate::sink::Sink;

/// Tells people what begins, and how it was.
pub(super) struct Frame {
    sink: Arc<Sink>,
    grid: Grid,
    has_header: bool,
    summary: Summary,
    /// The log by which what failed can be run again.
    log: Option<PathBuf>,
    begun: Mutex<Begun>,
    /// Whether lines about failures come again at the end: they do where lines about others stood between them.
    repeats: bool,
    failures: Mutex<Failures>,
    /// Tasks that were given up with their threads.
    left: Mutex<LeftBehind>,
    /// Whether that is told where nothing is summed up.
    tells_failures: bool,
}

/// The lines about failures.
#[derive(Default)]
struct Failures {
    lines: Vec<String>,
    more: u64,
}

/// So many failures come again at the end.
const REPEATED: usize = 20;

/// What is remembered of a run's beginning.
#[derive(Default)]
struct Begun {
    /// How many processors there are for it.
    cpus: u64,
    argv: Vec<String>,
}

impl Frame {
    pub(super) fn new(sink: Arc<Sink>, grid: Grid, settings: &Settings) -> Self {
        Self {
            sink,
            grid,
            has_header: settings.header,
            summary: settings.summary,
            log: settings.log.clone().filter(|_| settings.rerun),
            begun: Mutex::default(),
            repeats: settings.status >= StatusLevel::Ok,
            failures: Mutex::default(),
            left: Mutex::default(),
            tells_failures: settings.failures || settings.status > StatusLevel::None,
        }
    }

    fn started(&self, started: &RunStarted) {
        let cpus = started.env.get("cpus").and_then(|cpus| cpus.parse().ok());
        *self.begun() = Begun {
            cpus: cpus.unwrap_or(1),
            argv: started.argv.clone(),
        };
        if self.has_header {
            self.sink.complain(&header(started));
        }
    }

    /// Remembers the line about a task that did not end as it was to.
    fn failed(&self, moment: &Moment) {
        let mut failures = self.failures();
        if failures.lines.len() < REPEATED {
            failures.lines.extend(self.grid.line(moment));
        } else {
            failures.more += 1;
        }
    }

    fn finished(&self, finished: &RunFinished) {
        let gone = [Exit::ReaderGone, Exit::Output].map(Exit::code);
        let is_wanted = match self.summary {
            // Who has seen enough wants no more, and what is wrong with an output was told.
            _ if gone.contains(&finished.exit) => false,
            Summary::Never => false,
            Summary::IfBad => finished.exit != 0,
            Summary::Always => true,
        };
        if is_wanted {
            let lines = self.summary(finished);
            self.sink.complain(&lines);
        }
        if is_wanted || (self.tells_failures && !gone.contains(&finished.exit)) {
            self.left().show();
        }
    }

    fn summary(&self, finished: &RunFinished) -> String {
        let begun = self.begun();
        let mut lines = RULE.to_owned();
        let Failures {
            lines: failed,
            more,
        } = std::mem::take(&mut *self.failures());
        for line in failed {
            lines.push_str(&line);
            lines.push('\n');
        }
        if more > 0 {
            lines.push_str(&format!("{:>10} and {more} more\n", "…"));
        }
        lines.push_str(&summary(&self.grid, finished, begun.cpus));
        let undone = finished.counts.not_ok() + finished.counts.cancelled;
        if let Some(log) = self.log.as_ref().filter(|_| undone > 0)
            && let Some(again) = rerun(&begun.argv, rest(finished), log)
        {
            let label = match finished.stopped {
                Some(_) => "resume",
                None => "rerun",
            };
            lines.push('\n');
            lines.push_str(&self.grid.own(label, &format!("  {again}")));
        }
        lines
    }

    fn failures(&self) -> MutexGuard<'_, Failures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn left(&self) -> MutexGuard<'_, LeftBehind> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begun(&self) -> MutexGuard<'_, Begun> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stands between the lines about tasks and those about the run.
const RULE: &str = "────────\n";

fn is_bad(finished: &TaskFinished) -> bool {
    let verdict = finished.verdict();
    verdict.is_run() && verdict != Verdict::Ok
}

impl Listener for Frame {
    /// Notes what comes again at the end, in the order in which it came.
    fn hear(&self, moment: &Moment) {
        match &moment.stamped.event {
            // A log can hold several runs.
            Event::RunStarted(_) => *self.failures() = Failures::default(),
            Event::TaskFinished(finished) if self.repeats && is_bad(finished) => {
                self.failed(moment);
            }
            _ => {}
        }
    }

    fn act(&self, moment: &Moment) {
        if let Event::TaskFinished(finished) = &moment.stamped.event
            && finished.leaked
            && finished.outcome == Verdict::TimedOut
        {
            self.left().note(&finished.task);
        }
        match &moment.stamped.event {
            Event::RunStarted(started) => self.started(started),
            Event::RunFinished(finished) => self.finished(finished),
            Event::Error(fatal) => report::show(&[fatal.report()]),
            _ => {}
        }
    }
}
