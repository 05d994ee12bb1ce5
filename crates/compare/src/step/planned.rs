//! What a comparison will do, as programs are told before anything is built.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::Step;
use super::line::span;
use crate::class::Class;
use crate::plan::Plan;
use crate::report::{Report, Settings};
use crate::workload::Workload;

/// The version of the lines: it changes only when something that was there means something else.
const SCHEMA: u32 = 1;

/// What will be done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Planned<'a> {
    /// The version of these lines.
    pub schema: u32,
    /// What is compared, as the report's folder is named.
    pub name: &'a str,
    /// When it began, in UTC.
    pub started: &'a str,
    /// The command line that repeats it.
    pub command_line: &'a str,
    /// How it measures.
    pub settings: &'a Settings,
    /// How long measuring should take, without the build.
    pub estimate_ns: u64,
    /// The comparisons, in the order in which they run.
    pub comparisons: Vec<PlannedComparison<'a>>,
    /// The report's file.
    pub report: String,
}

/// One comparison of a plan.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlannedComparison<'a> {
    /// Its name.
    pub name: &'a str,
    /// What its figures answer.
    pub question: &'a str,
    /// What it spends its time on.
    pub class: Class,
    /// Its arms; all but faults run the baseline once more, as `control`.
    pub arms: Vec<&'a str>,
    /// The arm that the others are divided by.
    pub baseline: &'a str,
    /// What was left out, and why.
    pub notes: &'a [String],
}

impl<'a> Step<'a> {
    /// What will be done, and where the report of it will be.
    pub fn planned(plan: &'a Plan, report: &'a Report, file: &Path) -> Self {
        Self::Planned(Box::new(Planned {
            schema: SCHEMA,
            name: &plan.name,
            started: &report.started,
            command_line: &report.command_line,
            settings: &plan.settings,
            estimate_ns: span(plan.estimate()),
            comparisons: plan.workloads.iter().map(planned).collect(),
            report: file.display().to_string(),
        }))
    }
}

fn planned(workload: &Workload) -> PlannedComparison<'_> {
    PlannedComparison {
        name: &workload.name,
        question: &workload.question,
        class: workload.class,
        arms: workload.arms.iter().map(|arm| arm.name()).collect(),
        baseline: workload.baseline().name(),
        notes: &workload.notes,
    }
}
