//! Counting runs of tasks, in whatever processes they run.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

/// The test's side: a file with one byte for each run.
#[derive(Debug)]
pub struct Tally(TempDir);

/// The task's side; travels as an input.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mark(PathBuf);

impl Tally {
    /// A tally at zero.
    ///
    /// # Panics
    ///
    /// When the machine has no place for it.
    #[must_use]
    pub fn new() -> Self {
        let tally = Self(tempfile::tempdir().expect("a temporary folder"));
        std::fs::write(tally.path(), []).expect("a file in a new folder");
        tally
    }

    /// The task's side.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark(self.path())
    }

    /// How many runs there were.
    ///
    /// # Panics
    ///
    /// When the file is gone.
    #[must_use]
    pub fn count(&self) -> u64 {
        std::fs::metadata(self.path())
            .expect("the tally is there")
            .len()
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("tally")
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}

impl Mark {
    /// In a task: counts this run.
    ///
    /// # Panics
    ///
    /// When the file is gone.
    pub fn add(self) {
        let file = OpenOptions::new().append(true).open(self.0);
        let mut file = file.expect("the tally is there");
        file.write_all(b".").expect("a byte can be appended");
    }
}
