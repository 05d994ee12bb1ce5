//! Threads or processes? Measures the same workloads both ways and says what the figures allow to be said.
//!
//! A [`Plan`] names workloads and rounds. [`compare`] runs every [`Arm`] of a workload once a round, each as a child
//! process behind the [`Run`] trait, and refuses to go on when two arms disagree about the answer. A [`Report`] keeps
//! every raw time, and is saved by a [`Store`] after each round. [`render`] makes the tables and sentences of it.
//!
//! [`mod@bench`] is the other half: how fast our pools are beside their peers, and whether that is what was to be reached.
//!
//! This crate never builds the runners and never measures inside its own process.
//!
//! ```
//! use anypool_compare::{Options, Plan};
//!
//! let options = Options { names: vec!["io".to_owned()], rounds: Some(6), ..Options::default() };
//! let plan = Plan::new(&options, 2)?;
//! assert_eq!(plan.workloads[0].name, "io");
//! # Ok::<(), anypool_compare::PlanError>(())
//! ```

#![forbid(unsafe_code)]

mod exit;
mod nearest;
mod need;
mod class;
mod environment;
mod pin;
pub mod report;
mod batch;
mod arm;
mod python;
mod tools;
mod sweep;
mod terms;
mod ballast;
mod workload;
mod swept;
mod files;
mod beside;
mod catalogue;
mod turned;
mod program;
mod preset;
mod measure;
mod gil;
mod options;
mod missing;
mod room;
mod forms;
mod chosen;
mod plan;
mod command;
mod trace;
mod answer;
mod load;
mod usage;
mod run;
mod child;
mod order;
#[cfg(test)]
mod round_of;
mod statistics;
mod noise;
mod verdict;
mod summary;
mod sentence;
mod columns;
pub mod sample;
pub mod render;
mod choice;
mod cases;
mod advice;
mod claims;
mod scaling;
mod crossover;
mod along;
mod gate;
mod file;
mod unmet;
mod github;
mod diff;
mod doctor;
mod faults;
mod ending;
mod disturbance;
mod self_test;
mod table;
mod step;
mod store;
mod failure;

mod comparison;

pub mod bench;
#[cfg(test)]
mod messages;

pub use arm::{Arm, Form, Own};
pub use ballast::Ballast;
pub use batch::{Batch, BatchError};
pub use child::ChildRun;
pub use chosen::PlanError;
pub use class::Class;
pub use command::{CommandLine, Runners};
pub use comparison::{Comparison, compare};
pub use diff::{Diff, DiffRow, OtherMachine};
pub use doctor::{
    Diagnosis, Finding, Health, Machine, available_memory, diagnose, facts, facts_at_the_end,
};
pub use environment::{Environment, Fact};
pub use exit::Exit;
pub use failure::{CompareError, Mismatch, RunFailure};
pub use file::{CompareFile, FileError};
pub use files::{FilesError, make_files};
pub use gate::{Gate, GateError, check_gates};
pub use gil::Gil;
pub use github::annotations;
pub use load::Reading;
pub use measure::{Measure, share_of};
pub use nearest::UnknownName;
pub use need::Need;
pub use options::Options;
pub use pin::Pin;
pub use plan::Plan;
pub use preset::Preset;
pub use python::{Python, PythonError, Pythons};
pub use report::Report;
pub use run::{Finished, Phases, Run, RunError, Weight};
pub use self_test::{RUNS, SelfTest, self_test};
pub use step::{Planned, PlannedComparison, Step, schema as progress_schema};
pub use store::{Store, StoreError};
pub use sweep::{Knob, Sweep, SweepError};
pub use table::list;
pub use terms::Terms;
pub use tools::Tools;
pub use unmet::Unmet;
pub use usage::Usage;
pub use verdict::Rule;
pub use workload::{Program, Shape, Workload};
