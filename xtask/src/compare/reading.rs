//! Reads reports that were measured before.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anypool_compare::Report;
use anypool_compare::report::SCHEMA;

/// A file is no report of ours.
#[derive(Debug, thiserror::Error)]
#[error("`{}` is no report that can be read: {source}", file.display())]
pub(super) struct Unreadable {
    file: PathBuf,
    source: io::Error,
}

/// Reads a report.
///
/// # Errors
///
/// Fails when the file cannot be read, or holds something else or a report of another version.
pub(super) fn read(file: &Path) -> Result<Report, Unreadable> {
    let report = bounded(file).and_then(|text| parsed(&text));
    report.map_err(|source| Unreadable {
        file: file.to_owned(),
        source,
    })
}

/// No report has as many samples as this has bytes; what has more is something else.
const MOST_BYTES: u64 = 256 << 20;

/// What a file holds, which may be one that has no end.
fn bounded(file: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(file)?
        .take(MOST_BYTES + 1)
        .read_to_end(&mut text)?;
    match u64::try_from(text.len()) {
        Ok(length) if length <= MOST_BYTES => Ok(text),
        _ => Err(io::Error::other(format!(
            "it has more than {} MiB",
            MOST_BYTES >> 20
        ))),
    }
}

fn parsed(text: &[u8]) -> io::Result<Report> {
    // The version first: what else a report of another one has or lacks is no news.
    let value: serde_json::Value = serde_json::from_slice(text)?;
    let version = value.get("schema").and_then(serde_json::Value::as_u64);
    match version {
        Some(version) if version == u64::from(SCHEMA) => Ok(serde_json::from_value(value)?),
        Some(version) => Err(io::Error::other(format!(
            "it is of version {version}, and this program reads version {SCHEMA}; measure again"
        ))),
        None => Err(io::Error::other("it has no `schema`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_another_version_or_of_something_else_is_refused() {
        let sample = serde_json::to_string(&anypool_compare::sample::one()).unwrap();
        assert_eq!(parsed(sample.as_bytes()).unwrap().name, "gil");
        let why = |text: &str| parsed(text.as_bytes()).unwrap_err().to_string();
        assert!(why("{\"schema\":1}").contains("version 1, and this program reads"));
        assert_eq!(why("[]"), "it has no `schema`");
        assert!(why("").contains("EOF"));
        assert!(why(&format!("{{\"schema\":{SCHEMA}}}")).contains("missing field"));
    }

    #[test]
    fn a_file_without_an_end_is_read_no_further_than_a_report_may_go() {
        let error = read(Path::new("/dev/zero")).unwrap_err().to_string();
        assert!(error.ends_with("it has more than 256 MiB"), "{error}");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = read(Path::new("/no/such/report.json"))
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("`/no/such/report.json` is no report that can be read: No such file"),
            "{error}"
        );
    }
}
