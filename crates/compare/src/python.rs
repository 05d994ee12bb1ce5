//! The CPythons whose executors are among the arms, where there are any.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::arm::Arm;
use crate::exit::Exit;

/// A CPython that was found on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Python {
    /// Its own file, and not a script that looks for it: that would be in the figures.
    pub program: PathBuf,
    /// Its name and version, as `CPython 3.13.1`.
    pub version: String,
    /// Whether it has a pool of interpreters.
    pub has_interpreters: bool,
    /// Whether its threads compute side by side, without a global lock.
    pub is_free: bool,
}

/// What builds of CPython without a global lock are called, the newest first.
const FREE: [&str; 3] = ["python3.15t", "python3.14t", "python3.13t"];

/// Prints what is to be known, a line each.
const ASK: &str = "import sys, platform, concurrent.futures as f
print(sys.executable)
free = not getattr(sys, '_is_gil_enabled', lambda: True)()
print(platform.python_implementation(), platform.python_version() + ' (free-threaded)' * free)
print(hasattr(f, 'InterpreterPoolExecutor'))
print(free)";

impl Python {
    /// Asks the program what it is; `None` where there is no CPython of that name.
    pub fn find(program: &Path) -> Option<Self> {
        let mut asked = Command::new(program);
        asked
            .args(["-c", ASK])
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        let output = asked
            .output()
            .ok()
            .filter(|output| output.status.success())?;
        Self::read(&String::from_utf8(output.stdout).ok()?)
    }

    /// A CPython without a global lock: the program's, or one that has the usual name of such a build.
    pub fn find_free(program: &Path) -> Option<Self> {
        let names = [program].into_iter().chain(FREE.iter().map(Path::new));
        names.filter_map(Self::find).find(|python| python.is_free)
    }

    /// Whether it is the same one, perhaps by another name beside the first; one in a folder of its own may have other
    /// packages.
    fn is(&self, other: &Self) -> bool {
        let file = |python: &Self| python.program.canonicalize().ok();
        let are_beside = self.program.parent() == other.program.parent();
        self == other || (are_beside && file(self).is_some() && file(self) == file(other))
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (program, version) = (lines.next()?, lines.next()?);
        (!program.is_empty() && version.starts_with("CPython ")).then(|| Self {
            program: PathBuf::from(program),
            version: version.to_owned(),
            has_interpreters: lines.next() == Some("True"),
            is_free: lines.next() == Some("True"),
        })
    }
}

/// The CPythons that take part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pythons {
    /// Those that were asked for, without those that have no global lock where others have one.
    pub usual: Vec<Python>,
    /// Those without a global lock.
    pub free: Vec<Python>,
}

/// Of several CPythons that are asked for, one is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no CPython is called `{0}`\nhelp: install it, or leave `--python {0}` out", program.display()
)]
pub struct PythonError {
    /// The name that was given.
    pub program: PathBuf,
}

impl PythonError {
    /// The exit code for it.
    pub fn exit(&self) -> Exit {
        Exit::Missing
    }
}

impl Pythons {
    /// Looks for them; `programs` are those that are asked for: one that may be missing, or several that must be there.
    ///
    /// # Errors
    ///
    /// Fails when one of several is not there.
    pub fn find(programs: &[PathBuf]) -> Result<Self, PythonError> {
        if let [program] = programs {
            return Ok(Self {
                usual: Python::find(program).into_iter().collect(),
                free: Python::find_free(program).into_iter().collect(),
            });
        }
        let found = programs.iter().map(|program| {
            Python::find(program).ok_or_else(|| PythonError {
                program: program.clone(),
            })
        });
        Ok(Self::among(found.collect::<Result<_, _>>()?))
    }

    /// Those with a global lock and those without, each once.
    fn among(found: Vec<Python>) -> Self {
        let mut each: Vec<Python> = Vec::with_capacity(found.len());
        for python in found {
            if !each.iter().any(|other| other.is(&python)) {
                each.push(python);
            }
        }
        let (free, usual): (Vec<_>, Vec<_>) = each.into_iter().partition(|python| python.is_free);
        Self {
            usual: if usual.is_empty() {
                free.clone()
            } else {
                usual
            },
            free,
        }
    }

    /// The names and versions of all there are, each once.
    pub fn versions(&self) -> Vec<String> {
        let mut versions: Vec<String> = Vec::new();
        for python in self.usual.iter().chain(&self.free) {
            if !versions.contains(&python.version) {
                versions.push(python.version.clone());
            }
        }
        versions
    }

    /// Those that an arm of CPython's may run on.
    pub(crate) fn all_of(&self, arm: Arm) -> &[Python] {
        match arm.plain() {
            Arm::PyThreadsFree => &self.free,
            _ => &self.usual,
        }
    }

