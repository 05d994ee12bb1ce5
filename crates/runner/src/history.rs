//! What earlier runs made of tasks, as their log tells, and which tasks are left to do because of it.
//!
//! Tasks are known by their keys, so nothing depends on their places: what was inserted, moved or changed since is not
//! taken for what stood there before. Of tasks that are the same, as many are left out as have ended well.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use crate::engine::source::Source;
use crate::engine::unit::{Unit, Work};
use crate::event::{Event, Lines, Stamped, TaskFinished, TaskKey, Verdict};
use crate::exit::Exit;
use crate::report::Report;

/// What is said of a task that an earlier run has done. Logs are asked for it again.
const DONE: &str = "done before";

/// What is said of a task that no earlier run knows, where only those that failed are wanted.
const UNKNOWN: &str = "not in the log";

/// Which tasks of a run are left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// All that have not ended well: those that failed, were not finished, or are new.
    Undone,
    /// Of those that the log knows, the ones that have not ended well.
    Failed,
}

/// What earlier runs made of tasks.
#[derive(Debug)]
pub(crate) struct History {
    left: Left,
    pasts: HashMap<TaskKey, Past>,
    /// The number of the run that is read.
    run: u64,
}

/// What became of the tasks of one key.
#[derive(Clone, Copy, Debug, Default)]
struct Past {
    /// How many have ended well, in the run in which most have.
    done: u64,
    /// How many have in this one.
    run: u64,
    done_in_run: u64,
    /// How many were left out by now.
    left_out: u64,
}

impl History {
    /// Reads a log. A last line that was not finished is no error: a runner that was killed leaves one.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is none.
    pub(crate) fn read(path: &Path, left: Left) -> Result<Self, (Exit, Report)> {
        let shown = path.display();
        let report = |why: &dyn std::fmt::Display| {
            Report::new(format!("the log {shown} cannot be used: {why}"))
                .help("give a file that --log has written")
        };
        let file = File::open(path).map_err(|error| (Exit::Missing, report(&error)))?;
        let wrong = |why: &dyn std::fmt::Display| (Exit::Usage, report(why));
        let mut history = Self::new(left);
        for stamped in Lines::new(BufReader::new(file)) {
            history.hear(&stamped.map_err(|error| wrong(&error))?);
        }
        match history.run {
            0 => Err(wrong(&"no run is in it")),
            _ => Ok(history),
        }
    }

    fn new(left: Left) -> Self {
        let pasts = HashMap::new();
        Self {
            left,
            pasts,
            run: 0,
        }
    }

    fn hear(&mut self, stamped: &Stamped) {
        match &stamped.event {
            Event::RunStarted(_) => self.run += 1,
            Event::TaskStarted(started) => {
                self.pasts.entry(started.key).or_default();
            }
            Event::TaskFinished(finished) => self.ended(finished),
            _ => {}
        }
    }

    fn ended(&mut self, finished: &TaskFinished) {
        let why = match finished.verdict() {
            Verdict::Skipped => finished.message.as_deref(),
            _ => None,
        };
        if why == Some(UNKNOWN) {
            return;
        }
        let past = self.pasts.entry(finished.key).or_default();
        if finished.verdict() == Verdict::Ok || why == Some(DONE) {
            if past.run != self.run {
                (past.run, past.done_in_run) = (self.run, 0);
            }
            past.done_in_run += 1;
            past.done = past.done.max(past.done_in_run);
        }
    }

    /// Leaves a unit out if it need not be done.
    pub(crate) fn decide(&mut self, unit: &mut Unit) {
        let why = match self.pasts.get_mut(&unit.key) {
            Some(past) if past.left_out < past.done => {
                past.left_out += 1;
                DONE
            }
            None if self.left == Left::Failed => UNKNOWN,
            _ => return,
        };
        unit.work = Work::Skip(Arc::from(why));
    }
}

/// A stream whose units are left out if an earlier run has done them.
pub(crate) struct Remaining<S> {
    pub(crate) all: S,
    pub(crate) history: History,
}

impl<S: Source> Source for Remaining<S> {
    fn next(&mut self) -> Option<Result<Unit, Report>> {
        let next = self.all.next()?;
        Some(next.map(|mut unit| {
            self.history.decide(&mut unit);
            unit
        }))
    }

    fn has_calls(&self) -> bool {
        self.all.has_calls()
    }

    fn total(&self) -> Option<u64> {
        self.all.total()
    }

    fn rewind(&mut self) -> bool {
        self.all.rewind()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RunStarted;

    fn key(name: &str) -> TaskKey {
        TaskKey::builder("call")
            .part("name", name.as_bytes())
            .finish()
    }

    fn begin(history: &mut History) {
        let event = Event::RunStarted(Box::<RunStarted>::default());
        history.hear(&Stamped { t: 0, event });
    }

    fn end(history: &mut History, name: &str, outcome: Verdict, message: Option<&str>) {
        let mut finished = TaskFinished::new(name.into(), key(name), 0, outcome);
        finished.message = message.map(str::to_owned);
        let event = Event::TaskFinished(Box::new(finished));
        history.hear(&Stamped { t: 0, event });
    }

    /// Why each of these is left out; nothing for those that are to be done.
    fn left_out(history: &mut History, names: &[&str]) -> Vec<Option<String>> {
        let decided = names.iter().map(|name| {
            let mut unit = Unit {
                id: (*name).into(),
                key: key(name),
                work: Work::Program(Box::default()),
                terms: Arc::default(),
                after: Arc::default(),
            };
            history.decide(&mut unit);
            match unit.work {
                Work::Skip(why) => Some(why.to_string()),
                _ => None,
            }
        });
        decided.collect()
    }

    #[test]
    fn what_ended_well_is_left_out_wherever_it_stands_now() {
        let done = Some(DONE.to_owned());
        for (left, new) in [
            (Left::Undone, None),
            (Left::Failed, Some(UNKNOWN.to_owned())),
        ] {
            let mut history = History::new(left);
            begin(&mut history);
            end(&mut history, "good", Verdict::Ok, None);
            end(&mut history, "bad", Verdict::Crashed, None);
            end(&mut history, "late", Verdict::Cancelled, None);
            end(
                &mut history,
                "after",
                Verdict::Skipped,
                Some("after bad failed"),
            );
            let decided = left_out(&mut history, &["new", "late", "bad", "after", "good"]);
            assert_eq!(decided, [new, None, None, None, done.clone()], "{left:?}");
        }
    }

    #[test]
    fn of_equal_tasks_as_many_are_left_out_as_have_ended_well() {
        let mut history = History::new(Left::Undone);
        begin(&mut history);
        end(&mut history, "a", Verdict::Ok, None);
        end(&mut history, "a", Verdict::Failed, None);
        end(&mut history, "a", Verdict::Ok, None);
        // A second run in the same log: those that were done are told again.
        begin(&mut history);
        end(&mut history, "a", Verdict::Skipped, Some(DONE));
        end(&mut history, "a", Verdict::Skipped, Some(DONE));
        end(&mut history, "a", Verdict::Failed, None);
        let decided = left_out(&mut history, &["a"; 4]);
        assert_eq!(decided.iter().flatten().count(), 2);
    }

    #[test]
    fn what_no_run_knew_does_not_become_known_by_being_left_out() {
        let mut history = History::new(Left::Failed);
        begin(&mut history);
        end(&mut history, "a", Verdict::Skipped, Some(UNKNOWN));
        assert_eq!(left_out(&mut history, &["a"]), [Some(UNKNOWN.to_owned())]);
    }
}
