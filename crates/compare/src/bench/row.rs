//! What is measured in a row of the bench.

use std::time::Duration;

use super::goal::Goal;
use super::mode::Mode;
use super::unit::{Better, Unit};

/// One row: the same work on every arm.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its name, on the command line and in reports.
    pub name: &'static str,
    /// What is done.
    pub title: &'static str,
    /// Which of our pools has the goals.
    pub subject: Subject,
    /// The arms beside our own.
    pub others: &'static [&'static str],
    /// Where each of them runs.
    pub modes: &'static [Mode],
    /// What is measured; the first is the most important.
    pub metrics: Vec<Metric>,
    /// How much of it is done.
    pub pace: Pace,
}

/// Which of our arms a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The process pool: an arm for every transport, of which the default one has the goals.
    Processes,
    /// The process pool as it is by default.
    DefaultProcesses,
    /// The thread pool.
    Threads,
    /// Both pools, with goals for the processes.
    Both,
}

/// One number of each round.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// Its name in the arms' answers.
    pub name: &'static str,
    /// What it tells.
    pub title: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// Which way is up.
    pub better: Better,
    /// What stands for all rounds.
    pub aggregate: Aggregate,
    /// What is to be reached.
    pub goals: Vec<Goal>,
}

/// What stands for all rounds of an arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// The median.
    Median,
    /// The greatest: for what must never be exceeded.
    Max,
}

/// How much is done in a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Rounds of a full run.
    pub rounds: u32,
    /// How long an arm is measured in a round, where that can be chosen.
    pub budget: Duration,
    /// The share of the work that a quick run does, where the time cannot be chosen.
    pub quick: f64,
    /// How the arms share the machine.
    pub staging: Staging,
}

/// How the arms of a row share the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staging {
    /// All are there, and one after the other is measured.
    InTurn,
    /// All are measured at the same time, since they do nothing.
    Together,
    /// Each is started for one round and ended again: what a round leaves behind would change the next.
    Fresh,
}

/// What the arms of our process pool begin with; the transport follows.
pub(crate) const PROCESSES: &str = "pool-";

/// Our thread pool.
pub(crate) const THREADS: &str = "threads";

impl Row {
    /// All its arms, ours first; `transports` are those of the process pool, the default one first.
    pub fn arms(&self, transports: &[String]) -> Vec<String> {
        let shown = match self.subject {
            Subject::Threads => 0,
            Subject::DefaultProcesses => 1,
            Subject::Processes | Subject::Both => transports.len(),
        };
        let pools = transports.iter().take(shown);
        let mut arms: Vec<String> = pools.map(|name| format!("{PROCESSES}{name}")).collect();
        if matches!(self.subject, Subject::Threads | Subject::Both) {
            arms.push(THREADS.to_owned());
        }
        arms.extend(self.others.iter().map(|arm| (*arm).to_owned()));
        arms
    }

    /// The arm that has the goals: the first of all.
    pub fn own_arm(&self, transports: &[String]) -> String {
        self.arms(transports).swap_remove(0)
    }
}

impl Metric {
    /// How many times as good the first number is as the second.
    pub fn times_better(&self, ours: f64, theirs: f64) -> f64 {
        match self.better {
            Better::Less => theirs / ours,
            Better::More => ours / theirs,
        }
    }
}
