//! Keeps the report on disk from the first moment on, so that an interrupted comparison leaves what it measured.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::render;
use crate::report::Report;

/// The folder of one comparison's report.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
}

/// The report cannot be kept, or not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written to {}: {source}{}", file.display(), help(saved.as_deref()))]
pub struct StoreError {
    file: PathBuf,
    source: io::Error,
    /// Where all that was measured is nevertheless.
    saved: Option<PathBuf>,
}

fn help(saved: Option<&Path>) -> String {
    match saved {
        Some(saved) => format!(
            "\n  = all that was measured is in {0}\nhelp: make room, then draw it again: cargo xtask compare report {0}",
            saved.display()
        ),
        None => String::new(),
    }
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
        let text = serde_json::to_vec_pretty(report).map_err(io::Error::from);
        let put = text.and_then(|text| self.put(FILE, &text));
        put.map_err(|source| self.error(FILE, source))
    }

    /// Draws the report into files beside it: a page, Markdown, all samples as a spreadsheet reads them, and timelines.
    ///
    /// # Errors
    ///
    /// Fails with the first one that cannot be written; what was there before under its name is then still there, and the
    /// others are written all the same.
    pub fn draw(&self, report: &Report) -> Result<(), StoreError> {
        let drawn = [
            (PAGE, render::page(report)),
            (MARKDOWN, render::markdown(report)),
            (SAMPLES, render::samples(report)),
        ];
        let drawn = drawn.map(|(name, text)| (name.to_owned(), text));
        let put = drawn
            .into_iter()
            .chain(render::traces(report))
            .map(|(name, text)| {
                let put = self.put(&name, text.as_bytes());
                put.map_err(|source| StoreError {
                    saved: Some(self.file()),
                    ..self.error(&name, source)
                })
            });
        // All of them, whatever befalls one.
        put.collect::<Vec<_>>().into_iter().collect()
    }

    /// The report's file.
    pub fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// The page that [`Store::draw`] makes.
    pub fn page(&self) -> PathBuf {
        self.folder.join(PAGE)
    }

    fn put(&self, name: &str, text: &[u8]) -> io::Result<()> {
        // As any new file: temporary ones are for their owner alone, and a report is for all who may see the folder.
        let permissions = fs::Permissions::from_mode(0o666);
        let mut new = Builder::new()
            .permissions(permissions)
            .tempfile_in(&self.folder)?;
        // Of the file itself, whose errors do not name a file that nobody knows.
        new.as_file_mut().write_all(text)?;
        new.persist(self.folder.join(name))
            .map_err(|error| error.error)?;
        Ok(())
    }

    fn error(&self, name: &str, source: io::Error) -> StoreError {
        let file = self.folder.join(name);
        StoreError {
            file,
            source,
            saved: None,
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
    fn one_that_cannot_be_drawn_is_named_and_the_others_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &report()).unwrap();
        // No file takes the place of a folder.
        fs::create_dir(store.page()).unwrap();
        let error = store.draw(&report()).unwrap_err().to_string();
        let [page, saved] = [store.page(), store.file()].map(|file| file.display().to_string());
        assert!(
            error.starts_with(&format!("the report cannot be written to {page}: ")),
            "{error}"
        );
        assert!(
            error.ends_with(&format!(
                "draw it again: cargo xtask compare report {saved}"
            )),
            "{error}"
        );
        let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 4, "{names:?}");
        names.retain(|entry| entry.as_ref().unwrap().path().is_dir());
        assert_eq!(names.len(), 1, "{names:?}");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(Store::open(&file.join("below"), &report()).is_err());
    }
}
