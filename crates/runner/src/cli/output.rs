//! The flags of what is told of a run, and where.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::audience::settings::{Progress, Settings, ShowFail, ShowOk, StatusLevel, Summary};
use crate::engine::child::start::Wiring;
use crate::report::Report;
use crate::sink::TaskOutput;

pub(super) const OUTPUT: &str = "Output";

#[derive(Debug, Args)]
pub(super) struct OutputAsk {
    /// What becomes of what tasks print
    #[arg(long, value_name = "HOW", value_enum, default_value = "group", help_heading = OUTPUT)]
    output: ProgramOutput,
    /// Pass on what they print in the order of their arguments, and not in that of their ends
    #[arg(short = 'k', long, help_heading = OUTPUT)]
    keep_order: bool,
    /// When to pass on what was printed by those that are ok, with `--output group`
    #[arg(long, value_name = "WHEN", value_enum, help_heading = OUTPUT)]
    show_ok: Option<ShowOk>,
    /// When to pass on what was printed by those that are not, with `--output group`
    #[arg(long, value_name = "WHEN", value_enum, help_heading = OUTPUT)]
    show_fail: Option<ShowFail>,
    /// What gets a line on standard error; each level includes those before it
    #[arg(long, value_name = "LEVEL", value_enum, help_heading = OUTPUT)]
    status: Option<StatusLevel>,
    /// What standard output carries
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "human", help_heading = OUTPUT)]
    message_format: MessageFormat,
    /// Write all that happens to this file, one JSON object a line; it has what has ended even if the runner is killed
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    log: Option<PathBuf>,
    /// Write how each task ended to this file, in the form of JUnit, for build servers
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    junit: Option<PathBuf>,
    /// Write a timeline to this file, for Perfetto and other viewers: a lane a worker
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    trace: Option<PathBuf>,
    /// How it is shown on standard error how far the run has come
    #[arg(long, value_name = "HOW", value_enum, default_value = "auto", help_heading = OUTPUT)]
    progress: Progress,
    /// Say nothing of tasks and of the run, but for errors of the runner itself
    #[arg(short, long, conflicts_with_all = ["verbose", "status"], help_heading = OUTPUT)]
    quiet: bool,
    /// Say what is run, how each task ends, and how it was, whatever it was
    #[arg(short, long, help_heading = OUTPUT)]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ProgramOutput {
    /// All that one prints is passed on together, when it has ended
    Group,
    /// Each line is passed on as soon as it is whole
    Line,
    /// Like `line`, with the name of the task before each line
    Tag,
    /// They print where the runner does, as they like
    Live,
    /// It is dropped
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    /// What tasks print
    Human,
    /// All that happens, one JSON object a line, and nothing else
    Json,
}

impl OutputAsk {
    /// What is asked for, in place of what is done else.
    ///
    /// # Errors
    ///
    /// Two things that are written would have one file.
    pub(super) fn settings(&self, defaults: Settings) -> Result<Settings, Report> {
        let files = [
            ("--log", &self.log),
            ("--junit", &self.junit),
            ("--trace", &self.trace),
        ];
        for (place, (flag, file)) in files.iter().enumerate() {
            for (other, same) in &files[..place] {
                if let (Some(file), Some(same)) = (file, same)
                    && would_be_one(file, same)
                {
                    let shown = file.display();
                    let what = format!("{other} and {flag} would both write to {shown}");
                    return Err(Report::new(what).help("give each a file of its own"));
                }
            }
        }
        Ok(self.wanted(defaults))
    }

    fn wanted(&self, defaults: Settings) -> Settings {
        let mut settings = defaults;
        settings.output = match self.output {
            ProgramOutput::Group => TaskOutput::Group,
            ProgramOutput::Tag => TaskOutput::Tag,
            ProgramOutput::Line | ProgramOutput::Live => TaskOutput::Line,
            ProgramOutput::None => TaskOutput::None,
        };
        settings.keep_order = self.keep_order;
        settings.show_ok = self.show_ok.unwrap_or(settings.show_ok);
        settings.show_fail = self.show_fail.unwrap_or(settings.show_fail);
        settings.log.clone_from(&self.log);
        settings.junit.clone_from(&self.junit);
        settings.trace.clone_from(&self.trace);
        settings.progress = match self.progress {
            // Programs that print there by themselves would not spare what is drawn.
            Progress::Auto if self.quiet || self.output == ProgramOutput::Live => Progress::None,
            Progress::Auto => settings.progress,
            asked => asked,
        };
        settings.json = self.is_json();
        if self.verbose {
            settings.status = StatusLevel::All;
            settings.header = true;
            settings.summary = Summary::Always;
        }
        settings.failures = self.status.is_none() && settings.status == StatusLevel::None;
        settings.status = self.status.unwrap_or(settings.status);
        if self.quiet || self.is_json() {
            settings.status = StatusLevel::None;
            settings.failures = false;
            settings.header = false;
            settings.summary = Summary::Never;
        }
        if self.is_json() {
            settings.output = TaskOutput::None;
            settings.keep_order = false;
        }
        settings
    }

    /// What becomes of the lines that tasks print, if nobody wants to know more than what they print and give.
    pub(super) fn plain(&self) -> Option<TaskOutput> {
        let asked = [
            self.keep_order,
            self.quiet,
            self.verbose,
            self.is_json(),
            self.show_ok.is_some(),
            self.show_fail.is_some(),
            self.status.is_some(),
            self.progress != Progress::None,
        ];
        let files = [&self.log, &self.junit, &self.trace];
        let is_plain = !asked.contains(&true) && files.iter().all(|file| file.is_none());
        match self.output {
            _ if !is_plain => None,
            ProgramOutput::Line | ProgramOutput::Live => Some(TaskOutput::Line),
            ProgramOutput::None => Some(TaskOutput::None),
            ProgramOutput::Group | ProgramOutput::Tag => None,
        }
    }

    /// Whether standard output carries events.
    pub(super) fn is_json(&self) -> bool {
        self.message_format == MessageFormat::Json
    }

    /// Where the outputs of programs lead.
    pub(super) fn wiring(&self) -> Wiring {
        match self.output {
            // Nothing may come between events.
            ProgramOutput::Live if !self.is_json() => Wiring::Inherited,
            ProgramOutput::None => Wiring::Dropped,
            _ => Wiring::Piped,
        }
    }
}

/// Whether both are one file, which is there.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let [one, other] = [one, other].map(fs::canonicalize);
    matches!((one, other), (Ok(one), Ok(other)) if one == other)
}

/// Whether what is written to both would be in one file.
fn would_be_one(one: &Path, other: &Path) -> bool {
    // What is no file, as /dev/null is none, takes whatever comes.
    let is_file = one.metadata().is_ok_and(|found| found.is_file());
    let place = |path: &Path| {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
        Some(folder.join(path.file_name()?))
    };
    let is_to_be = !one.exists() && place(one).is_some_and(|one| Some(one) == place(other));
    is_to_be || (is_file && is_same(one, other))
}
