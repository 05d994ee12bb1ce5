//! What happens to tasks.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::figures::Usage;
use super::key::TaskKey;
use super::output::{Output, OutputStream};
use super::verdict::Verdict;

/// A try of a task has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TaskStarted {
    /// The task's name in this run.
    pub task: Arc<str>,
    /// Its place among the run's tasks, from 0: what tells tasks of one name apart.
    pub index: u64,
    /// What the task is.
    pub key: TaskKey,
    /// Which try this is, from 1.
    #[serde(rename = "try")]
    pub attempt: u32,
    /// The worker that runs it, from 0.
    pub worker: u64,
    /// The process that it runs in, where that is its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
}

/// A task has printed something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TaskOutput {
    /// The task.
    pub task: Arc<str>,
    /// Its place among the run's tasks, from 0: what tells tasks of one name apart.
    pub index: u64,
    /// Which of its tries.
    #[serde(rename = "try", default = "first")]
    pub attempt: u32,
    /// Where it printed it.
    pub stream: OutputStream,
    /// What it printed.
    #[serde(flatten)]
    pub output: Output,
}

/// A task runs longer than `--slow-after`, and goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TaskSlow {
    /// The task.
    pub task: Arc<str>,
    /// Its place among the run's tasks, from 0: what tells tasks of one name apart.
    pub index: u64,
    /// Which of its tries.
    #[serde(rename = "try", default = "first")]
    pub attempt: u32,
    /// How long this try has run, in nanoseconds.
    pub run: u64,
}

/// A task was told to stop, and is given time to do so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TaskStopping {
    /// The task.
    pub task: Arc<str>,
    /// Its place among the run's tasks, from 0: what tells tasks of one name apart.
    pub index: u64,
    /// Which of its tries.
    #[serde(rename = "try", default = "first")]
    pub attempt: u32,
    /// How long this try has run, in nanoseconds.
    pub run: u64,
    /// The time between asking and making it, in nanoseconds.
    pub grace: u64,
    /// Why it is stopped, in a few words.
    pub reason: String,
}

/// A try of a task has failed, and another one will be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TaskRetry {
    /// The task.
    pub task: Arc<str>,
    /// Its place among the run's tasks, from 0: what tells tasks of one name apart.
    pub index: u64,
    /// Which try it was, from 1.
    #[serde(rename = "try")]
    pub attempt: u32,
    /// How many tries it gets at most.
    pub tries: u32,
    /// The worker that ran it.
    pub worker: u64,
    /// What became of this try.
    pub outcome: Verdict,
    /// Why it failed, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How long it ran, in nanoseconds.
    pub run: u64,
    /// The pause before the next one, in nanoseconds.
    pub delay: u64,
}

/// A task is settled: nothing more will be done about it in this run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TaskFinished {
    /// The task.
    pub task: Arc<str>,
    /// What the task is.
    pub key: TaskKey,
    /// Its place among the run's tasks, from 0: what tells tasks of one name apart.
    pub index: u64,
    /// How many tries were made; 0 for a task that was never started.
    #[serde(rename = "try")]
    pub attempt: u32,
    /// How many tries it had at most, where that is more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries: Option<u32>,
    /// The worker that ran the last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<u64>,
    /// What became of it.
    pub outcome: Verdict,
    /// What its suite expects of it, where that is not `ok`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Verdict>,
    /// What it gave, in short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The digest of what it gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Why it ended so, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Where it panicked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The exit code of its program, or of the worker that it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
    /// The signal that it died of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// Whether the kernel wrote a core file; said only of those that died of a signal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub core: Option<bool>,
    /// Whether something that it started still runs although it was to stop.
    #[serde(default, skip_serializing_if = "is_false")]
    pub leaked: bool,
    /// Whether it ran longer than `--slow-after`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub slow: bool,
    /// Whether it counts as failed because it was ok only when it was tried again (`--flaky fail`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub flaky_fails: bool,
    /// How long its last try waited for a worker, in nanoseconds.
    pub queued: u64,
    /// How long its last try ran, in nanoseconds.
    pub run: u64,
    /// What its last try used.
    #[serde(flatten)]
    pub usage: Usage,
}

impl TaskFinished {
    /// The end of a task that has neither run nor given anything.
    #[must_use]
    pub fn new(task: Arc<str>, key: TaskKey, index: u64, outcome: Verdict) -> Self {
        Self {
            task,
            key,
            index,
            attempt: 0,
            tries: None,
            worker: None,
            outcome,
            expected: None,
            value: None,
            digest: None,
            message: None,
            location: None,
            code: None,
            signal: None,
            core: None,
            leaked: false,
            slow: false,
            flaky_fails: false,
            queued: 0,
            run: 0,
            usage: Usage::default(),
        }
    }

    /// What the run makes of it: a task that ends as badly as it is expected to is ok, and one that ends well although
    /// it is expected not to has failed, as has one that had to be tried again where that is a failure.
    ///
    /// ```
    /// use anypool_runner::event::{TaskFinished, TaskKey, Verdict};
    ///
    /// let key = TaskKey::builder("call").finish();
    /// let mut finished = TaskFinished::new("boom".into(), key, 0, Verdict::Panicked);
    /// assert_eq!(finished.verdict(), Verdict::Panicked);
    /// finished.expected = Some(Verdict::Panicked);
    /// assert_eq!(finished.verdict(), Verdict::Ok);
    /// finished.outcome = Verdict::Ok;
    /// assert_eq!(finished.verdict(), Verdict::Failed);
    /// ```
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match (self.outcome, self.expected) {
            _ if self.flaky_fails => Verdict::Failed,
            (outcome, Some(expected)) if outcome == expected => Verdict::Ok,
            (Verdict::Ok, Some(_)) => Verdict::Failed,
            (outcome, _) => outcome,
        }
    }
}

fn first() -> u32 {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}
