//! The bench: every figure that the design sets as a goal, measured in one run against peers and against bare programs.
//!
//! A [`Row`] says what is measured, on which arms, and what is to be reached. [`measure`] has a [`Stage`] bring all
//! arms of a row on at once and asks one after the other, in rounds whose order a seed decides, so that what else the
//! machine does meets all of them. A [`BenchReport`] keeps every number, and [`judge`](judged) says of each goal
//! whether it is met; [`terminal`] and [`page`] show that, and [`Agreement`] whether two runs say the same.

mod unit;
mod mode;
mod goal;
mod row;
mod rows;
mod choice;
mod contender;
mod process;
mod record;
mod figures;
mod verdict;
mod terminal;
mod agreement;
mod markdown;
mod instructions;
mod page;
mod measure;
pub mod growth;

pub use agreement::Agreement;
pub use choice::{Choice, list};
pub use contender::{Absence, Contender, Reading, Request, Stage};
pub use goal::{Check, Goal};
pub use instructions::{Count, JobCost, instructions_page, instructions_terminal};
pub use markdown::{Section, put_into};
pub use measure::{BenchError, Measuring, measure};
pub use mode::Mode;
pub use page::page;
pub use process::Processes;
pub use record::{BenchReport, Lane, MeasuredRow};
pub use row::{Aggregate, Metric, Pace, Row, Subject};
pub use terminal::terminal;
pub use unit::{Better, Unit};
pub use verdict::{Judged, Judgement, judged};
