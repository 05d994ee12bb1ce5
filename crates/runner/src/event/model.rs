//! The closed list of what can happen, and an event with its time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::run::{
    Fatal, PoolReady, RunFinished, RunStarted, RunStopping, TasksKnown, WorkerLost, WorkerStarted,
};
use super::tasks::{TaskFinished, TaskOutput, TaskRetry, TaskSlow, TaskStarted, TaskStopping};

/// From one list: the enum, the name of each event, and how a line of it is put together.
macro_rules! events {
    ($($(#[doc = $doc:literal])* $event:ident($body:ty) = $name:literal,)+) => {
        /// What can happen in a run.
        ///
        /// ```
        /// use anypool_runner::event::Event;
        ///
        /// let line = r#"{"event":"tasks-known","tasks":3}"#;
        /// let event: Event = serde_json::from_str(line)?;
        /// assert_eq!(event.name(), "tasks-known");
        /// # Ok::<(), serde_json::Error>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(tag = "event")]
        #[non_exhaustive]
        pub enum Event {
            $($(#[doc = $doc])* #[serde(rename = $name)] $event($body),)+
        }

        impl Event {
            /// The names of all events.
            pub const NAMES: &[&str] = &[$($name),+];

            /// The event's name in its line.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$event(_) => $name,)+
                }
            }
        }

        impl Serialize for Stamped {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let (event, t) = (self.event.name(), self.t);
                match &self.event {
                    $(Event::$event(body) => Line { event, t, body }.serialize(serializer),)+
                }
            }
        }
    };
}

events! {
    /// The run begins.
    RunStarted(Box<RunStarted>) = "run-started",
    /// All of the first workers are there.
    PoolReady(PoolReady) = "pool-ready",
    /// How many tasks there are has become known.
    TasksKnown(TasksKnown) = "tasks-known",
    /// A try of a task has begun.
    TaskStarted(TaskStarted) = "task-started",
    /// A task has printed something.
    TaskOutput(TaskOutput) = "task-output",
    /// A task runs longer than it is expected to, and goes on.
    TaskSlow(TaskSlow) = "task-slow",
    /// A task was told to stop.
    TaskStopping(TaskStopping) = "task-stopping",
    /// A try of a task has failed, and another one will be made.
    TaskRetry(TaskRetry) = "task-retry",
    /// A task is settled.
    TaskFinished(Box<TaskFinished>) = "task-finished",
    /// Another worker has started.
    WorkerStarted(WorkerStarted) = "worker-started",
    /// A worker has died or was left behind.
    WorkerLost(WorkerLost) = "worker-lost",
    /// Nothing more is started.
    RunStopping(RunStopping) = "run-stopping",
    /// The run is over.
    RunFinished(Box<RunFinished>) = "run-finished",
    /// The run failed.
    Error(Box<Fatal>) = "error",
}

/// An event and when it happened.
///
/// ```
/// use anypool_runner::event::{Event, Stamped, TasksKnown};
///
/// let event = Event::TasksKnown(TasksKnown { tasks: 3 });
/// let line = serde_json::to_string(&Stamped { t: 12, event })?;
/// assert_eq!(line, r#"{"event":"tasks-known","t":12,"tasks":3}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Stamped {
    /// Nanoseconds since the start of the run, by a clock that never jumps.
    #[serde(default)]
    pub t: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// A line in the order in which people read it: what happened, when, and to whom.
#[derive(Serialize)]
struct Line<'a, Body> {
    event: &'static str,
    t: u64,
    #[serde(flatten)]
    body: &'a Body,
}
