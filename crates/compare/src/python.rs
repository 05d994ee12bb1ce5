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
}

/// Prints what is to be known, a line each.
const ASK: &str = "import sys, platform, concurrent.futures as f
print(sys.executable)
free = '' if getattr(sys, '_is_gil_enabled', lambda: True)() else ' (free-threaded)'
print(platform.python_implementation(), platform.python_version() + free)
print(hasattr(f, 'InterpreterPoolExecutor'))";

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

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (program, version) = (lines.next()?, lines.next()?);
        (!program.is_empty() && version.starts_with("CPython ")).then(|| Self {
            program: PathBuf::from(program),
            version: version.to_owned(),
            has_interpreters: lines.next() == Some("True"),
        })
    }
}

/// Why an arm cannot run here; `None` where it can.
pub(crate) fn left_out(arm: Arm, python: Option<&Python>) -> Option<String> {
    arm.twin()?;
    let why = match python {
        None => "no CPython was found (`--python PROGRAM` names one)".to_owned(),
        Some(python) if arm == Arm::PyInterp && !python.has_interpreters => {
            format!(
                "it needs CPython 3.14 or newer, and this is {}",
                python.version
            )
        }
        Some(_) => return None,
    };
    Some(format!("{arm} is left out: {why}"))
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
        let old = Python::read("/p\nCPython 3.11.7\nFalse\n").unwrap();
        assert_eq!(left_out(Arm::Pool, None), None);
        assert_eq!(left_out(Arm::PyProcs, Some(&old)), None);
        let why = |arm, python| left_out(arm, python).unwrap();
        assert!(why(Arm::PyThreads, None).contains("no CPython was found"));
        assert!(why(Arm::PyInterp, Some(&old)).contains("this is CPython 3.11.7"));
    }
}
