//! The end of each task in the form of JUnit, which build servers read.
//!
//! The numbers of all are at the beginning of such a file, so it is written when the run is over. Until then, what is
//! known of each task waits in a file without a name.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::listener::Listener;
use super::moment::Moment;
use super::spool::Spool;
use super::xml::Xml;
use crate::event::{
    Counts, Event, OutputStream, RunStarted, TaskFinished, TaskOutput, TaskRetry, Verdict,
};
use crate::halt::{Cause, Halt};
use crate::report::{self, Report};

/// So much of the end of what a task prints is told, of each output, in bytes.
const TAIL: usize = 64 << 10;

/// Writes a file in the form of JUnit.
pub(super) struct Junit {
    /// Nothing once it is written.
    file: Mutex<Option<File>>,
    path: PathBuf,
    halt: Arc<Halt>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    started: RunStarted,
    counts: Counts,
    /// How long all of it took so far, in nanoseconds.
    t: u64,
    /// How long earlier runs took: a log can hold several.
    before: u64,
    cases: Spool,
    /// What those that are not settled have left by now.
    open: HashMap<u64, Open>,
    failed: Option<io::Error>,
}

/// What a task has left that is not settled.
#[derive(Default)]
struct Open {
    out: Vec<u8>,
    err: Vec<u8>,
    tries: Vec<TaskRetry>,
}

impl Junit {
    /// # Errors
    ///
    /// The file cannot be opened for writing.
    pub(super) fn create(path: &Path, halt: &Arc<Halt>) -> Result<Self, Report> {
        let file = File::create(path).map_err(|error| unwritable(path, &error))?;
        Ok(Self {
            file: Mutex::new(Some(file)),
            path: path.to_owned(),
            halt: Arc::clone(halt),
            state: Mutex::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Report {
    Report::new(format!("{} cannot be written: {error}", path.display()))
}

impl Listener for Arc<Junit> {
    fn hear(&self, moment: &Moment) {
        let mut state = self.state();
        let t = moment.stamped.t;
        match &moment.stamped.event {
            Event::RunStarted(started) => state.begin(started),
            Event::TaskOutput(printed) => state.printed(printed),
            Event::TaskRetry(retry) => {
                let open = state.open.entry(retry.index).or_default();
                open.tries.push(retry.clone());
            }
            Event::TaskFinished(finished) => {
                let open = state.open.remove(&finished.index).unwrap_or_default();
                let case = case(&state.started, finished, &open);
                if let Err(error) = state.cases.push(case.as_bytes()) {
                    state.failed = Some(error);
                }
                let verdict = finished.verdict();
                state.counts.add(verdict, finished.attempt, finished.slow);
            }
            _ => {}
        }
        state.t = state.before.saturating_add(t);
    }

    fn close(&self) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever ends the run by force may be faster than its end.
        let Some(mut file) = file.take() else {
            return;
        };
        let state = std::mem::take(&mut *self.state());
        if let Err(error) = state.write(&mut file) {
            let report =
                unwritable(&self.path, &error).note("the run was over, and its end is lost");
            let tell = || report::show(std::slice::from_ref(&report));
            if !self.halt.request(Cause::OutputFailed, tell) {
                tell();
            }
        }
    }
}

impl State {
    fn begin(&mut self, started: &RunStarted) {
        self.started = started.clone();
        self.before = self.t;
        self.open.clear();
    }

    fn printed(&mut self, printed: &TaskOutput) {
        let open = self.open.entry(printed.index).or_default();
        let tail = match printed.stream {
            OutputStream::Stdout => &mut open.out,
            OutputStream::Stderr => &mut open.err,
        };
        let bytes = printed.output.as_bytes();
        tail.extend_from_slice(&bytes[bytes.len().saturating_sub(TAIL)..]);
        tail.drain(..tail.len().saturating_sub(TAIL));
    }

    fn write(self, file: &mut impl io::Write) -> io::Result<()> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let name = self
            .started
            .name
            .as_deref()
            .unwrap_or(&self.started.command);
        let (tests, time) = (self.counts.settled(), seconds(self.t));
        let skipped = self.counts.skipped + self.counts.cancelled;
        let failures = self.counts.failed + self.counts.leaked;
        let errors = self.counts.not_ok() - failures;
        let numbers = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
        write!(
            file,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <testsuites name=\"{runner}\" {numbers} time=\"{time}\">\n\
             <testsuite name=\"{name}\" {numbers} skipped=\"{skipped}\" time=\"{time}\" timestamp=\"{stamp}\" \
             id=\"0\">\n",
            runner = Xml(&self.started.runner),
            name = Xml(name),
            stamp = Xml(self.started.time.trim_end_matches('Z')),
        )?;
        self.cases.drain(|piece| file.write_all(piece))?;
        file.write_all(b"</testsuite>\n</testsuites>\n")
    }
}

/// The element of a task that is settled.
fn case(started: &RunStarted, finished: &TaskFinished, open: &Open) -> String {
    let class = started.name.as_deref().unwrap_or(&started.command);
    let mut case = format!(
        "<testcase name=\"{}\" classname=\"{}\" time=\"{}\">\n",
        Xml(&finished.task),
        Xml(class),
        seconds(finished.run)
    );
    let verdict = finished.verdict();
    let message = finished.message.as_deref().unwrap_or_default();
    let element = match verdict {
        Verdict::Ok => None,
        Verdict::Failed | Verdict::Leaked => Some("failure"),
        Verdict::Panicked | Verdict::Crashed | Verdict::TimedOut => Some("error"),
        Verdict::Cancelled | Verdict::Skipped => Some("skipped"),
    };
    // Writing to a string cannot fail.
    if let Some(element) = element {
        let kind = match element {
            "skipped" => String::new(),
            _ => format!(" type=\"{verdict}\""),
        };
        let _ = writeln!(case, "<{element} message=\"{}\"{kind}/>", Xml(message));
    }
    let again = match verdict {
        Verdict::Ok => "flakyFailure",
        _ => "rerunFailure",
    };
    for retry in &open.tries {
        let why = retry.message.as_deref().unwrap_or_default();
        let (message, kind) = (Xml(why), retry.outcome);
        let _ = writeln!(case, "<{again} message=\"{message}\" type=\"{kind}\"/>");
    }
    for (element, bytes) in [("system-out", &open.out), ("system-err", &open.err)] {
        if !bytes.is_empty() {
            let text = String::from_utf8_lossy(bytes);
            let _ = writeln!(case, "<{element}>{}</{element}>", Xml(&text));
        }
    }
    case.push_str("</testcase>\n");
    case
}

fn seconds(nanos: u64) -> String {
    format!("{:.6}", Duration::from_nanos(nanos).as_secs_f64())
}

#[cfg(test)]
mod tests;
