//! `--github`: the report as a summary of a step of GitHub Actions, and what it did not keep to as annotations.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anypool_compare::{Report, annotations, render};

use crate::console::{note, note_on};

/// Where GitHub tells a step to write its summary.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// The summary cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the step's summary cannot be written to {}: {source}", file.display())]
pub(super) struct SummaryError {
    file: PathBuf,
    source: io::Error,
}

/// Makes sure that the summary can be written, before anything is measured.
///
/// # Errors
///
/// Fails when it cannot.
pub(super) fn open() -> Result<(), SummaryError> {
    match std::env::var_os(SUMMARY).map(PathBuf::from) {
        Some(file) => append(&file, "").map_err(|source| SummaryError { file, source }),
        None => Ok(()),
    }
}

/// Tells GitHub what came of a comparison.
///
/// # Errors
///
/// Fails when the summary cannot be written.
pub(super) fn tell(report: &Report) -> Result<(), SummaryError> {
    // Actions read commands from both streams, and standard output may be somebody's JSON.
    note_on(&annotations(report));
    let Some(file) = std::env::var_os(SUMMARY).map(PathBuf::from) else {
        note(&format!(
            "note: {SUMMARY} is not set, so no summary is written: this is no step of GitHub Actions"
        ));
        return Ok(());
    };
    append(&file, &render::markdown(report)).map_err(|source| SummaryError { file, source })
}

/// A step's summary may have parts of others already.
fn append(file: &PathBuf, text: &str) -> io::Result<()> {
    let mut file = File::options().append(true).create(true).open(file)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_into_the_summary_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("summary.md");
        append(&file, "one\n").unwrap();
        append(&file, "two\n").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "one\ntwo\n");
        assert!(append(&PathBuf::from("/dev/full"), "x").is_err());
    }
}
