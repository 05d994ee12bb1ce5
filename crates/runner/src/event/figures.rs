//! The figures of tasks and of the run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::verdict::Verdict;

/// What a task used. What the system does not tell of a task (the memory of a thread's task, say) is absent, never
/// made up.
///
/// ```
/// use anypool_runner::event::Usage;
///
/// let mut usage = Usage::default();
/// usage.user = Some(80_000);
/// assert_eq!(serde_json::to_string(&usage)?, r#"{"user":80000}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Usage {
    /// Processor time in the task's own code, in nanoseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<u64>,
    /// Processor time in the kernel, in nanoseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sys: Option<u64>,
    /// The most memory that was resident at once, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rss: Option<u64>,
    /// How often the processor was given to others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub switches: Option<u64>,
}

/// How many tasks ended how. A task that is expected to end badly, and does, counts as `ok`.
///
/// ```
/// use anypool_runner::event::{Counts, Verdict};
///
/// let mut counts = Counts::default();
/// counts.add(Verdict::Ok, 2, false);
/// counts.add(Verdict::Crashed, 1, false);
/// assert_eq!((counts.run(), counts.ok, counts.flaky, counts.not_ok()), (2, 1, 1, 1));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default)]
#[non_exhaustive]
pub struct Counts {
    /// Ended as expected, in one try or more.
    pub ok: u64,
    /// Of the ok ones: those that needed more than one try.
    pub flaky: u64,
    /// Of all: those that ran longer than `--slow-after`.
    pub slow: u64,
    /// Said that they failed.
    pub failed: u64,
    /// Panicked.
    pub panicked: u64,
    /// Took their worker with them, or died of a signal.
    pub crashed: u64,
    /// Ran longer than they may.
    pub timed_out: u64,
    /// Left something running.
    pub leaked: u64,
    /// Stopped or not started because the run stopped.
    pub cancelled: u64,
    /// Not started because of another task, or because an earlier run did them.
    pub skipped: u64,
}

impl Counts {
    /// Counts a task that has ended so, after so many tries.
    pub fn add(&mut self, verdict: Verdict, tries: u32, slow: bool) {
        if verdict == Verdict::Ok && tries > 1 {
            self.flaky += 1;
        }
        if slow {
            self.slow += 1;
        }
        *self.place(verdict) += 1;
    }

    fn place(&mut self, verdict: Verdict) -> &mut u64 {
        match verdict {
            Verdict::Ok => &mut self.ok,
            Verdict::Failed => &mut self.failed,
            Verdict::Panicked => &mut self.panicked,
            Verdict::Crashed => &mut self.crashed,
            Verdict::TimedOut => &mut self.timed_out,
            Verdict::Leaked => &mut self.leaked,
            Verdict::Cancelled => &mut self.cancelled,
            Verdict::Skipped => &mut self.skipped,
        }
    }

    /// How many ended so.
    #[must_use]
    pub fn of(mut self, verdict: Verdict) -> u64 {
        *self.place(verdict)
    }

    /// How many were run to an end of their own.
    #[must_use]
    pub fn run(self) -> u64 {
        self.ok + self.not_ok()
    }

    /// How many of those ended otherwise than expected.
    #[must_use]
    pub fn not_ok(self) -> u64 {
        let bad = Verdict::ALL
            .into_iter()
            .filter(|v| v.is_run() && *v != Verdict::Ok);
        bad.map(|verdict| self.of(verdict)).sum()
    }

    /// How many are settled, in whatever way.
    #[must_use]
    pub fn settled(self) -> u64 {
        self.run() + self.cancelled + self.skipped
    }
}
