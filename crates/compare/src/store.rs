//! Keeps the report on disk from the first moment on, so that an interrupted comparison leaves what it measured.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::report::Report;

/// The folder of one comparison's report.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
}

/// The report cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written to {}: {source}", file.display())]
pub struct StoreError {
    file: PathBuf,
    source: io::Error,
}

const FILE: &str = "report.json";

impl Store {
    /// Makes the folder and writes a report that has no rounds yet.
    ///
    /// # Errors
    ///
    /// Fails when the folder or the file cannot be made.
    pub fn open(folder: &Path, report: &Report) -> Result<Self, StoreError> {
        let store = Self {
            folder: folder.to_owned(),
        };
        fs::create_dir_all(folder).map_err(|source| store.error(source))?;
        store.save(report)?;
        Ok(store)
    }

    /// Replaces the file with this state of the report, all at once.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be written; the earlier one is then still there.
    pub fn save(&self, report: &Report) -> Result<(), StoreError> {
        self.replace(report).map_err(|source| self.error(source))
    }

    /// The report's file.
    pub fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    fn replace(&self, report: &Report) -> io::Result<()> {
        // As any new file: temporary ones are for their owner alone, and a report is for all who may see the folder.
        let permissions = fs::Permissions::from_mode(0o666);
        let mut new = Builder::new()
            .permissions(permissions)
            .tempfile_in(&self.folder)?;
        serde_json::to_writer_pretty(&mut new, report)?;
        new.persist(self.file())?;
        Ok(())
    }

    fn error(&self, source: io::Error) -> StoreError {
        StoreError {
            file: self.file(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use crate::report::Settings;

    fn report() -> Report {
        Report::new("cpu", Settings::default(), Environment::probe())
    }

    #[test]
    fn a_report_is_there_from_the_start_and_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("new/one"), &report()).unwrap();
        store.save(&report()).unwrap();
        let read: Report = serde_json::from_slice(&fs::read(store.file()).unwrap()).unwrap();
        assert_eq!(read, report());
        assert_eq!(
            fs::read_dir(folder.path().join("new/one")).unwrap().count(),
            1
        );
    }

    #[test]
    fn a_report_can_be_read_by_all_who_can_read_new_files() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &report()).unwrap();
        let plain = folder.path().join("plain");
        fs::write(&plain, "").unwrap();
        let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode(&store.file()), mode(&plain));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(Store::open(&file.join("below"), &report()).is_err());
    }
}
