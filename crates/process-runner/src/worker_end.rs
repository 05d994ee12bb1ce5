//! How and why workers end, as a pool's owner is told.

use std::fmt;
use std::time::{Duration, SystemTime};

use anypool_core::{ExitCause, JobId, WorkerId};

/// Why a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EndCause {
    /// By itself, or by somebody other than the pool.
    Died(ExitCause),
    /// Its job ran longer than its limit.
    TimedOut,
    /// Its job used more CPU time than its limit.
    CpuTime,
    /// Its job used more memory than its limit.
    MemoryLimit,
    /// The owner of its job's handle wanted it.
    Killed,
    /// Its initializer failed.
    InitFailed,
    /// It broke the protocol, or could not be set up.
    Condemned,
    /// There was no process: the kernel refused it.
    NotStarted,
    /// It was well, and had done enough or grown too large.
    Recycled,
    /// It was well, and had nothing to do for long.
    Idle,
    /// The pool stopped.
    Stopped,
}

impl EndCause {
    /// Whether the pool itself let a worker go that was well.
    #[must_use]
    pub fn is_wanted(self) -> bool {
        matches!(self, Self::Recycled | Self::Idle | Self::Stopped)
    }
}

impl fmt::Display for EndCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Died(cause) => return cause.fmt(f),
            Self::TimedOut => "its job timed out",
            Self::CpuTime => "its job used too much CPU time",
            Self::MemoryLimit => "its job used too much memory",
            Self::Killed => "its job was killed",
            Self::InitFailed => "its initializer failed",
            Self::Condemned => "it did not work as it should",
            Self::NotStarted => "it could not be started",
            Self::Recycled => "recycled",
            Self::Idle => "idle for long",
            Self::Stopped => "the pool stopped",
        })
    }
}

/// The end of a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerEnd {
    /// Its slot.
    pub worker: WorkerId,
    /// Its process, if there was one; the number may have been reused since.
    pub pid: Option<u32>,
    /// Why it ended.
    pub cause: EndCause,
    /// What is known beside the cause, in words; often nothing.
    pub detail: String,
    /// The job that was lost with it, or tried again elsewhere.
    pub job: Option<JobId>,
    /// How many jobs (in a map: items) it had done.
    pub done: u64,
    /// How long it had lived.
    pub lived: Duration,
    /// When its end was noticed.
    pub at: SystemTime,
}

impl fmt::Display for WorkerEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "worker {}", self.worker.0)?;
        if let Some(pid) = self.pid {
            write!(f, " (process {pid})")?;
        }
        write!(f, " ended: {}", self.cause)?;
        if self.detail.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", self.detail)
    }
}

/// The most bytes of a detail: it may be the words of a worker.
const DETAIL_BYTES: usize = 512;

/// A detail, cut to what is worth keeping.
pub(crate) fn detail(words: &str) -> String {
    let fits = |&(at, letter): &(usize, char)| at + letter.len_utf8() <= DETAIL_BYTES;
    let kept = words.char_indices().take_while(fits);
    kept.map(|(_, letter)| letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_in_one_line() {
        let mut end = WorkerEnd {
            worker: WorkerId(1),
            pid: Some(4242),
            cause: EndCause::Died(ExitCause::Signal(9)),
            detail: String::new(),
            job: None,
            done: 3,
            lived: Duration::from_secs(1),
            at: SystemTime::UNIX_EPOCH,
        };
        let told = "worker 1 (process 4242) ended: died of SIGKILL";
        assert_eq!(end.to_string(), told);
        end.detail = "before it said hello".to_owned();
        assert_eq!(end.to_string(), format!("{told}: before it said hello"));
    }

    #[test]
    fn words_of_a_worker_are_cut_between_characters() {
        let long = "ü".repeat(DETAIL_BYTES);
        assert_eq!(detail(&format!("x{long}")).len(), DETAIL_BYTES - 1);
        assert_eq!(detail("short"), "short");
    }
}
