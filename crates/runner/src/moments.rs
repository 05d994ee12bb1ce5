//! Tells the moments of a run to whoever measures it from outside.
//!
//! Who does so names a file in the environment (`ANYPOOL_MOMENTS`). A line is appended to it for each moment: its name, and
//! the clock that counts from the machine's start, in nanoseconds, which is the same in all processes. A run whose time does
//! not begin at its start tells beside that what is not to be counted, and what it had in memory. Where nobody asks, nothing is written,
//! and a file that cannot be written keeps no run from going on.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike as _};
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

    /// The run's time begins, but for so much of it that is over already; this process has so many bytes resident. What
    /// it has used of the processors until now is not to be counted.
    pub(crate) fn begin(&self, over: Duration, resident: u64) {
        self.uncounted([0; 4]);
        self.write("resident", resident.into());
        self.tell_before("begin", over);
    }

    /// Does what is not to be counted.
    pub(crate) fn without_counting(&self, work: impl FnOnce()) {
        let before = used();
        work();
        self.uncounted(before);
    }

    /// Tells what this process has used since then.
    fn uncounted(&self, then: [u128; 4]) {
        let both = used().into_iter().zip(then);
        for (name, (now, then)) in UNCOUNTED.into_iter().zip(both) {
            self.write(name, now.saturating_sub(then));
        }
    }

    /// All workers can be given work.
    pub(crate) fn ready(&self) {
        self.tell("ready");
    }

    /// The last result is there.
    pub(crate) fn done(&self) {
        self.tell("done");
    }

    /// The command has come to its end, and all of its workers have.
    pub(crate) fn end(&self) {
        self.tell("end");
    }

    fn tell(&self, moment: &str) {
        self.tell_before(moment, Duration::ZERO);
    }

    /// Tells a moment that is so long ago.
    fn tell_before(&self, moment: &str, ago: Duration) {
        if let Ok(now) = clock_gettime(ClockId::CLOCK_MONOTONIC) {
            let then = Duration::from(now).saturating_sub(ago);
            self.write(moment, then.as_nanos());
        }
    }

    fn write(&self, name: &str, number: u128) {
        if let Some(mut file) = self.0.as_ref() {
            // Who asked will see that it is missing.
            let _ = file.write_all(format!("{name} {number}\n").as_bytes());
        }
    }
}

/// What is told of the processors that is not to be counted.
const UNCOUNTED: [&str; 4] = ["user", "system", "voluntary", "involuntary"];

/// What this process has used of them: times in nanoseconds, and how often it waited or was made to.
fn used() -> [u128; 4] {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else {
        return [0; 4];
    };
    let time = |time: TimeVal| u128::try_from(time.num_microseconds()).unwrap_or(0) * NANOSECONDS;
    let count = |count| u128::try_from(count).unwrap_or(0);
    [
        time(usage.user_time()),
        time(usage.system_time()),
        count(usage.voluntary_context_switches()),
        count(usage.involuntary_context_switches()),
    ]
}

/// In a microsecond.
const NANOSECONDS: u128 = 1_000;

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
    fn a_beginning_lies_back_by_what_is_over_and_says_what_was_before() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let moments = Moments::to(Some(file.path().as_os_str()));
        moments.ready();
        moments.begin(Duration::from_secs(3), 4096);
        moments.end();
        let text = std::fs::read_to_string(file.path()).unwrap();
        let number = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap().trim().parse::<u128>().unwrap()
        };
        assert!(number("begin ") < number("ready "), "{text}");
        assert!(number("end ") >= number("ready "), "{text}");
        assert_eq!(number("resident "), 4096);
        assert!(number("user ") + number("system ") > 0, "{text}");
        number("voluntary ");
        number("involuntary ");
        let mut is_done = false;
        moments.without_counting(|| is_done = true);
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert!(is_done && text.matches("system ").count() == 2, "{text}");
    }

    #[test]
    fn nobody_who_asks_and_a_file_that_is_full_or_missing_are_no_trouble() {
        for file in [None, Some("/dev/full"), Some("/no/such/folder/file")] {
            let moments = Moments::to(file.map(OsStr::new));
            moments.ready();
            moments.done();
            moments.begin(Duration::ZERO, 0);
        }
    }
}
