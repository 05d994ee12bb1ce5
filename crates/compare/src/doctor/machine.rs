//! Where the doctor looks.

use std::fs;
use std::path::{Path, PathBuf};

/// A machine, as its files and variables show it.
#[derive(Debug, Clone)]
pub struct Machine {
    root: PathBuf,
    variables: Vec<(String, String)>,
    cpus: usize,
}

impl Machine {
    /// The machine that this program runs on.
    pub fn this() -> Self {
        let text = |part: std::ffi::OsString| part.to_string_lossy().into_owned();
        Self {
            root: PathBuf::from("/"),
            variables: std::env::vars_os()
                .map(|(name, value)| (text(name), text(value)))
                .collect(),
            cpus: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }

    /// A machine whose files lie in a folder, for tests.
    #[cfg(test)]
    pub(super) fn of(root: &Path, variables: &[(&str, &str)]) -> Self {
        let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            root: root.to_owned(),
            variables: variables.iter().map(text).collect(),
            cpus: 2,
        }
    }

    /// How many processors may be used.
    pub(super) fn cpus(&self) -> usize {
        self.cpus
    }

    /// What a file holds, without the space around it; `None` where there is none, or it may not be read.
    pub(super) fn read(&self, file: &str) -> Option<String> {
        let text = fs::read_to_string(self.root.join(file)).ok()?;
        Some(text.trim().to_owned())
    }

    /// The files of the same name in each folder below `folder`, by the folders' names.
    pub(super) fn each(&self, folder: &str, file: &str) -> Vec<(String, String)> {
        let entries = fs::read_dir(self.root.join(folder)).into_iter().flatten();
        let mut found: Vec<(String, String)> = entries
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().to_string_lossy().into_owned();
                let path = Path::new(folder).join(&name).join(file);
                Some((name, self.read(path.to_str()?)?))
            })
            .collect();
        found.sort();
        found
    }

    /// The variables whose name begins so.
    pub(super) fn variables(&self, prefix: &str) -> impl Iterator<Item = &(String, String)> {
        let with = move |pair: &&(String, String)| pair.0.starts_with(prefix);
        self.variables.iter().filter(with)
    }
}

/// The folder of this program's control group, where groups are of the second version.
pub(super) fn group(machine: &Machine) -> Option<String> {
    let groups = machine.read("proc/self/cgroup")?;
    let path = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
    Some(format!("sys/fs/cgroup/{path}"))
}

/// The number behind a name, in a file with a name and a number on each line.
pub(super) fn number(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| {
        let rest = line.trim_start().strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with([':', ' ', '\t']))
    })?;
    let rest = line.trim_start().get(name.len()..)?;
    rest.split([':', ' ', '\t'])
        .find(|word| !word.is_empty())?
        .parse()
        .ok()
}
