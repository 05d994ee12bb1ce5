//! Keeps the report on disk from the first moment on, so that an interrupted comparison leaves what it measured.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::render;
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
const PAGE: &str = "report.html";
const MARKDOWN: &str = "report.md";
const SAMPLES: &str = "samples.csv";

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
        fs::create_dir_all(folder).map_err(|source| store.error(FILE, source))?;
        store.save(report)?;
        Ok(store)
    }

    /// Replaces the file with this state of the report, all at once.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be written; the earlier one is then still there.
    pub fn save(&self, report: &Report) -> Result<(), StoreError> {
        let put = self.put(FILE, |file| {
            serde_json::to_writer_pretty(file, report).map_err(io::Error::from)
        });
        put.map_err(|source| self.error(FILE, source))
    }

    /// Draws the report into files beside it: a page, Markdown, and all samples as a spreadsheet reads them.
    ///
    /// # Errors
    ///
    /// Fails when one cannot be written; what was there before under its name is then still there.
    pub fn draw(&self, report: &Report) -> Result<(), StoreError> {
        let drawn = [
            (PAGE, render::page(report)),
            (MARKDOWN, render::markdown(report)),
            (SAMPLES, render::samples(report)),
        ];
        for (name, text) in drawn {
            let put = self.put(name, |file| file.write_all(text.as_bytes()));
            put.map_err(|source| self.error(name, source))?;
        }
        Ok(())
    }

    /// The report's file.
    pub fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// The page that [`Store::draw`] makes.
    pub fn page(&self) -> PathBuf {
        self.folder.join(PAGE)
    }

    fn put(
        &self,
        name: &str,
        write: impl FnOnce(&mut NamedTempFile) -> io::Result<()>,
    ) -> io::Result<()> {
        // As any new file: temporary ones are for their owner alone, and a report is for all who may see the folder.
        let permissions = fs::Permissions::from_mode(0o666);
        let mut new = Builder::new()
            .permissions(permissions)
            .tempfile_in(&self.folder)?;
        write(&mut new)?;
        new.persist(self.folder.join(name))?;
        Ok(())
    }

    fn error(&self, name: &str, source: io::Error) -> StoreError {
        let file = self.folder.join(name);
        StoreError { file, source }
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
        let report = report();
        let store = Store::open(&folder.path().join("new/one"), &report).unwrap();
        store.save(&report).unwrap();
        let read: Report = serde_json::from_slice(&fs::read(store.file()).unwrap()).unwrap();
        assert_eq!(read, report);
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
    fn what_is_drawn_lies_beside_the_report() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &report()).unwrap();
        store.draw(&report()).unwrap();
        let text = |name| fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text(PAGE).starts_with("<!DOCTYPE html>"));
        assert!(text(MARKDOWN).starts_with("# "));
        assert!(text(SAMPLES).contains("digest"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(Store::open(&file.join("below"), &report()).is_err());
    }
}
