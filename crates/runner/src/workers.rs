//! How many workers a pool gets: `auto`, a number, or a number relative to the processors.

use std::fmt;
use std::str::FromStr;
use std::thread;

use nix::unistd::{SysconfVar, sysconf};

/// What `--workers` says.
///
/// ```
/// use anypool_runner::WorkerCount;
///
/// let half: WorkerCount = "50%".parse()?;
/// assert_eq!(half.on(8), 4);
/// assert!("0".parse::<WorkerCount>().is_err());
/// # Ok::<(), anypool_runner::WorkerCountError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerCount {
    /// As many as there are processors for this process.
    Auto,
    /// So many.
    Fixed(usize),
    /// So many per hundred processors, at least one.
    Percent(usize),
    /// So many more than there are processors.
    More(usize),
    /// So many fewer than there are processors, at least one.
    Fewer(usize),
}

/// No pool has more.
const MOST: usize = 10_000;

impl WorkerCount {
    /// The number of workers on a machine where this process may use `cpus` processors.
    #[must_use]
    pub fn on(self, cpus: usize) -> usize {
        let workers = match self {
            Self::Auto => cpus,
            Self::Fixed(workers) => workers,
            Self::Percent(percent) => cpus.saturating_mul(percent).div_ceil(100),
            Self::More(more) => cpus.saturating_add(more),
            Self::Fewer(fewer) => cpus.saturating_sub(fewer),
        };
        workers.clamp(1, MOST)
    }

    /// The number of workers on this machine, now: affinity and cgroup limits count.
    #[must_use]
    pub fn here(self) -> usize {
        self.on(allowed())
    }

    /// Why there are so many on this machine; nothing where they are as many as was asked for.
    pub(crate) fn why(self) -> Option<String> {
        let there = num_online().unwrap_or_else(allowed);
        let of = format!("{} of {there} CPUs allowed", allowed());
        match self {
            Self::Fixed(_) => None,
            asked => Some(format!("{asked}: {of}")),
        }
    }
}

/// How many processors this process may use.
fn allowed() -> usize {
    thread::available_parallelism().map_or(1, Into::into)
}

/// How many processors the machine has.
fn num_online() -> Option<usize> {
    let online = sysconf(SysconfVar::_NPROCESSORS_ONLN).ok()??;
    usize::try_from(online).ok()
}

/// Why a text is no number of workers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerCountError {
    /// There would be nobody to do the work.
    #[error("without a worker nothing would ever run; use 1 or more, or `auto`")]
    Zero,
    /// More than a machine can serve.
    #[error("{0} workers are more than any machine can serve; use {MOST} or fewer")]
    TooMany(usize),
    /// It is no number at all.
    #[error(
        "expected `auto`, a number like 4, a share of the processors like 50% or 200%, or a \
         difference from them like +1 or -1"
    )]
    Unknown,
}

impl FromStr for WorkerCount {
    type Err = WorkerCountError;

    fn from_str(text: &str) -> Result<Self, WorkerCountError> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        if let Some(percent) = text.strip_suffix('%') {
            return positive(percent).map(Self::Percent);
        }
        match text.as_bytes().first() {
            Some(b'+') => number(&text[1..]).map(Self::More),
            Some(b'-') => number(&text[1..]).map(Self::Fewer),
            _ => positive(text).map(Self::Fixed),
        }
    }
}

fn number(text: &str) -> Result<usize, WorkerCountError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WorkerCountError::Unknown);
    }
    match text.parse() {
        Ok(number) if number <= MOST => Ok(number),
        Ok(number) => Err(WorkerCountError::TooMany(number)),
        Err(_) => Err(WorkerCountError::Unknown),
    }
}

fn positive(text: &str) -> Result<usize, WorkerCountError> {
    match number(text)? {
        0 => Err(WorkerCountError::Zero),
        number => Ok(number),
    }
}

impl fmt::Display for WorkerCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Fixed(workers) => workers.fmt(f),
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::More(more) => write!(f, "+{more}"),
            Self::Fewer(fewer) => write!(f, "-{fewer}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_understood() {
        for (text, on_four) in [
            ("auto", 4),
            ("1", 1),
            ("7", 7),
            ("50%", 2),
            ("1%", 1),
            ("200%", 8),
            ("+2", 6),
            ("+0", 4),
            ("-1", 3),
            ("-9", 1),
        ] {
            let count: WorkerCount = text.parse().unwrap();
            assert_eq!((count.on(4), count.to_string()), (on_four, text.to_owned()));
        }
    }

    #[test]
    fn what_is_no_count_is_refused() {
        use WorkerCountError::{TooMany, Unknown, Zero};
        for (text, error) in [
            ("0", Zero),
            ("0%", Zero),
            ("000", Zero),
            ("", Unknown),
            ("%", Unknown),
            ("+", Unknown),
            ("-", Unknown),
            ("+-1", Unknown),
            ("two", Unknown),
            ("1.5", Unknown),
            ("10001", TooMany(10_001)),
        ] {
            assert_eq!(text.parse::<WorkerCount>(), Err(error), "{text:?}");
        }
    }
}
