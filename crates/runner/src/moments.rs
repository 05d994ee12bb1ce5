//! Tells the moments of a run to whoever measures it from outside.
//!
//! Who does so names a file in the environment (`ANYPOOL_MOMENTS`). A line is appended to it for each moment: its name, and
//! the clock that counts from the machine's start, in nanoseconds, which is the same in all processes. Where nobody asks,
//! nothing is written, and a file that cannot be written keeps no run from going on.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// The variable that names the file.
const VARIABLE: &str = "ANYPOOL_MOMENTS";

/// Where moments are told, if anywhere.
#[derive(Debug)]
pub(crate) struct Moments(Option<File>);

impl Moments {
    /// Tells them where the environment asks for it.
    pub(crate) fn asked() -> Self {
        Self::to(std::env::var_os(VARIABLE).as_deref())
    }

    fn to(file: Option<&OsStr>) -> Self {
        Self(file.and_then(|file| OpenOptions::new().append(true).open(file).ok()))
    }

    /// All workers can be given work.
    pub(crate) fn ready(&self) {
        self.tell("ready");
    }

    /// The last result is there.
    pub(crate) fn done(&self) {
        self.tell("done");
    }

    fn tell(&self, moment: &str) {
        let (Some(mut file), Ok(now)) = (self.0.as_ref(), clock_gettime(ClockId::CLOCK_MONOTONIC))
        else {
            return;
        };
        let line = format!("{moment} {}\n", Duration::from(now).as_nanos());
        // Who asked will see that it is missing.
        let _ = file.write_all(line.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_order_by_one_clock() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let moments = Moments::to(Some(file.path().as_os_str()));
        moments.ready();
        moments.done();
        let text = std::fs::read_to_string(file.path()).unwrap();
        let told: Vec<(&str, u128)> = text
            .lines()
            .map(|line| line.split_once(' ').unwrap())
            .map(|(moment, clock)| (moment, clock.parse().unwrap()))
            .collect();
        let [("ready", ready), ("done", done)] = told[..] else {
            panic!("not two moments: {text}");
        };
        assert!(ready <= done);
    }

    #[test]
    fn nobody_who_asks_and_a_file_that_is_full_or_missing_are_no_trouble() {
        for file in [None, Some("/dev/full"), Some("/no/such/folder/file")] {
            let moments = Moments::to(file.map(OsStr::new));
            moments.ready();
            moments.done();
        }
    }
}
