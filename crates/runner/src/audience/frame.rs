//! The lines around a run: what begins, what was wrong with the run itself, and how it was.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::grid::Grid;
use super::listener::Listener;
use super::moment::Moment;
use super::settings::{Settings, StatusLevel, Summary};
use super::summary::{header, rerun, rest, summary};
use crate::event::{Event, RunFinished, RunStarted, TaskFinished, Verdict};
use crate::excerpt::OneLine;
use crate::exit::Exit;
use crate::report::{self, Report};
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
    /// Tasks that were given up with their threads: the first one's name, and how many.
    left: Mutex<Option<(Arc<str>, u64)>>,
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
            if let Some((first, count)) = self.left().take() {
                report::show(&[left_behind(&first, count)]);
            }
        }
    }

    /// Remembers a task whose thread could not be stopped.
    fn left_running(&self, finished: &TaskFinished) {
        let mut left = self.left();
        let count = left.as_ref().map_or(0, |(_, count)| *count);
        let first = left.take().map(|(first, _)| first);
        *left = Some((
            first.unwrap_or_else(|| Arc::clone(&finished.task)),
            count + 1,
        ));
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

    fn left(&self) -> MutexGuard<'_, Option<(Arc<str>, u64)>> {
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

/// What is said of tasks that went on after their timeout, which only threads can.
fn left_behind(first: &str, count: u64) -> Report {
    let first = OneLine(first);
    let who = match count {
        1 => format!("`{first}` was told to stop at its timeout and may still have run at the end"),
        _ => format!(
            "{count} tasks, the first of them `{first}`, were told to stop at their timeouts and may still have run at the end"
        ),
    };
    Report::warning(who)
        .note("a thread cannot be killed: it was left behind, and another took its place in the pool")
        .help(
            "have the task look at its `Context` often, or use `process-runner`, which ends such a task by SIGTERM and, \
             after --grace, by SIGKILL",
        )
}

impl Listener for Frame {
    fn act(&self, moment: &Moment) {
        if let Event::TaskFinished(finished) = &moment.stamped.event
            && finished.leaked
            && finished.outcome == Verdict::TimedOut
        {
            self.left_running(finished);
        }
        match &moment.stamped.event {
            Event::RunStarted(started) => self.started(started),
            Event::TaskFinished(finished) if self.repeats && is_bad(finished) => {
                self.failed(moment);
            }
            Event::RunFinished(finished) => self.finished(finished),
            Event::Error(fatal) => report::show(&[fatal.report()]),
            _ => {}
        }
    }
}
