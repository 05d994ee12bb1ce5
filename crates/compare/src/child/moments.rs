//! What a run tells of its own time: the moments at which its pool was ready and its last result was there.
//!
//! It finds the name of a file in its environment and appends a line to it for each moment: the moment's name and the
//! clock that counts from the machine's start, in nanoseconds. That clock is the same in all processes.

use std::io::{self, Read as _, Seek as _};
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};
use tempfile::NamedTempFile;

use crate::run::Phases;

/// The variable that names the file.
pub(super) const VARIABLE: &str = "ANYPOOL_MOMENTS";

/// What that clock says now.
pub(super) fn now() -> io::Result<Duration> {
    Ok(Duration::from(clock_gettime(ClockId::CLOCK_MONOTONIC)?))
}

/// The parts of a run between these two moments; `None` where it did not tell, or what cannot be.
pub(super) fn phases(mut file: NamedTempFile, start: Duration, end: Duration) -> Option<Phases> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.read_to_string(&mut text).ok()?;
    let moment = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        Some(Duration::from_nanos(line.trim().parse().ok()?))
    };
    let (ready, done) = (moment("ready ")?, moment("done ")?);
    Some(Phases {
        setup: ready.checked_sub(start)?,
        work: done.checked_sub(ready)?,
        teardown: end.checked_sub(done)?,
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn told(text: &str) -> Option<Phases> {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        phases(file, Duration::from_nanos(100), Duration::from_nanos(1_000))
    }

    #[test]
    fn moments_cut_a_run_into_phases() {
        let expected = Phases {
            setup: Duration::from_nanos(50),
            work: Duration::from_nanos(700),
            teardown: Duration::from_nanos(150),
        };
        assert_eq!(told("ready 150\ndone 850\n"), Some(expected));
    }

    #[test]
    fn what_is_missing_or_cannot_be_is_not_told() {
        for text in [
            "",
            "ready 150\n",
            "ready 50\ndone 850\n",
            "ready 150\ndone 2000\n",
            "ready x\ndone 5\n",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
        assert!(now().unwrap() > Duration::ZERO);
    }
}
