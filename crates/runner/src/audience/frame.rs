//! The lines around a run: what begins, what was wrong with the run itself, and how it was.

use std::sync::{Arc, Mutex, PoisonError};

use super::grid::Grid;
use super::listener::Listener;
use super::moment::Moment;
use super::settings::{Settings, Summary};
use super::summary::{header, summary};
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
    /// How many processors there are for the run.
    cpus: Mutex<u64>,
}

impl Frame {
    pub(super) fn new(sink: Arc<Sink>, grid: Grid, settings: &Settings) -> Self {
        Self {
            sink,
            grid,
            has_header: settings.header,
            summary: settings.summary,
            cpus: Mutex::new(1),
        }
    }

    fn started(&self, started: &RunStarted) {
        let cpus = started.env.get("cpus").and_then(|cpus| cpus.parse().ok());
        *self.cpus.lock().unwrap_or_else(PoisonError::into_inner) = cpus.unwrap_or(1);
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
            let cpus = *self.cpus.lock().unwrap_or_else(PoisonError::into_inner);
            self.sink.complain(&summary(&self.grid, finished, cpus));
        }
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
