//! Instructions from submit to value, as a tool has counted them: figures that no other work on the machine changes.
//!
//! A program that runs more jobs differs from one that runs fewer by what those jobs cost, and by nothing else: starting
//! and ending are the same.

use super::markdown::table;
use super::unit::{digits, exact};
use crate::columns::columns;

/// A count of the instructions of each process of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// How many jobs it ran.
    pub jobs: u64,
    /// The program's own instructions.
    pub program: u64,
    /// Those of every process that it started.
    pub others: Vec<u64>,
}

/// What a job costs on one arm.
#[derive(Debug, Clone, PartialEq)]
pub struct JobCost {
    /// The arm.
    pub arm: String,
    /// How many jobs were in flight, in words.
    pub shape: String,
    /// Instructions of the program for each job, on all its threads.
    pub program: f64,
    /// Instructions of the worker, where it is a process and could be followed.
    pub worker: Option<f64>,
}

impl JobCost {
    /// The cost of a job, from two runs of the same program. Of the other processes, the one that has done most is the
    /// worker: fork servers do the same in both runs, and little.
    ///
    /// ```
    /// use anypool_compare::bench::{Count, JobCost};
    ///
    /// let few = Count { jobs: 100, program: 5_000, others: vec![70, 400] };
    /// let many = Count { jobs: 200, program: 8_000, others: vec![70, 600] };
    /// let cost = JobCost::between("pool-pipe", "single", &few, &many);
    /// assert_eq!((cost.program, cost.worker), (30.0, Some(2.0)));
    /// ```
    pub fn between(arm: &str, shape: &str, few: &Count, many: &Count) -> Self {
        let jobs = exact(many.jobs.saturating_sub(few.jobs).max(1));
        let each = |few: u64, many: u64| exact(many.saturating_sub(few)) / jobs;
        let worker = |count: &Count| count.others.iter().copied().max();
        Self {
            arm: arm.to_owned(),
            shape: shape.to_owned(),
            program: each(few.program, many.program),
            worker: worker(few)
                .zip(worker(many))
                .map(|(few, many)| each(few, many)),
        }
    }
}

fn lines(costs: &[JobCost]) -> Vec<[String; 5]> {
    let heads = [
        "jobs in flight",
        "arm",
        "program",
        "worker process",
        "× inline",
    ];
    let mut lines = vec![heads.map(str::to_owned)];
    for cost in costs {
        let is_inline = |other: &&JobCost| other.arm == INLINE && other.shape == cost.shape;
        let ratio = costs.iter().find(is_inline).map(|inline| {
            let all = cost.program + cost.worker.unwrap_or(0.0);
            digits(all / inline.program)
        });
        let worker = match cost.worker {
            Some(worker) => format!("{worker:.0}"),
            None if cost.arm.starts_with(super::row::PROCESSES) => "not followed".to_owned(),
            None => "–".to_owned(),
        };
        lines.push([
            cost.shape.clone(),
            cost.arm.clone(),
            format!("{:.0}", cost.program),
            worker,
            ratio.unwrap_or_else(|| "–".to_owned()),
        ]);
    }
    lines
}

/// What all the others are compared with: the job on the caller, at once.
const INLINE: &str = "inline";

/// Renders costs for a terminal.
pub fn instructions_terminal(costs: &[JobCost]) -> String {
    columns(&lines(costs))
}

/// Renders costs as Markdown; `tool` is the one that counted.
pub fn instructions_page(costs: &[JobCost], tool: &str) -> String {
    format!(
        "Instructions a job, u64 → u64 on one worker, counted by {tool}.\n\n{}",
        table(&lines(costs))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(arm: &str, program: f64, worker: Option<f64>) -> JobCost {
        JobCost {
            arm: arm.to_owned(),
            shape: "one".to_owned(),
            program,
            worker,
        }
    }

    #[test]
    fn a_job_costs_what_both_sides_do_for_it() {
        let costs = [
            cost("inline", 1_500.0, None),
            cost("pool-pipe", 7_000.0, Some(2_000.0)),
            cost("pool-ipc", 9_000.0, None),
        ];
        let text = instructions_terminal(&costs);
        for line in [
            " one             inline     1500     –               1.00",
            " one             pool-pipe  7000     2000            6.00",
            " one             pool-ipc   9000     not followed    6.00",
        ] {
            assert!(text.lines().any(|known| known == line), "{line}\n{text}");
        }
        assert!(instructions_page(&costs, "a tool").contains("| one | pool-pipe | 7000 |"));
    }

    #[test]
    fn a_run_whose_worker_was_not_followed_has_the_programs_side() {
        let count = |jobs, others| Count {
            jobs,
            program: jobs * 10,
            others,
        };
        let cost = JobCost::between("pool-shm", "one", &count(10, vec![]), &count(20, vec![5]));
        assert_eq!((cost.program, cost.worker), (10.0, None));
    }
}
