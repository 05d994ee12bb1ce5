//! Where inputs come from: files by a pattern, and the lines of a file.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use walkdir::{DirEntry, WalkDir};

use crate::exec::lines::{Line, Lines};

/// As many instances as a suite may have. Each takes some hundred bytes.
pub(super) const MOST: u64 = 4_000_000;

/// Why there are no inputs, or not all of them.
#[derive(Debug, thiserror::Error)]
pub(super) enum InputError {
    /// The pattern has no meaning.
    #[error("{0}")]
    Pattern(String),
    /// Something cannot be read.
    #[error("{} cannot be read: {error}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// Something in the file cannot be an input.
    #[error("line {line} of it cannot be an input: {why}")]
    Unfit {
        /// The line, without empty ones.
        line: usize,
        /// Why not.
        why: String,
    },
    /// There are more than a suite may have.
    #[error("there are more than {MOST}")]
    TooMany,
}

/// The files whose paths from `folder` on match `pattern`, as such paths, in order. Names with a dot before them match
/// only a pattern that has one, too; folders that are links are not looked into.
pub(super) fn find(folder: &Path, pattern: &str) -> Result<Vec<OsString>, InputError> {
    let base: PathBuf = Path::new(pattern)
        .components()
        .take_while(|part| !has_marks(&part.as_os_str().to_string_lossy()))
        .collect();
    let rest = Path::new(pattern).components().count() - base.components().count();
    if rest == 0 {
        let found = folder.join(&base).is_file();
        return Ok(found.then(|| base.into_os_string()).into_iter().collect());
    }
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let glob = glob.map_err(|error| InputError::Pattern(error.kind().to_string()))?;
    let depth = match pattern.contains("**") {
        true => usize::MAX,
        false => rest,
    };
    let hidden = Path::new(pattern).components().any(|part| match part {
        Component::Normal(name) => name.as_encoded_bytes().starts_with(b"."),
        _ => false,
    });
    let walk = Walk {
        root: folder.join(&base),
        base,
        glob: glob.compile_matcher(),
        hidden,
    };
    walk.files(depth)
}

fn has_marks(part: &str) -> bool {
    part.contains(['*', '?', '[', '{', '\\'])
}

struct Walk {
    root: PathBuf,
    /// The root, from the suite's folder on.
    base: PathBuf,
    glob: GlobMatcher,
    hidden: bool,
}

impl Walk {
    fn files(&self, depth: usize) -> Result<Vec<OsString>, InputError> {
        let root = match self.root.as_os_str().is_empty() {
            true => Path::new("."),
            false => &self.root,
        };
        let walk = WalkDir::new(root).min_depth(1).max_depth(depth);
        let walk = walk.sort_by_file_name().into_iter();
        let mut found = Vec::new();
        for entry in walk.filter_entry(|entry| self.hidden || !is_hidden(entry)) {
            let entry = match entry {
                Ok(entry) => entry,
                // Where there is no folder, there are no files.
                Err(error) if error.depth() == 0 && is_absent(&error) => break,
                Err(error) => return Err(unreadable(root, error)),
            };
            let Ok(inside) = entry.path().strip_prefix(root) else {
                continue;
            };
            let path = self.base.join(inside);
            if self.glob.is_match(&path) && entry.path().is_file() {
                found.push(path.into_os_string());
            }
            if found.len() as u64 > MOST {
                return Err(InputError::TooMany);
            }
        }
        Ok(found)
    }
}

fn is_absent(error: &walkdir::Error) -> bool {
    let error = error.io_error();
    error.is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

fn unreadable(root: &Path, error: walkdir::Error) -> InputError {
    let path = error.path().unwrap_or(root).to_owned();
    let error = error.into_io_error();
    InputError::Unreadable {
        path,
        // There is no other, as links are not followed.
        error: error.unwrap_or_else(|| io::Error::other("it leads to itself")),
    }
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// The lines of a file, without empty ones.
pub(super) fn lines(path: &Path) -> Result<Vec<OsString>, InputError> {
    let unreadable = |error| {
        let path = path.to_owned();
        InputError::Unreadable { path, error }
    };
    let kind = fs::metadata(path).map_err(unreadable)?.file_type();
    if !kind.is_file() && !kind.is_fifo() {
        // Nobody knows whether a device ever ends.
        return Err(unreadable(io::Error::other("it is no file")));
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut lines = Lines::new(BufReader::new(file), false);
    let mut inputs = Vec::new();
    while let Some(line) = lines.next().map_err(unreadable)? {
        match line {
            Line::Argument(input) => inputs.push(input),
            Line::Unfit(_, why) => {
                let line = inputs.len() + 1;
                return Err(InputError::Unfit { line, why });
            }
        }
        if inputs.len() as u64 > MOST {
            return Err(InputError::TooMany);
        }
    }
    Ok(inputs)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            "a.bin",
            "b.txt",
            "sub/c.bin",
            "sub/deep/d.bin",
            ".hid/e.bin",
            "sub/.f.bin",
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        std::os::unix::fs::symlink("..", folder.path().join("sub/up")).unwrap();
        folder
    }

    #[test]
    fn files_are_found_in_order_from_the_folder_on() {
        let folder = folder();
        for (pattern, expected) in [
            ("*.bin", &["a.bin"][..]),
            ("**/*.bin", &["a.bin", "sub/c.bin", "sub/deep/d.bin"]),
            ("sub/*.bin", &["sub/c.bin"]),
            ("sub/**/*.bin", &["sub/c.bin", "sub/deep/d.bin"]),
            ("./*.{bin,txt}", &["./a.bin", "./b.txt"]),
            ("sub/../[ab].*", &["sub/../a.bin", "sub/../b.txt"]),
            ("a.bin", &["a.bin"]),
            (".hid/*", &[".hid/e.bin"]),
            ("sub/.*", &["sub/.f.bin"]),
            ("*.none", &[]),
            ("none.bin", &[]),
            ("none/*", &[]),
            ("sub", &[]),
        ] {
            assert_eq!(find(folder.path(), pattern).unwrap(), expected, "{pattern}");
        }
        let absolute = folder.path().join("*.txt");
        let found = find(Path::new("elsewhere"), absolute.to_str().unwrap());
        assert_eq!(found.unwrap(), [folder.path().join("b.txt")]);
    }

    #[test]
    fn a_name_that_is_no_text_is_found_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let name = OsStr::from_bytes(b"\xff.bin");
        fs::write(folder.path().join(name), "").unwrap();
        assert_eq!(find(folder.path(), "*.bin").unwrap(), [name]);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let folder = folder();
        let told = |pattern: &str| find(folder.path(), pattern).unwrap_err().to_string();
        assert!(
            told("[a").contains("unclosed character class"),
            "{}",
            told("[a")
        );
        let long = format!("{}/*", "x".repeat(300));
        assert!(
            told(&long).contains("x cannot be read: "),
            "{}",
            told(&long)
        );
    }

    #[test]
    fn lines_are_inputs_unless_they_cannot_be() {
        let folder = folder();
        let path = folder.path().join("lines");
        fs::write(&path, "a b\n\nc").unwrap();
        assert_eq!(lines(&path).unwrap(), ["a b", "c"]);
        fs::write(&path, "a\nb\0\n").unwrap();
        let told = lines(&path).unwrap_err().to_string();
        assert!(
            told.starts_with("line 2 of it cannot be an input"),
            "{told}"
        );
        let told = lines(Path::new("/dev/zero")).unwrap_err().to_string();
        assert_eq!(told, "/dev/zero cannot be read: it is no file");
    }
}
