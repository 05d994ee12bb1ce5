//! Lines that people read while a run goes on: a label, a time, a count, and what it is about.
//!
//! Labels are words; a colour only underlines what a word says.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use clap::builder::styling::{AnsiColor, Style};

use super::moment::{Moment, Tally};
use super::settings::StatusLevel;
use crate::event::{
    Event, RunStopping, StopCause, TaskFinished, TaskRetry, TaskSlow, TaskStopping, Verdict,
};
use crate::excerpt::OneLine;

/// Makes lines for people, as many as they want.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    level: StatusLevel,
    has_colours: bool,
}

/// What a line begins with.
struct Label {
    text: String,
    colour: AnsiColor,
    /// Who wants to know.
    level: StatusLevel,
}

/// What a line says after its label.
struct Row<'a> {
    /// As wide as all of its kind: nine places.
    time: String,
    place: String,
    task: &'a str,
    text: String,
}

impl Grid {
    /// Lines for standard error.
    pub(super) fn new(level: StatusLevel) -> Self {
        let has_colours = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
        Self { level, has_colours }
    }

    /// The line about what has happened, if there is one and it is wanted.
    pub(super) fn line(&self, moment: &Moment) -> Option<String> {
        let tally = &moment.tally;
        match &moment.stamped.event {
            Event::TaskFinished(finished) => self.finished(finished, tally),
            Event::TaskSlow(slow) => self.slow(slow, tally),
            Event::TaskRetry(retry) => self.retry(retry, tally),
            Event::TaskStopping(stopping) => self.stopping(stopping, tally),
            Event::RunStopping(stopping) => self.run_stopping(stopping),
            _ => None,
        }
    }

    /// `text` after a label of the run's own.
    pub(super) fn own(&self, label: &str, text: &str) -> String {
        let label = Label::new(label, AnsiColor::Green, StatusLevel::None);
        format!("{} {text}", self.paint(&label))
    }

    fn finished(&self, finished: &TaskFinished, tally: &Tally) -> Option<String> {
        let time = match finished.attempt {
            0 => String::new(),
            _ => seconds(finished.run),
        };
        let row = Row {
            time,
            place: place(tally),
            task: &finished.task,
            text: outcome(finished),
        };
        self.row(&Label::of(finished), &row)
    }

    fn slow(&self, slow: &TaskSlow, tally: &Tally) -> Option<String> {
        let label = Label::new("SLOW", AnsiColor::Yellow, StatusLevel::Slow);
        let row = Row {
            time: more_than(slow.run),
            place: blank(tally),
            task: &slow.task,
            text: String::new(),
        };
        self.row(&label, &row)
    }

    fn retry(&self, retry: &TaskRetry, tally: &Tally) -> Option<String> {
        let (number, most) = (retry.attempt, retry.tries.saturating_sub(1));
        let text = format!("RETRY {number}/{most}");
        let label = Label::new(&text, AnsiColor::Yellow, StatusLevel::Slow);
        let why = retry.message.as_deref().unwrap_or(retry.outcome.as_str());
        let pause = match Duration::from_millis(retry.delay / 1_000_000) {
            Duration::ZERO => "next try now".to_owned(),
            pause => format!("next try in {pause:?}"),
        };
        let row = Row {
            time: seconds(retry.run),
            place: blank(tally),
            task: &retry.task,
            text: format!("{}, {pause}", OneLine(why)),
        };
        self.row(&label, &row)
    }

    fn stopping(&self, stopping: &TaskStopping, tally: &Tally) -> Option<String> {
        let label = Label::new("STOPPING", AnsiColor::Yellow, StatusLevel::All);
        let grace = Duration::from_nanos(stopping.grace);
        let row = Row {
            time: more_than(stopping.run),
            place: blank(tally),
            task: &stopping.task,
            text: format!("{}; has {grace:?} to end", OneLine(&stopping.reason)),
        };
        self.row(&label, &row)
    }

