//! Where the bench's numbers and pages go.

use std::io;
use std::path::{Path, PathBuf};

use anypool_compare::bench::{Section, put_into};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Arguments;
use super::failure::Failure;
use crate::build;
use crate::console::note;

/// The file for every number. That it cannot be written must not be learnt after the measuring, so it is made here.
///
/// # Errors
///
/// It cannot be written.
pub(super) fn numbers<R: Serialize>(
    arguments: &Arguments,
    (name, started): (&str, &str),
    report: &R,
) -> Result<PathBuf, Failure> {
    let file = match &arguments.json {
        Some(file) => file.clone(),
        None => default_file(&build::target_folder()?, name, started),
    };
    save(&file, report).map_err(|error| Failure::of_file(&file, error))?;
    Ok(file)
}

fn default_file(target: &Path, name: &str, started: &str) -> PathBuf {
    let time: String = started
        .chars()
        .filter(|letter| !"-:".contains(*letter))
        .collect();
    target.join("bench").join(format!("{name}-{time}.json"))
}

/// Writes a report beside its place and then into it, so that there is always a whole one.
///
/// # Errors
///
/// It cannot be written.
pub(super) fn save<R: Serialize>(file: &Path, report: &R) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let unfinished = file.with_extension("json.new");
    std::fs::write(&unfinished, serde_json::to_string(report)?)?;
    std::fs::rename(unfinished, file)
}

/// A report of an earlier run.
///
/// # Errors
///
/// It cannot be read, or is none.
pub(super) fn read_report<R: DeserializeOwned>(file: &Path) -> Result<R, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::of_input(file, error))?;
    serde_json::from_str(&text).map_err(|error| Failure::of_input(file, error.into()))
}

/// A page as it is; empty when there is none.
///
/// # Errors
///
/// It is there and cannot be read.
pub(super) fn read_page(file: &Path) -> Result<String, Failure> {
    match std::fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| Failure::of_file(file, error)),
    }
}

/// Puts a section into a page.
///
/// # Errors
///
/// It cannot be read or written.
pub(super) fn write_section(file: &Path, section: Section, text: &str) -> Result<(), Failure> {
    // Read again: it may have been changed while the bench ran.
    let page = put_into(&read_page(file)?, section, text);
    std::fs::write(file, page).map_err(|error| Failure::of_file(file, error))?;
    note(&format!("figures: {}", file.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use anypool_compare::Exit;
    use anypool_compare::bench::BenchReport;

    use super::*;

    #[test]
    fn a_report_is_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/bench.json");
        for number in [1, 2] {
            save(&file, &number).unwrap();
            let text = std::fs::read_to_string(&file).unwrap();
            assert_eq!(serde_json::from_str::<i32>(&text).unwrap(), number);
        }
        let left = std::fs::read_dir(file.parent().unwrap()).unwrap().count();
        assert_eq!(left, 1);
    }

    #[test]
    fn an_earlier_report_is_read_or_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bench.json");
        save(&file, &7).unwrap();
        assert_eq!(read_report::<i32>(&file).unwrap(), 7);
        let refused = [file.clone(), folder.path().join("none.json")];
        for (file, told) in refused.iter().zip(["invalid type", "No such file"]) {
            let failure = read_report::<BenchReport>(file).unwrap_err();
            assert_eq!(failure.exit(), Exit::File);
            let words = failure.to_string();
            assert!(words.contains(told) && words.contains(".json"), "{words}");
        }
    }

    #[test]
    fn a_page_that_is_not_there_is_begun() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("page.md");
        write_section(&file, Section::Figures, "ten").unwrap();
        write_section(&file, Section::Growth, "more").unwrap();
        let page = read_page(&file).unwrap();
        assert!(page.starts_with("# Performance\n"), "{page}");
        assert!(
            page.contains("\nten\n") && page.contains("\nmore\n"),
            "{page}"
        );
    }

    #[test]
    fn numbers_that_cannot_be_kept_are_refused_first() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = Arguments {
            json: Some(folder.path().to_owned()),
            ..Arguments::default()
        };
        let failure = numbers(&arguments, ("bench", "now"), &1).unwrap_err();
        assert!(matches!(failure, Failure::File { .. }), "{failure}");
    }

    #[test]
    fn the_file_has_the_name_and_the_time() {
        let file = default_file(Path::new("target"), "growth", "2026-01-02T03:04:05Z");
        assert_eq!(file, Path::new("target/bench/growth-20260102T030405Z.json"));
    }
}
