//! What a run tells of its own time: the moments at which its pool was ready and its last result was there.
//!
//! It finds the name of a file in its environment and appends a line to it for each moment: the moment's name and the
//! clock that counts from the machine's start, in nanoseconds. That clock is the same in all processes. A run that has to
//! prepare what is not to be measured tells as well when its time begins, and what it had used and taken until then.

use std::io::{self, Read as _, Seek as _};
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};
use tempfile::NamedTempFile;

use crate::run::Phases;
use crate::usage::Usage;

/// The variable that names the file.
pub(super) const VARIABLE: &str = "ANYPOOL_MOMENTS";

/// What that clock says now.
pub(super) fn now() -> io::Result<Duration> {
    Ok(Duration::from(clock_gettime(ClockId::CLOCK_MONOTONIC)?))
}

/// What a run has told.
#[derive(Debug, Default)]
pub(super) struct Told(String);

impl Told {
    /// Reads the file; where that cannot be read, nothing was told.
    pub(super) fn read(mut file: NamedTempFile) -> Self {
        let mut text = String::new();
        let read = file.rewind().and_then(|()| file.read_to_string(&mut text));
        Self(read.map_or_else(|_| String::new(), |_| text))
    }

    /// When the run's time began and ended, of one that took this long from its start to its exit: what it tells of that,
    /// as far as it can be.
    pub(super) fn span(&self, (start, end): (Duration, Duration)) -> (Duration, Duration) {
        let within = |moment: &Duration| (start..=end).contains(moment);
        let Some(begin) = self.moment("begin").filter(within) else {
            return (start, end);
        };
        let last = self.moment("end").filter(within);
        (begin, last.filter(|last| *last >= begin).unwrap_or(end))
    }

    /// The parts of a run between these two moments; `None` where it did not tell, or what cannot be.
    pub(super) fn phases(&self, (start, end): (Duration, Duration)) -> Option<Phases> {
        let (ready, done) = (self.moment("ready")?, self.moment("done")?);
        Some(Phases {
            setup: ready.checked_sub(start)?,
            work: done.checked_sub(ready)?,
            teardown: end.checked_sub(done)?,
        })
    }

    /// What the run's program used of the processors before its time began and after it had ended, all that it told of it.
    pub(super) fn uncounted(&self) -> Usage {
        let switches = |name| self.numbers(name).fold(0, u64::saturating_add);
        let time = |name| Duration::from_nanos(switches(name));
        Usage {
            user: time("user"),
            sys: time("system"),
            voluntary_switches: switches("voluntary"),
            involuntary_switches: switches("involuntary"),
        }
    }

    /// What the run's program had resident when its time began, in bytes.
    pub(super) fn resident(&self) -> Option<u64> {
        self.number("resident")
    }

    fn moment(&self, name: &str) -> Option<Duration> {
        self.number(name).map(Duration::from_nanos)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.numbers(name).next()
    }

    fn numbers(&self, name: &str) -> impl Iterator<Item = u64> {
        let pairs = self.0.lines().filter_map(|line| line.split_once(' '));
        let named = pairs.filter(move |(told, _)| *told == name);
        named.filter_map(|(_, number)| number.trim().parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn told(text: &str) -> Told {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        Told::read(file)
    }

    fn between(start: u64, end: u64) -> (Duration, Duration) {
        (Duration::from_nanos(start), Duration::from_nanos(end))
    }

    #[test]
    fn moments_cut_a_run_into_phases() {
        let expected = Phases {
            setup: Duration::from_nanos(50),
            work: Duration::from_nanos(700),
            teardown: Duration::from_nanos(150),
        };
        let told = told("ready 150\ndone 850\n");
        assert_eq!(told.phases(between(100, 1_000)), Some(expected));
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
            assert_eq!(told(text).phases(between(100, 1_000)), None, "{text}");
        }
        assert!(now().unwrap() > Duration::ZERO);
    }

    #[test]
    fn time_begins_where_a_run_says_so_and_not_before_its_start() {
        let span = |text: &str| told(text).span(between(100, 1_000));
        assert_eq!(span("ready 150\nend 900\n"), between(100, 1_000));
        assert_eq!(span("begin 300\n"), between(300, 1_000));
        assert_eq!(span("begin 300\nend 900\n"), between(300, 900));
        assert_eq!(span("begin 300\nend 200\n"), between(300, 1_000));
        for cannot_be in ["begin 99\n", "begin 1001\n", "begin x\n"] {
            assert_eq!(span(cannot_be), between(100, 1_000), "{cannot_be}");
        }
    }

    #[test]
    fn what_is_not_to_be_counted_is_told_in_parts_and_is_nothing_otherwise() {
        let before = "user 7000\nsystem 9\nvoluntary 3\ninvoluntary 1\nresident 4096\n";
        let told_of = told(&format!("{before}begin 8\nuser 1\nsystem 5\n"));
        let used = told_of.uncounted();
        assert_eq!([used.user, used.sys], [7_001, 14].map(Duration::from_nanos));
        assert_eq!((used.voluntary_switches, used.involuntary_switches), (3, 1));
        assert_eq!(told_of.resident(), Some(4096));
        assert_eq!(told("ready 1\n").uncounted(), Usage::default());
        assert_eq!(told("residents 1\n").resident(), None);
    }
}