    /// The one that runs an arm of CPython's, where there is one.
    pub(crate) fn of(&self, arm: Arm) -> Option<&Python> {
        self.all_of(arm).get(arm.python())
    }
}

/// Why an arm cannot run here; `None` where it can.
pub(crate) fn left_out(arm: Arm, pythons: &Pythons) -> Option<String> {
    arm.twin()?;
    match pythons.of(arm) {
        None if arm.plain() == Arm::PyThreadsFree => Some(format!(
            "no CPython without a global lock was found (`--python PROGRAM` names one, or {})",
            FREE.join(", ")
        )),
        None => Some("no CPython was found (`--python PROGRAM` names one)".to_owned()),
        Some(python) if arm.plain() == Arm::PyInterp && !python.has_interpreters => Some(format!(
            "it needs CPython 3.14 or newer, and this is {}",
            python.version
        )),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_python_says_of_itself_is_understood() {
        let python = Python::read("/usr/bin/python3.11\nCPython 3.11.7\nFalse\n").unwrap();
        assert_eq!(python.program, Path::new("/usr/bin/python3.11"));
        assert_eq!(
            (python.version.as_str(), python.has_interpreters),
            ("CPython 3.11.7", false)
        );
        assert_eq!(Python::read("/usr/bin/pypy3\nPyPy 3.10.1\nFalse\n"), None);
        assert_eq!(Python::read(""), None);
        assert_eq!(Python::find(Path::new("/no/such/python")), None);
    }

    #[test]
    fn of_several_each_is_kept_once_and_all_are_there() {
        let python = |name: &str, is_free: &str| {
            let text = format!("/{name}\nCPython {name}\nTrue\n{is_free}\n");
            Python::read(&text).unwrap()
        };
        let (old, new, free) = (
            python("3.13.1", "False"),
            python("3.14.0", "False"),
            python("3.14.0t", "True"),
        );
        let found = [&old, &free, &new, &old].map(Clone::clone).to_vec();
        let pythons = Pythons::among(found);
        assert_eq!(pythons.usual, [old.clone(), new.clone()]);
        assert_eq!(pythons.free, std::slice::from_ref(&free));
        let of = |arm| pythons.of(arm).unwrap();
        assert_eq!(of(Arm::PyProcs), &old);
        assert_eq!(of(Arm::PyProcs.on_python(1, "3.14")), &new);
        assert_eq!(of(Arm::PyThreadsFree), &free);
        let alone = Pythons::among(vec![free.clone()]);
        assert_eq!((alone.usual, alone.free), (vec![free.clone()], vec![free]));
        let names = ["/no/such/python", "python3"].map(PathBuf::from);
        let error = Pythons::find(&names).unwrap_err();
        assert!(
            error.to_string().contains("called `/no/such/python`"),
            "{error}"
        );
        assert_eq!(error.exit(), Exit::Missing);
    }

    #[test]
    fn two_names_of_one_file_are_one() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["python3.13", "python3", "other"].map(|name| folder.path().join(name));
        std::fs::write(&names[0], "").unwrap();
        std::fs::write(&names[2], "").unwrap();
        std::os::unix::fs::symlink(&names[0], &names[1]).unwrap();
        let found = names.clone().map(|name| {
            let text = format!("{}\nCPython 3.13.0\nFalse\nFalse\n", name.display());
            Python::read(&text).unwrap()
        });
        let pythons = Pythons::among(found.to_vec());
        let kept: Vec<&PathBuf> = pythons.usual.iter().map(|one| &one.program).collect();
        assert_eq!(kept, [&names[0], &names[2]]);
    }

    #[test]
    fn an_arm_that_cannot_run_says_why() {
        let none = Pythons::default();
        let old = Pythons {
            usual: Vec::from_iter(Python::read("/p\nCPython 3.11.7\nFalse\nFalse\n")),
            free: Vec::new(),
        };
        assert_eq!(left_out(Arm::Pool, &none), None);
        assert_eq!(left_out(Arm::PyProcs, &old), None);
        let why = |arm, pythons| left_out(arm, pythons).unwrap();
        assert!(why(Arm::PyThreads, &none).contains("no CPython was found"));
        assert!(why(Arm::PyInterp, &old).contains("this is CPython 3.11.7"));
        assert!(why(Arm::PyThreadsFree, &old).contains("without a global lock was found"));
        let text = "/t\nCPython 3.14.0 (free-threaded)\nTrue\nTrue\n";
        let free = Pythons {
            free: Vec::from_iter(Python::read(text)),
            ..old
        };
        assert_eq!(left_out(Arm::PyThreadsFree, &free), None);
        assert_eq!(
            free.versions(),
            ["CPython 3.11.7", "CPython 3.14.0 (free-threaded)"]
        );
    }
}
