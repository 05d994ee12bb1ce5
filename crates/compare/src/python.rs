//! The CPython whose executors are among the arms, where there is one.

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

/// The CPythons that are asked for cannot be had, or not together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PythonError {
    /// Of several that are asked for, one is not there.
    #[error(
        "no CPython is called `{0}`\nhelp: install it, or leave `--python {0}` out", program.display()
    )]
    Unknown {
        /// The name that was given.
        program: PathBuf,
    },
    /// Two are of one kind.
    #[error(
        "`{}` and `{}` both {}, and a comparison has one CPython with a global lock and one without\n\
         help: measure them one after another", first.display(), second.display(), kind(*is_free)
    )]
    OfOneKind {
        /// The one that was named first.
        first: PathBuf,
        /// The other one.
        second: PathBuf,
        /// Whether they have no global lock.
        is_free: bool,
    },
}

fn kind(is_free: bool) -> &'static str {
    match is_free {
        true => "have no global lock",
        false => "have a global lock",
    }
}

impl PythonError {
    /// The exit code for it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Unknown { .. } => Exit::Missing,
            Self::OfOneKind { .. } => Exit::Usage,
        }
    }
}

impl Pythons {
    /// Looks for them; `programs` are those that are asked for: one that may be missing, or several that must be there.
    ///
    /// # Errors
    ///
    /// Fails when one of several is not there, or two of them have a global lock or none.
    pub fn find(programs: &[PathBuf]) -> Result<Self, PythonError> {
        if let [program] = programs {
            return Ok(Self {
                usual: Python::find(program),
                free: Python::find_free(program),
            });
        }
        let found = programs.iter().map(|program| {
            Python::find(program).ok_or_else(|| PythonError::Unknown {
                program: program.clone(),
            })
        });
        Self::of(found.collect::<Result<_, _>>()?)
    }

    /// One with a global lock and one without, among those that were found.
    fn of(found: Vec<Python>) -> Result<Self, PythonError> {
        let mut pythons = Self::default();
        for python in found {
            let place = match python.is_free {
                true => &mut pythons.free,
                false => &mut pythons.usual,
            };
            match place {
                Some(first) if *first != python => {
                    return Err(PythonError::OfOneKind {
                        first: first.program.clone(),
                        second: python.program,
                        is_free: python.is_free,
                    });
                }
                _ => *place = Some(python),
            }
        }
        let (usual, free) = (pythons.usual, pythons.free);
        Ok(Self {
            usual: usual.or_else(|| free.clone()),
            free,
        })
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
    fn of_several_there_is_one_of_each_kind_and_all_are_there() {
        let python = |name: &str, is_free: &str| {
            let text = format!("/{name}\nCPython {name}\nTrue\n{is_free}\n");
            Python::read(&text).unwrap()
        };
        let (usual, free) = (python("3.14", "False"), python("3.14t", "True"));
        for found in [[&usual, &free], [&free, &usual]] {
            let pythons = Pythons::of(found.map(Clone::clone).to_vec()).unwrap();
            assert_eq!(
                (pythons.usual.as_ref(), pythons.free.as_ref()),
                (Some(&usual), Some(&free))
            );
        }
        let twice = Pythons::of(vec![usual.clone(), usual.clone()]).unwrap();
        assert_eq!((twice.usual, twice.free), (Some(usual.clone()), None));
        let error = Pythons::of(vec![usual, python("3.13", "False")]).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`/3.14` and `/3.13` both have a global lock, and"),
            "{error}"
        );
        assert_eq!(error.exit(), Exit::Usage);
        let names = ["/no/such/python", "python3"].map(PathBuf::from);
        let error = Pythons::find(&names).unwrap_err();
        assert!(
            error.to_string().contains("called `/no/such/python`"),
            "{error}"
        );
        assert_eq!(error.exit(), Exit::Missing);
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
