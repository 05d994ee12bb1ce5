//! The CPython whose executors are among the arms, where there is one.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::arm::Arm;

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

/// The CPythons of this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pythons {
    /// The one that was asked for.
    pub usual: Option<Python>,
    /// One without a global lock.
    pub free: Option<Python>,
}

impl Pythons {
    /// Looks for them; `program` is the one that is asked for.
    pub fn find(program: &Path) -> Self {
        Self {
            usual: Python::find(program),
            free: Python::find_free(program),
        }
    }

    /// The names and versions of all there are, each once.
    pub fn versions(&self) -> Vec<String> {
        let all = self.usual.iter().chain(&self.free);
        let mut versions: Vec<String> = all.map(|python| python.version.clone()).collect();
        versions.dedup();
        versions
    }
}

/// Why an arm cannot run here; `None` where it can.
pub(crate) fn left_out(arm: Arm, pythons: &Pythons) -> Option<String> {
    arm.twin()?;
    let why = match &pythons.usual {
        _ if arm == Arm::PyThreadsFree => match pythons.free {
            Some(_) => return None,
            None => format!(
                "no CPython without a global lock was found (`--python PROGRAM` names one, or {})",
                FREE.join(", ")
            ),
        },
        None => "no CPython was found (`--python PROGRAM` names one)".to_owned(),
        Some(python) if arm == Arm::PyInterp && !python.has_interpreters => {
            format!(
                "it needs CPython 3.14 or newer, and this is {}",
                python.version
            )
        }
        Some(_) => return None,
    };
    Some(why)
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
    fn an_arm_that_cannot_run_says_why() {
        let none = Pythons::default();
        let old = Pythons {
            usual: Python::read("/p\nCPython 3.11.7\nFalse\nFalse\n"),
            free: None,
        };
        assert_eq!(left_out(Arm::Pool, &none), None);
        assert_eq!(left_out(Arm::PyProcs, &old), None);
        let why = |arm, pythons| left_out(arm, pythons).unwrap();
        assert!(why(Arm::PyThreads, &none).contains("no CPython was found"));
        assert!(why(Arm::PyInterp, &old).contains("this is CPython 3.11.7"));
        assert!(why(Arm::PyThreadsFree, &old).contains("without a global lock was found"));
        let free = Pythons {
            free: Python::read("/t\nCPython 3.14.0 (free-threaded)\nTrue\nTrue\n"),
            ..old
        };
        assert_eq!(left_out(Arm::PyThreadsFree, &free), None);
        assert_eq!(
            free.versions(),
            ["CPython 3.11.7", "CPython 3.14.0 (free-threaded)"]
        );
    }
}
