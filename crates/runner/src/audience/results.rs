//! What the tasks of `map` and `spawn` give: in the order of their inputs or workers, whatever the order of their ends.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::listener::Listener;
use super::moment::Moment;
use super::settings::{Settings, Values};
use crate::event::{Event, RunFinished, TaskFinished, Verdict};
use crate::exit::Exit;
use crate::sink::Sink;

/// Prints what tasks give to standard output; where no lines about tasks do so, each failure gets a line, too.
pub(super) struct Results {
    sink: Arc<Sink>,
    values: Values,
    tells_failures: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What tasks gave whose turn has not come.
    ended: BTreeMap<u64, Option<String>>,
    /// The task whose turn it is.
    next: u64,
    /// The list, as far as it is known.
    list: String,
    /// Whether the run stops: how it has ended says then what becomes of a list.
    stops: bool,
}

/// What stands in a list for a task that gave nothing.
const NOTHING: &str = "null";

impl Results {
    pub(super) fn new(sink: Arc<Sink>, settings: &Settings) -> Self {
        Self {
            sink,
            values: settings.values,
            tells_failures: settings.failures,
            state: Mutex::default(),
        }
    }

    fn finished(&self, finished: &TaskFinished) {
        let verdict = finished.verdict();
        if self.tells_failures && verdict.is_run() && verdict != Verdict::Ok {
            self.sink.complain(&self.failure(finished));
        }
        let mut state = self.state();
        if verdict == Verdict::Cancelled {
            state.stops = true;
            return;
        }
        state.ended.insert(finished.index, finished.value.clone());
        if state.stops {
            return;
        }
        // Under the lock: whoever comes next must not be faster with what comes next.
        loop {
            let next = state.next;
            let Some(value) = state.ended.remove(&next) else {
                return;
            };
            state.next += 1;
            self.take(&mut state, value);
        }
    }

    /// It is this one's turn.
    fn take(&self, state: &mut State, value: Option<String>) {
        match self.values {
            Values::List { of } => {
                state.list.push_str(match state.list.is_empty() {
                    true => "[",
                    false => ", ",
                });
                state.list.push_str(value.as_deref().unwrap_or(NOTHING));
                if state.next.is_multiple_of(of) {
                    self.close_list(state);
                }
            }
            Values::Lines { closing: None, .. } => {
                // A failure halts the run.
                drop(value.map(|value| self.sink.line(&value)));
            }
            Values::Lines { .. } | Values::Told => {}
        }
    }

    fn close_list(&self, state: &mut State) {
        let mut list = std::mem::take(&mut state.list);
        list.push(']');
        // As for other values.
        let _ = self.sink.line(&list);
    }

    fn run_finished(&self, finished: &RunFinished) {
        let mut state = self.state();
        match self.values {
            // The list would be a part of what was asked for, when somebody has stopped the run.
            Values::List { of } if ended_by_itself(finished) => {
                let is_between = state.next > 0 && state.next.is_multiple_of(of);
                let mut is_open = !is_between || !state.ended.is_empty();
                while is_open {
                    let next = state.next;
                    let value = state.ended.remove(&next).flatten();
                    state.next += 1;
                    self.take(&mut state, value);
                    is_open = !state.next.is_multiple_of(of) || !state.ended.is_empty();
                }
            }
            Values::Lines { closing: None, .. } => {
                for value in std::mem::take(&mut state.ended).into_values() {
                    self.take(&mut state, value);
                }
            }
            Values::Lines {
                closing: Some(closing),
                ..
            } if finished.exit == Exit::Success.code() => {
                let _ = self.sink.line(closing);
            }
            _ => {}
        }
    }

    fn failure(&self, finished: &TaskFinished) -> String {
        let cause = cause(finished);
        match self.values {
            Values::Lines { name, count, .. } => {
                format!("worker {} of {name}: {cause}", finished.index % count)
            }
            _ => match finished.task.split_once('[') {
                Some((name, input)) => {
                    let input = input.strip_suffix(']').unwrap_or(input);
                    format!("{name}({input}): {cause}")
                }
                None => format!("{}: {cause}", finished.task),
            },
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why it gave nothing.
fn cause(finished: &TaskFinished) -> String {
    let mut cause = match &finished.message {
        Some(message) if finished.outcome == Verdict::Panicked => format!("panicked: {message}"),
        Some(message) => message.clone(),
        None => finished.outcome.to_string(),
    };
    if let Some(location) = &finished.location {
        cause.push_str(&format!(" at {location}"));
    }
    if finished.attempt > 1 {
        cause.push_str(&format!(" (tried {} times)", finished.attempt));
    }
    cause
}

/// Whether nobody has stopped it from outside, and no output has failed.
fn ended_by_itself(finished: &RunFinished) -> bool {
    let exits = [Exit::Success, Exit::TasksFailed, Exit::RunTimedOut];
    exits.map(Exit::code).contains(&finished.exit)
}

impl Listener for Results {
    fn act(&self, moment: &Moment) {
        match &moment.stamped.event {
            Event::TaskFinished(finished) => self.finished(finished),
            Event::RunFinished(finished) => self.run_finished(finished),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
