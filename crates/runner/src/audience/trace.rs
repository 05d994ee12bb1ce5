//! A run as a timeline that trace viewers show: Perfetto, and the one in Chromium. A worker is a lane, a try is a bar.
//!
//! The file is whole JSON after every event, whatever happens next: each event is written over the end of the one
//! before, together with a new end.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::listener::Listener;
use super::moment::Moment;
use crate::event::{Event, RunStarted, TaskFinished, TaskRetry, TaskStarted};
use crate::halt::{Cause, Halt};
use crate::report::{self, Report};

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
        let file = begun.map_err(|error| unwritable(path, &error).note("nothing was started"))?;
        let state = State {
            file: Some(file),
            end: begin.len() as u64,
            is_first: true,
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
                Ok(())
            }
            Event::TaskRetry(retry) => state.retry(retry, t),
            Event::TaskFinished(finished) => state.finish(finished, t),
            Event::RunStopping(stopping) => {
                let name = format!("stopping: {}", stopping.cause);
                let mark =
                    json!({"name": name, "ph": "i", "s": "g", "ts": micros(t), "pid": 1, "tid": 0});
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
        let mut events = vec![meta("process_name", 0, &json!({"name": name}))];
        for worker in 0..started.workers {
            let name = format!("worker {worker}");
            events.push(meta("thread_name", worker, &json!({"name": name})));
            events.push(meta(
                "thread_sort_index",
                worker,
                &json!({"sort_index": worker}),
            ));
        }
        self.write(&events)
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
            "pid": 1,
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

fn meta(name: &str, worker: u64, arguments: &Value) -> Value {
    json!({"name": name, "ph": "M", "pid": 1, "tid": worker, "args": arguments})
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
mod tests {
    use super::super::moment::Tally;
    use super::*;
    use crate::event::samples::samples;
    use crate::event::{Stamped, TaskKey, Verdict};

    fn hear(trace: &Trace, t: u64, event: Event) {
        let stamped = Stamped { t, event };
        let tally = Tally::default();
        trace.hear(&Moment { stamped, tally });
    }

    fn read(path: &Path) -> Vec<Value> {
        let text = std::fs::read_to_string(path).unwrap();
        let whole: Value = serde_json::from_str(&text).unwrap();
        whole["traceEvents"].as_array().unwrap().clone()
    }

    #[test]
    fn the_file_is_whole_after_every_event() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace.json");
        let trace = Trace::create(&path, &Halt::new(|_| ())).unwrap();
        assert_eq!(read(&path).len(), 0);
        let mut before = 0;
        for Stamped { t, event } in samples() {
            let adds = matches!(
                event,
                Event::RunStarted(_) | Event::TaskRetry(_) | Event::RunStopping(_)
            );
            hear(&trace, t, event);
            let now = read(&path).len();
            assert_eq!(now > before, adds, "{t}");
            before = now;
        }
    }

    #[test]
    fn a_try_is_a_bar_in_the_lane_of_its_worker() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace.json");
        let trace = Trace::create(&path, &Halt::new(|_| ())).unwrap();
        for Stamped { event, .. } in samples() {
            if let Event::TaskStarted(mut started) = event {
                started.worker = 1;
                hear(&trace, 2_500, Event::TaskStarted(started));
            }
        }
        let key = TaskKey::builder("call").finish();
        let finished = TaskFinished::new("thumbs[a.png]".into(), key, 7, Verdict::Crashed);
        hear(&trace, 5_000, Event::TaskFinished(Box::new(finished)));
        let [bar] = &read(&path)[..] else {
            panic!("one bar")
        };
        assert_eq!(
            (&bar["ph"], &bar["tid"], &bar["name"]),
            (&json!("X"), &json!(1), &json!("thumbs[a.png]"))
        );
        assert_eq!((&bar["ts"], &bar["dur"]), (&json!(2.5), &json!(2.5)));
        assert_eq!(
            (&bar["cname"], &bar["args"]["outcome"]),
            (&json!("bad"), &json!("crashed"))
        );
    }
}
