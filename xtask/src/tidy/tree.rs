//! The text files of a checkout, in memory: every rule is a function of this value alone.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::Command;

/// Relative paths, with `/` between their parts, and the text of each file.
#[derive(Debug)]
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the files that git would commit, or all but `target` and hidden folders where there is no git.
    ///
    /// # Errors
    ///
    /// Fails when the listing or a file cannot be read; what is not UTF-8 is left out.
    pub(crate) fn read(root: &Path) -> io::Result<Self> {
        let paths = if root.join(".git").exists() {
            listed_by_git(root)?
        } else {
            found_by_walking(root)?
        };
        let mut files = BTreeMap::new();
        for path in paths {
            let full = root.join(&path);
            // A listed file may be deleted and not yet committed so; a link's target is listed by itself.
            if !full.symlink_metadata().is_ok_and(|data| data.is_file()) {
                continue;
            }
            if let Ok(text) = String::from_utf8(std::fs::read(full)?) {
                files.insert(path, text);
            }
        }
        Ok(Self { files })
    }

    /// A tree that exists in memory only.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let own = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        Self {
            files: files.iter().map(own).collect(),
        }
    }

    /// All files: path and text.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The Rust files: path and text.
    pub(crate) fn rust_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(|(path, _)| path.ends_with(".rs"))
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }
}

fn listed_by_git(root: &Path) -> io::Result<Vec<String>> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ));
    }
    let listing = String::from_utf8_lossy(&output.stdout);
    Ok(listing
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect())
}

fn found_by_walking(root: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() {
                name.clone()
            } else {
                format!("{folder}/{name}")
            };
            if !entry.file_type()?.is_dir() {
                found.push(path);
            } else if name != "target" && !name.starts_with('.') {
                folders.push(path);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walking_skips_target_hidden_folders_and_what_is_not_text() {
        let root = tempfile::tempdir().unwrap();
        for (path, bytes) in [
            ("src/lib.rs", &b"//! Doc.\n"[..]),
            ("target/out.rs", b"x"),
            (".hidden/a.rs", b"x"),
            ("photo.bin", b"\xff\xfe"),
        ] {
            let full = root.path().join(path);
            std::fs::create_dir_all(full.parent().unwrap()).unwrap();
            std::fs::write(full, bytes).unwrap();
        }
        let tree = Tree::read(root.path()).unwrap();
        assert_eq!(
            tree.files().collect::<Vec<_>>(),
            [("src/lib.rs", "//! Doc.\n")]
        );
    }
}
