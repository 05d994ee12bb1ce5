//! The lines around a run: what begins, what was wrong with the run itself, and how it was.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::grid::Grid;
use super::listener::Listener;
use super::moment::Moment;
use super::settings::{Settings, Summary};
use super::summary::{header, rerun, summary};
use crate::event::{Event, RunFinished, RunStarted};
use crate::exit::Exit;
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
}

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
    }

    fn summary(&self, finished: &RunFinished) -> String {
        let begun = self.begun();
        let mut lines = summary(&self.grid, finished, begun.cpus);
        let undone = finished.counts.not_ok() + finished.counts.cancelled;
        if let Some(log) = self.log.as_ref().filter(|_| undone > 0)
            && let Some(again) = rerun(&begun.argv, log)
        {
            lines.push('\n');
            lines.push_str(&self.grid.own("rerun", &format!("  {again}")));
        }
        lines
    }

    fn begun(&self) -> MutexGuard<'_, Begun> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Frame {
    fn act(&self, moment: &Moment) {
        match &moment.stamped.event {
            Event::RunStarted(started) => self.started(started),
            Event::RunFinished(finished) => self.finished(finished),
            Event::Error(fatal) => report::show(&[fatal.report()]),
            _ => {}
        }
    }
}
