//! What is told of a run, and where.

use std::path::PathBuf;

use crate::sink::TaskOutput;

/// What is told of a run, and where.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// What becomes of what tasks print.
    pub(crate) output: TaskOutput,
    /// Whether it is passed on in the order of the tasks.
    pub(crate) keep_order: bool,
    /// When what tasks print is shown that end as they were to.
    pub(crate) show_ok: ShowOk,
    /// The same for those that do not.
    pub(crate) show_fail: ShowFail,
    /// What people get a line about.
    pub(crate) status: StatusLevel,
    /// Whether a line says at the beginning what is run.
    pub(crate) header: bool,
    /// Whether it is summed up at the end.
    pub(crate) summary: Summary,
    /// How it is shown how far it has come.
    pub(crate) progress: Progress,
    /// Whether keys that are typed are for the run, where progress is drawn: nobody else reads them.
    pub(crate) keys: bool,
    /// What `Progress::Auto` is where nothing can be drawn.
    pub(crate) progress_elsewhere: Progress,
    /// Whether standard output carries events, and nothing else.
    pub(crate) json: bool,
    /// The file that all events are written to.
    pub(crate) log: Option<PathBuf>,
    /// The file for build servers.
    pub(crate) junit: Option<PathBuf>,
    /// The file with the timeline.
    pub(crate) trace: Option<PathBuf>,
    /// Whether the log goes on where it ends, and is not emptied.
    pub(crate) goes_on: bool,
    /// Whether it is told at the end how to run again what failed.
    pub(crate) rerun: bool,
    /// What becomes of what tasks give.
    pub(crate) values: Values,
    /// Whether each failure gets a line that needs no others around it.
    pub(crate) failures: bool,
}

/// What becomes of what tasks give, on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Values {
    /// Nothing: lines about tasks have it.
    Told,
    /// Each so many become one list.
    List {
        /// How many there are in a list.
        of: u64,
    },
    /// Each is a line.
    Lines {
        /// The task that workers of their own run.
        name: &'static str,
        /// How many workers there are.
        count: u64,
        /// What takes the place of all of them, when all have ended well.
        closing: Option<&'static str>,
    },
}

/// When what tasks print is shown that end as they were to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ShowOk {
    /// Not at all
    Never,
    /// When the run has ended
    Final,
    /// When they have ended
    Always,
}

/// When what tasks print is shown that do not end as they were to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ShowFail {
    /// When they have ended
    Immediate,
    /// When the run has ended
    Final,
    /// Then, and then again
    Both,
}

/// How it is shown how far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Progress {
    /// A bar on a terminal
    Auto,
    /// A bar, and a row for each of those that have run longest
    Bar,
    /// A line every ten seconds
    Counter,
    /// Not at all
    None,
}

/// What people get a line about. Each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum StatusLevel {
    /// Nothing
    None,
    /// Tasks that did not end as they were to
    Fail,
    /// Those that take long, or are tried again
    Slow,
    /// Those that are ok
    Ok,
    /// Those that were not run, and those that are told to stop
    All,
}

/// Whether a run is summed up at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Summary {
    /// It is not.
    Never,
    /// It is when something did not go as it was to.
    IfBad,
    /// It is.
    Always,
}

impl Settings {
    /// Whether anybody is told what a run took, however it ends.
    pub(crate) fn wants_figures(&self) -> bool {
        self.summary == Summary::Always || self.json || self.log.is_some()
    }

    /// Those of `exec`, which is silent about what goes well, as programs are that others build upon.
    pub(crate) fn of_exec() -> Self {
        Self {
            output: TaskOutput::Group,
            keep_order: false,
            show_ok: ShowOk::Always,
            show_fail: ShowFail::Immediate,
            status: StatusLevel::Slow,
            header: false,
            summary: Summary::IfBad,
            progress: Progress::Auto,
            progress_elsewhere: Progress::None,
            keys: true,
            json: false,
            log: None,
            junit: None,
            trace: None,
            goes_on: false,
            rerun: true,
            values: Values::Told,
            failures: false,
        }
    }

    /// Those of `map` and `spawn`, which print what tasks give. What `is_unsteady` may be tried again or end early,
    /// which is told then.
    pub(crate) fn of_calls(values: Values, is_unsteady: bool) -> Self {
        Self {
            status: match is_unsteady {
                true => StatusLevel::Slow,
                false => StatusLevel::None,
            },
            summary: Summary::Never,
            rerun: false,
            values,
            ..Self::of_exec()
        }
    }

    /// Those of `run`, which tells what failed and how it was.
    pub(crate) fn of_run() -> Self {
        Self {
            show_ok: ShowOk::Never,
            header: true,
            summary: Summary::Always,
            progress_elsewhere: Progress::Counter,
            ..Self::of_exec()
        }
    }

    /// Those of `replay`, which tells all that there is to be told.
    pub(crate) fn of_replay() -> Self {
        Self {
            status: StatusLevel::Ok,
            header: true,
            summary: Summary::Always,
            progress: Progress::None,
            keys: false,
            rerun: false,
            ..Self::of_exec()
        }
    }
}
