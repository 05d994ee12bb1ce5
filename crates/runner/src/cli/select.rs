//! The flags that choose among the tasks of a run.

use std::path::{Path, PathBuf};

use clap::Args;

use super::output::is_same;
use crate::audience::settings::Settings;
use crate::exit::Exit;
use crate::history::{History, Left};
use crate::report::Report;

const SELECTION: &str = "Selection";

#[derive(Debug, Args)]
pub(super) struct SelectAsk {
    /// Leave out what has ended well by this log of an earlier run, wherever it stands now. With the same file as --log,
    /// the log goes on
    #[arg(long, value_name = "LOG", help_heading = SELECTION)]
    resume: Option<PathBuf>,
    /// Do only what did not end well by this log of an earlier run
    #[arg(long, value_name = "LOG", conflicts_with = "resume", help_heading = SELECTION)]
    rerun_failed: Option<PathBuf>,
}

impl SelectAsk {
    /// What an earlier run has done, if that is asked for.
    ///
    /// # Errors
    ///
    /// Its log cannot be used.
    pub(super) fn history(&self) -> Result<Option<History>, (Exit, Report)> {
        let left = match self.resume {
            Some(_) => Left::Undone,
            None => Left::Failed,
        };
        let read = self.log().map(|path| History::read(path, left));
        read.transpose()
    }

    /// Whether the log that is written is the one that is read.
    pub(super) fn goes_on(&self, settings: &Settings) -> bool {
        let logs = self.log().zip(settings.log.as_deref());
        logs.is_some_and(|(read, written)| is_same(read, written))
    }

    fn log(&self) -> Option<&Path> {
        let log = self.resume.as_ref().or(self.rerun_failed.as_ref());
        log.map(PathBuf::as_path)
    }
}
