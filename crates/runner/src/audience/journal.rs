//! Events as lines, for other programs: on standard output, and in a log.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use super::listener::Listener;
use super::moment::Moment;
use super::outlet::Outlet;
use crate::event::{Event, write_line};
use crate::halt::{Cause, Halt};
use crate::report::{self, Report};
use crate::sink::Sink;

/// Writes each event as a line, at once.
pub(super) struct Journal {
    outlet: Outlet,
    /// Whether what has ended is written before anybody else is told of it.
    is_log: bool,
}

impl Journal {
    /// On standard output.
    pub(super) fn standard(sink: &Arc<Sink>) -> Self {
        let sink = Arc::clone(sink);
        Self {
            outlet: Outlet::new(move |lines| sink.put(lines)),
            is_log: false,
        }
    }

    /// In a file, which is emptied.
    ///
    /// # Errors
    ///
    /// It cannot be opened for writing.
    pub(super) fn log(path: &Path, halt: &Arc<Halt>) -> Result<Self, Report> {
        let shown = path.display().to_string();
        let opened = File::create(path);
        let mut file = opened.map_err(|error| {
            Report::new(format!("the log {shown} cannot be written: {error}"))
                .note("nothing was started")
        })?;
        let halt = Arc::clone(halt);
        let outlet = Outlet::new(move |lines| {
            let written = file.write_all(lines);
            if let Err(error) = &written {
                give_up(&halt, &shown, error);
            }
            written
        });
        let is_log = true;
        Ok(Self { outlet, is_log })
    }
}

/// Halts the run because its log takes nothing more.
fn give_up(halt: &Halt, log: &str, error: &io::Error) {
    let what = format!("the log {log} cannot be written: {error}");
    let lost = "what comes after this point is lost; what still ran was stopped";
    let tell = || report::show(&[Report::new(&what).note(lost)]);
    if !halt.request(Cause::OutputFailed, tell) {
        // The run stops already, for another reason.
        tell();
    }
}

impl Listener for Journal {
    fn hear(&self, moment: &Moment) {
        self.outlet.push(|lines| write_line(&moment.stamped, lines));
    }

    fn act(&self, moment: &Moment) {
        let has_ended = matches!(moment.stamped.event, Event::TaskFinished(_));
        self.outlet.flush(self.is_log && has_ended);
    }

    fn close(&self) {
        self.outlet.flush(true);
    }
}
