//! A run as a timeline that trace viewers show: Perfetto, and the one in Chromium. A worker is a lane, a try is a bar.
//!
//! The file is whole JSON after every event, whatever happens next: each event is written over the end of the one
//! before, together with a new end.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;
use std::ops::RangeInclusive;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::listener::Listener;
use super::moment::Moment;
use crate::event::{Event, RunStarted, TaskFinished, TaskRetry, TaskStarted};
use crate::halt::{Cause, Halt};
use crate::report::{self, Report};

/// So many workers get their lanes before they have work.
const LANES: u64 = 10_000;

/// What closes the file.
const END: &[u8] = b"\n]}\n";

/// Writes a timeline.
pub(super) struct Trace {
    path: PathBuf,
    halt: Arc<Halt>,
    state: Mutex<State>,
}

struct State {
    /// Is gone when it has failed.
    file: Option<File>,
    /// Where the next event belongs.
    end: u64,
    is_first: bool,
    /// The number of the run, which is a process to viewers: a log can hold several.
    run: u64,
    /// The lanes of the run that have their names.
    named: HashSet<u64>,
    /// When the tries that run have started, by task.
    running: HashMap<u64, (TaskStarted, u64)>,
}

impl Trace {
    /// # Errors
    ///
    /// The file cannot be written.
    pub(super) fn create(path: &Path, halt: &Arc<Halt>) -> Result<Self, Report> {
        let begin = b"{\"displayTimeUnit\":\"ms\",\"traceEvents\":[";
        let begun = File::create(path).and_then(|file| {
            file.write_all_at(&[begin, END].concat(), 0)?;
            Ok(file)
        });
        let file = begun.map_err(|error| {
            let report = unwritable(path, &error).note("nothing was started");
            match error.kind() {
                io::ErrorKind::NotSeekable => {
                    report.help("name a file: its end is written anew with every task")
                }
                _ => report,
            }
        })?;
        let state = State {
            file: Some(file),
            end: begin.len() as u64,
            is_first: true,
            run: 0,
            named: HashSet::new(),
            running: HashMap::new(),
        };
        Ok(Self {
            path: path.to_owned(),
            halt: Arc::clone(halt),
            state: Mutex::new(state),
        })
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Report {
    Report::new(format!(
        "the trace {} cannot be written: {error}",
        path.display()
    ))
}

impl Listener for Trace {
    fn hear(&self, moment: &Moment) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let t = moment.stamped.t;
        let written = match &moment.stamped.event {
            Event::RunStarted(started) => state.begin(started),
            Event::TaskStarted(started) => {
                state.running.insert(started.index, (started.clone(), t));
                state.name_lanes(started.worker..=started.worker)
            }
            Event::TaskRetry(retry) => state.retry(retry, t),
            Event::TaskFinished(finished) => state.finish(finished, t),
            Event::RunStopping(stopping) => {
                let name = format!("stopping: {}", stopping.cause);
                let pid = state.run;
                let mark = json!({"name": name, "ph": "i", "s": "g", "ts": micros(t), "pid": pid, "tid": 0});
                state.write(&[mark])
            }
            _ => Ok(()),
        };
        let Err(error) = written else {
            return;
        };
        state.file = None;
        drop(state);
        let report = unwritable(&self.path, &error)
            .note("it ends before this point; what still ran was stopped");
        let tell = || report::show(std::slice::from_ref(&report));
        if !self.halt.request(Cause::OutputFailed, tell) {
            tell();
        }
    }
}

impl State {
    /// Names the process and its lanes.
    fn begin(&mut self, started: &RunStarted) -> io::Result<()> {
        let name = match &started.name {
            Some(name) => format!("{} {} {name}", started.runner, started.command),
            None => format!("{} {}", started.runner, started.command),
        };
        self.run += 1;
        self.running.clear();
        self.named.clear();
        let named = self.meta("process_name", 0, &json!({"name": name}));
        self.write(&[named])?;
        // Those without work are of interest, too; a log may claim more of them than there could be.
        self.name_lanes(0..=started.workers.clamp(1, LANES) - 1)
    }

    /// Gives lanes that have none their names.
    fn name_lanes(&mut self, workers: RangeInclusive<u64>) -> io::Result<()> {
        let mut events = Vec::new();
        for worker in workers {
            if self.named.insert(worker) {
                let name = format!("worker {worker}");
                events.push(self.meta("thread_name", worker, &json!({"name": name})));
                let place = json!({"sort_index": worker});
                events.push(self.meta("thread_sort_index", worker, &place));
            }
        }
        match events.is_empty() {
            true => Ok(()),
            false => self.write(&events),
        }
    }

    fn meta(&self, name: &str, worker: u64, arguments: &Value) -> Value {
        json!({"name": name, "ph": "M", "pid": self.run, "tid": worker, "args": arguments})
    }

    fn retry(&mut self, retry: &TaskRetry, t: u64) -> io::Result<()> {
        let arguments =
            json!({"try": retry.attempt, "outcome": retry.outcome, "message": retry.message});
        self.bar(retry.index, t, &arguments)
    }

    fn finish(&mut self, finished: &TaskFinished, t: u64) -> io::Result<()> {
        let mut arguments = serde_json::to_value(finished).unwrap_or_default();
        if let Value::Object(fields) = &mut arguments {
            // The bar says these already.
            for said in ["task", "worker", "run"] {
                fields.remove(said);
            }
        }
        self.bar(finished.index, t, &arguments)
    }

    /// A try has ended.
    fn bar(&mut self, index: u64, t: u64, arguments: &Value) -> io::Result<()> {
        let Some((started, since)) = self.running.remove(&index) else {
            // It was never started.
            return Ok(());
        };
        let colour = match arguments.get("outcome").and_then(Value::as_str) {
            Some("ok") => "good",
            Some("cancelled") => "grey",
            _ => "bad",
        };
        self.write(&[json!({
            "name": started.task,
            "ph": "X",
            "ts": micros(since),
            "dur": micros(t.saturating_sub(since)),
            "pid": self.run,
            "tid": started.worker,
            "cname": colour,
            "args": arguments,
        })])
    }

    /// Adds events, and the end behind them.
    fn write(&mut self, events: &[Value]) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let mut text = Vec::new();
        for event in events {
            text.extend_from_slice(if self.is_first { b"\n" } else { b",\n" });
            self.is_first = false;
            serde_json::to_writer(&mut text, event)?;
        }
        let length = text.len() as u64;
        text.extend_from_slice(END);
        file.write_all_at(&text, self.end)?;
        self.end += length;
        Ok(())
    }
}

/// Microseconds, as viewers count them.
#[expect(
    clippy::cast_precision_loss,
    reason = "a run of a hundred days is still exact to the nanosecond's neighbour"
)]
fn micros(nanos: u64) -> f64 {
    nanos as f64 / 1_000.0
}

#[cfg(test)]
mod tests;
