//! Who ran what: lines that jobs write themselves, in whatever processes they run.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

/// How many bytes each line has: of a line that lies in two pages, a process that is killed may write the first part.
const LINE: usize = 32;

/// The test's side: a file to which every run adds a line.
#[derive(Debug)]
pub(crate) struct Journal(TempDir);

/// The task's side; travels as an input.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pen(PathBuf);

/// A job that began, and the process in which it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Run {
    pub(crate) job: usize,
    pub(crate) pid: u32,
}

impl Journal {
    pub(crate) fn new() -> Self {
        let journal = Self(tempfile::tempdir().unwrap());
        std::fs::write(journal.path(), []).unwrap();
        journal
    }

    pub(crate) fn pen(&self) -> Pen {
        Pen(self.path())
    }

    /// All runs, in the order in which they began.
    pub(crate) fn runs(&self) -> Vec<Run> {
        let text = std::fs::read_to_string(self.path()).unwrap();
        let run = |line: &str| {
            let (job, pid) = line.trim_end().split_once(' ').unwrap();
            let (job, pid) = (job.parse().unwrap(), pid.parse().unwrap());
            Run { job, pid }
        };
        text.lines().map(run).collect()
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("journal")
    }
}

impl Pen {
    /// In a task: notes that `job` runs here.
    pub(crate) fn note(&self, job: usize) {
        let words = format!("{job} {}", std::process::id());
        let line = format!("{words:<width$}\n", width = LINE - 1);
        let file = OpenOptions::new().append(true).open(&self.0);
        // One write each, so that lines of several processes do not mix.
        file.unwrap().write_all(line.as_bytes()).unwrap();
    }
}
