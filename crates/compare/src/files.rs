//! Files that are made up, for programs that read some. They are the same ones every time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::workload::{Shape, Workload};

/// The workload whose inputs are such files.
pub(crate) const TOOLS: &str = "tools";

/// How many there are.
const COUNT: u64 = 64;

/// How long each of them is, in bytes.
const LENGTH: usize = 256 << 10;

/// The names of all of them.
pub(crate) fn names() -> Vec<String> {
    (0..COUNT)
        .map(|number| format!("{number:02}.bin"))
        .collect()
}

/// The same workload with its files in a folder, where it reads such.
pub(crate) fn placed(mut workload: Workload, folder: &Path) -> Workload {
    if let (TOOLS, Shape::Exec { inputs, .. }) = (workload.name.as_str(), &mut workload.shape) {
        for input in inputs {
            *input = folder.join(&*input).display().to_string();
        }
    }
    workload
}

/// One of them cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the files that programs are to read cannot be made: {}: {source}", file.display())]
pub struct FilesError {
    file: PathBuf,
    source: io::Error,
}

/// Makes the files in a folder.
///
/// # Errors
///
/// Fails with the first one that cannot be written.
pub fn make_files(folder: &Path) -> Result<(), FilesError> {
    let at = |file: &Path, done: io::Result<()>| {
        let file = file.to_owned();
        done.map_err(|source| FilesError { file, source })
    };
    at(folder, fs::create_dir_all(folder))?;
    for (number, name) in (0..COUNT).zip(names()) {
        let file = folder.join(name);
        at(&file, fs::write(&file, content(number)))?;
    }
    Ok(())
}

/// Numbers of a linear congruential generator, of which the upper half is good enough not to be compressed.
fn content(number: u64) -> Vec<u8> {
    const FACTOR: u64 = 6_364_136_223_846_793_005;
    const STEP: u64 = 1_442_695_040_888_963_407;
    let next = |state: &u64| Some(state.wrapping_mul(FACTOR).wrapping_add(STEP));
    let states = std::iter::successors(Some(number), next).skip(1);
    let bytes = states.flat_map(|state| u32::try_from(state >> 32).unwrap_or(0).to_le_bytes());
    bytes.take(LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::plan::Plan;

    fn plan(name: &str, folder: &Path) -> Plan {
        let options = Options {
            names: vec![name.to_owned()],
            files: folder.to_owned(),
            ..Options::default()
        };
        Plan::new(&options, 2).unwrap()
    }

    #[test]
    fn files_are_made_where_a_workload_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("files");
        assert!(!plan("cpu", &inside).reads_files());
        let tools = plan("tools", &inside);
        assert!(tools.reads_files());
        make_files(&inside).unwrap();
        let Shape::Exec { inputs, .. } = &tools.workloads[0].shape else {
            panic!("{tools:?}");
        };
        assert_eq!(inputs.len(), 64);
        let first = fs::read(&inputs[0]).unwrap();
        assert_eq!(first.len(), LENGTH);
        assert_ne!(first, fs::read(&inputs[1]).unwrap());
        let bytes: std::collections::BTreeSet<u8> = first.into_iter().collect();
        assert_eq!(bytes.len(), 256);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error() {
        let error = make_files(Path::new("/dev/null/files")).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("cannot be made: /dev/null/files: "), "{text}");
    }
}