    /// Tells why a run stops before its end, where nobody else does.
    fn run_stopping(&self, stopping: &RunStopping) -> Option<String> {
        let what = match stopping.cause {
            StopCause::MaxFail => "enough have failed (--max-fail)",
            StopCause::RunTimeout => "all of it has taken as long as it may (--run-timeout)",
            _ => return None,
        };
        let then = match (stopping.stops_running, stopping.running) {
            (_, 0) => "nothing more starts".to_owned(),
            (true, running) => format!("stopping the {running} that run"),
            (false, running) => format!("nothing more starts, and {running} still run"),
        };
        let wanted = self.level > StatusLevel::None;
        wanted.then(|| format!("{what}; {then}"))
    }

    fn row(&self, label: &Label, row: &Row<'_>) -> Option<String> {
        if label.level > self.level {
            return None;
        }
        let Row {
            time,
            place,
            task,
            text,
        } = row;
        let mut line = format!(
            "{} [{time:>9}] {place} {}",
            self.paint(label),
            OneLine(task)
        );
        if !text.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(line, "  {text}");
        }
        Some(line)
    }

    fn paint(&self, label: &Label) -> String {
        let style = match self.has_colours {
            true => label.colour.on_default().bold(),
            false => Style::new(),
        };
        format!("{style}{:>10}{style:#}", label.text)
    }
}

impl Label {
    fn new(text: &str, colour: AnsiColor, level: StatusLevel) -> Self {
        let text = text.to_owned();
        Self {
            text,
            colour,
            level,
        }
    }

    /// That of a task's end.
    fn of(finished: &TaskFinished) -> Self {
        let (text, colour, level) = match finished.verdict() {
            Verdict::Ok if finished.attempt > 1 => ("FLAKY", AnsiColor::Yellow, StatusLevel::Slow),
            Verdict::Ok if finished.slow => ("OK", AnsiColor::Green, StatusLevel::Slow),
            Verdict::Ok => ("OK", AnsiColor::Green, StatusLevel::Ok),
            Verdict::Failed => ("FAILED", AnsiColor::Red, StatusLevel::Fail),
            Verdict::Panicked => ("PANIC", AnsiColor::Red, StatusLevel::Fail),
            Verdict::Crashed => ("CRASHED", AnsiColor::Red, StatusLevel::Fail),
            Verdict::TimedOut => ("TIMEOUT", AnsiColor::Red, StatusLevel::Fail),
            Verdict::Leaked => ("LEAKED", AnsiColor::Red, StatusLevel::Fail),
            Verdict::Cancelled => ("CANCELLED", AnsiColor::Yellow, StatusLevel::All),
            Verdict::Skipped => ("SKIPPED", AnsiColor::Yellow, StatusLevel::All),
        };
        Self::new(text, colour, level)
    }
}

/// What became of a task, in a few words; nothing where its label says all.
fn outcome(finished: &TaskFinished) -> String {
    let mut text = match (finished.outcome, finished.expected) {
        (outcome, Some(expected)) if outcome == expected => format!("{outcome}, as expected"),
        (outcome, Some(expected)) => format!("{outcome}, and was to be {expected}"),
        (Verdict::Ok, None) if finished.attempt > 1 => format!("ok on try {}", finished.attempt),
        _ => String::new(),
    };
    let mut add = |part: String| {
        if !text.is_empty() {
            text.push_str("  ");
        }
        text.push_str(&part);
    };
    if let Some(value) = &finished.value {
        add(format!("→ {}", OneLine(value)));
    }
    if let Some(message) = &finished.message {
        add(OneLine(message).to_string());
    }
    if let Some(location) = &finished.location {
        add(OneLine(location).to_string());
    }
    if finished.outcome != Verdict::Ok && finished.attempt > 1 {
        add(format!("(tried {} times)", finished.attempt));
    }
    text
}

/// Which of how many has been settled.
fn place(tally: &Tally) -> String {
    let settled = tally.counts.settled();
    match tally.total {
        Some(total) => {
            let width = total.to_string().len();
            format!("({settled:>width$}/{total})")
        }
        None => format!("({settled})"),
    }
}

/// As wide as a place.
fn blank(tally: &Tally) -> String {
    " ".repeat(place(tally).len())
}

fn seconds(nanos: u64) -> String {
    format!("{:.3}s", Duration::from_nanos(nanos).as_secs_f64())
}

fn more_than(nanos: u64) -> String {
    format!(">{:>8}", seconds(nanos))
}

#[cfg(test)]
mod tests;
