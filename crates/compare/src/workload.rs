//! What is run: a task, its inputs, and the arms that can run it.

use std::time::Duration;

use crate::arm::Arm;
use crate::class::Class;

/// A workload: the same work for every arm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// The name on the command line.
    pub name: String,
    /// What its figures answer.
    pub question: String,
    /// What it spends its time on.
    pub class: Class,
    /// The command of the runner that runs it.
    pub shape: Shape,
    /// The task's parameters, as `-s` takes them.
    pub settings: Vec<String>,
    /// The ways to run it.
    pub arms: Vec<Arm>,
    /// What a runner must print, where that is known beforehand.
    pub expected: Option<String>,
    /// About how long one round of all its arms takes.
    pub round: Duration,
}

/// The command of a runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// One worker for each task.
    Spawn {
        /// The task's name.
        task: String,
        /// How many workers.
        count: usize,
    },
    /// A pool that maps a task over inputs.
    Map {
        /// The task's name.
        task: String,
        /// The inputs, as the command line takes them.
        inputs: Vec<String>,
        /// How many workers.
        workers: usize,
    },
}

impl Workload {
    /// The work in a line: the task, its settings, and how often it runs.
    pub(crate) fn text(&self) -> String {
        let (task, times, workers) = match &self.shape {
            Shape::Spawn { task, count } => (task, *count, *count),
            Shape::Map {
                task,
                inputs,
                workers,
            } => (task, inputs.len(), *workers),
        };
        let settings = self.settings.join(", ");
        let plural = if workers == 1 { "" } else { "s" };
        format!("{task}({settings}) × {times} · {workers} worker{plural}")
    }
}
