//! What holds for a run as a whole: how many workers, when it stops, what it waits for.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;
use std::time::Duration;

/// What holds for a run as a whole.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Policy {
    /// How many units run side by side.
    pub(crate) workers: usize,
    /// How many units are read ahead of those that run.
    pub(crate) queue: usize,
    /// When failures end the run.
    pub(crate) max_fail: MaxFail,
    /// After how many units that ended as expected the rest is given up.
    pub(crate) until_success: Option<NonZeroU64>,
    /// Whether a unit that is ok only after several tries is a failure.
    pub(crate) flaky_fails: bool,
    /// How long the whole run may take.
    pub(crate) run_timeout: Option<Duration>,
    /// The least time between two starts.
    pub(crate) delay: Option<Duration>,
    /// Nothing is started while as many processes want a processor.
    pub(crate) max_load: Option<f64>,
    /// Nothing is started while less memory is free, in bytes.
    pub(crate) min_free_mem: Option<u64>,
    /// What chance goes by: two runs with one seed shorten their pauses alike.
    pub(crate) seed: u64,
    /// How often all of it is done.
    pub(crate) repeat: Repeat,
    /// How long calls wait for the global lock before they ask for it, if there is to be one.
    pub(crate) gil: Option<Duration>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            workers: 1,
            queue: 2,
            max_fail: MaxFail::default(),
            until_success: None,
            flaky_fails: false,
            run_timeout: None,
            delay: None,
            max_load: None,
            min_free_mem: None,
            seed: 0,
            repeat: Repeat::default(),
            gil: None,
        }
    }
}

/// When failures end the run: nothing more is started then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MaxFail {
    /// How many it takes.
    pub(crate) limit: FailLimit,
    /// What becomes of those that run.
    pub(crate) then: Then,
}

/// How many failures it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FailLimit {
    /// All may fail.
    #[default]
    All,
    /// So many.
    Count(NonZeroU64),
    /// So many of a hundred that have ended, once a hundred have or all have been started.
    Percent(u8),
}

/// What becomes of the units that run when it was enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Then {
    /// They are waited for.
    #[default]
    Wait,
    /// They are stopped.
    Now,
}

/// How often all of it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// So often.
    Times(NonZeroU64),
    /// Again and again, until so much time has passed.
    For(Duration),
}

impl Default for Repeat {
    fn default() -> Self {
        Self::Times(NonZeroU64::MIN)
    }
}

/// `10`, `5%`, `all`, each with `:wait` or `:now` if wanted.
impl FromStr for MaxFail {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (limit, then) = match text.rsplit_once(':') {
            None => (text, Then::Wait),
            Some((limit, "wait")) => (limit, Then::Wait),
            Some((limit, "now")) => (limit, Then::Now),
            Some((_, then)) => {
                return Err(format!(
                    "`{then}` is not known; expected `wait` or `now` after the colon"
                ));
            }
        };
        let wrong = |_| "expected a number from 1, a share like 10%, or `all`".to_owned();
        let limit = match limit.strip_suffix('%') {
            _ if limit == "all" => FailLimit::All,
            Some(share) => match share.parse().map_err(wrong)? {
                share @ 1..=100 => FailLimit::Percent(share),
                _ => return Err("a share is from 1% to 100%".to_owned()),
            },
            None => FailLimit::Count(limit.parse().map_err(wrong)?),
        };
        Ok(Self { limit, then })
    }
}

/// As it would be typed.
impl fmt::Display for MaxFail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limit {
            FailLimit::All => f.write_str("all")?,
            FailLimit::Count(count) => count.fmt(f)?,
            FailLimit::Percent(share) => write!(f, "{share}%")?,
        }
        match self.then {
            Then::Wait => Ok(()),
            Then::Now => f.write_str(":now"),
        }
    }
}

/// `3`, or a time like `30s`.
impl FromStr for Repeat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(times) = text.parse() {
            return Ok(Self::Times(times));
        }
        match humantime::parse_duration(text) {
            Ok(time) if !time.is_zero() => Ok(Self::For(time)),
            _ => Err("expected a number from 1, or a time like 30s".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_understood_and_shown_again() {
        for text in ["all", "1", "5:now", "10%", "100%:now"] {
            assert_eq!(text.parse::<MaxFail>().unwrap().to_string(), text);
        }
        assert_eq!("3:wait".parse::<MaxFail>().unwrap().to_string(), "3");
        for text in ["", "0", "-1", "0%", "101%", "%", "3:soon", "all:", "some"] {
            assert!(text.parse::<MaxFail>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_repetition_is_a_number_or_a_time() {
        assert_eq!("1".parse(), Ok(Repeat::default()));
        assert_eq!("30s".parse(), Ok(Repeat::For(Duration::from_secs(30))));
        for text in ["0", "", "often"] {
            assert!(text.parse::<Repeat>().is_err(), "{text}");
        }
    }
}
