//! What can be asked along an axis of task lengths, or of sizes of the parent.

use std::time::Duration;

use super::Along;
use crate::arm::{apart, suffixes};
use crate::crossover::model::{Work, amortised, overtakes};
use crate::crossover::search::{Next, Point, Search};
use crate::crossover::told::{Finding, Question};
use crate::report::{ArmInfo, Cell, Measured, Side};
use crate::statistics::{count, median_interval, median_of};

/// A question about an arm beside another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) question: Question,
    pub(super) arm: String,
    pub(super) versus: String,
}

/// What the names of arms behind a global lock end with, if it were not for forms.
const LOCK: &str = "+gil";

/// A bracket whose end is at most so many times its start is narrow enough.
const FINEST: f64 = 2.0;

/// Task lengths are whole microseconds.
const GRAIN_OF_LENGTHS: f64 = 1e3;

/// What 8 MiB of a parent cost is less than what runs differ by.
const GRAIN_OF_SIZES: f64 = 8.0 * 1_048_576.0;

/// Arms, and those that do the same with processes that are forked from the program with all that it has in memory.
const FROM_THE_PROGRAM: [(&str, &str); 2] = [("pool", "pool@parent"), ("fork", "fork@parent")];

/// What is behind the lock in the name of an arm that has one: nothing, or what a form of it is told.
fn suffix(arm: &ArmInfo) -> Option<&str> {
    let (_, suffix) = arm.name.split_once(LOCK)?;
    Some(suffix)
}

/// What an arm is asked about beside: the baseline, in the form that has batches like the arm's, where there is one.
fn beside(measured: &Measured, arm: &str) -> String {
    let alike = format!("{}{}", apart(&measured.baseline).0, apart(arm).1);
    match measured.arm(&alike) {
        Some(_) if alike != arm => alike,
        _ => measured.baseline.clone(),
    }
}

impl Asked {
    /// All that can be asked: of processes behind a lock whether they win over threads behind it, and of all other arms
    /// from where on they cost little beside the baseline.
    pub(super) fn all(measured: &Measured, share: f64) -> Vec<Self> {
        let has_lock = |arm: &&ArmInfo| suffix(arm).is_some();
        let waiting = measured.arms.iter().filter(has_lock);
        let waiting = waiting.filter(|arm| arm.side == Side::Threads);
        let waiting: Vec<&ArmInfo> = waiting.collect();
        let arms = measured.arms.iter().filter(|arm| {
            arm.control_of.is_none() && arm.name != measured.baseline && arm.side == Side::Processes
        });
        let asked = arms.filter_map(|arm| {
            let (question, versus) = if has_lock(&arm) {
                // Of several forms the same one, where there is one.
                let same = waiting.iter().find(|other| suffix(other) == suffix(arm));
                (Question::Wins, same.or(waiting.first())?.name.clone())
            } else {
                (Question::CostsLittle(share), beside(measured, &arm.name))
            };
            Some(Self {
                question,
                arm: arm.name.clone(),
                versus,
            })
        });
        asked.collect()
    }

    /// Where to measure next, or what is known.
    pub(super) fn next(&self, along: &Along<'_>, measured: &Measured) -> Next {
        self.search().next(&self.points(along, measured))
    }

    /// What can be asked along sizes of the parent: from where on a server that was forked early saves something.
    pub(super) fn of_parents(measured: &Measured, share: f64) -> Vec<Self> {
        let names = || measured.arms.iter().map(|arm| arm.name.as_str());
        let asked = FROM_THE_PROGRAM.into_iter().flat_map(|(arm, versus)| {
            let forms = suffixes(names(), arm).into_iter();
            forms.map(move |suffix| Self {
                question: Question::Saves(share),
                arm: format!("{arm}{suffix}"),
                versus: format!("{versus}{suffix}"),
            })
        });
        let is_there = |asked: &Self| measured.arm(&asked.versus).is_some();
        asked.filter(is_there).collect()
    }

    /// What was found.
    pub(super) fn finding(&self, along: &Along<'_>, measured: &Measured) -> Finding<'_> {
        Finding {
            question: self.question,
            arm: &self.arm,
            versus: &self.versus,
            found: self.search().found(&self.points(along, measured)),
            model: self.model(along, measured),
        }
    }

    fn search(&self) -> Search {
        Search {
            line: self.question.line(),
            finest: FINEST,
            grain: match self.question {
                Question::CostsLittle(_) | Question::Wins => GRAIN_OF_LENGTHS,
                Question::Saves(_) => GRAIN_OF_SIZES,
            },
        }
    }

    fn points(&self, along: &Along<'_>, measured: &Measured) -> Vec<Point> {
        let points = measured.cells.iter().filter_map(|cell| {
            let ratios = cell
                .rounds
                .iter()
                .filter_map(|round| round.ratio(&self.arm, &self.versus));
            let ratios: Vec<f64> = ratios.collect();
            Some(Point {
                at: cell.point?,
                ratio: median_interval(&ratios, along.settings.confidence)?,
            })
        });
        points.collect()
    }

    /// Where the model says that it is, on the axis.
    fn model(&self, along: &Along<'_>, measured: &Measured) -> Option<f64> {
        let shortest = measured.cells.iter().min_by(|a, b| {
            let point = |cell: &Cell| cell.point.unwrap_or(f64::INFINITY);
            point(a).total_cmp(&point(b))
        })?;
        let length = shortest.point? / NANOSECONDS;
        let side_by_side = Work {
            tasks: count(along.tasks),
            at_once: count(along.at_once),
        };
        let one_at_a_time = Work {
            at_once: 1.0,
            ..side_by_side
        };
        let cost = |arm: &str, work: &Work| Some(work.cost(median(shortest, arm)?, length));
        let arm = cost(&self.arm, &side_by_side)?;
        let seconds = match self.question {
            Question::CostsLittle(share) => {
                amortised(arm, cost(&self.versus, &side_by_side)?, share)
            }
            Question::Wins => overtakes(
                arm,
                cost(&self.versus, &one_at_a_time)?,
                side_by_side.at_once,
            )?,
            // What a page costs to be shared is known to nobody beforehand.
            Question::Saves(_) => return None,
        };
        Some(seconds * NANOSECONDS)
    }
}

const NANOSECONDS: f64 = 1e9;

/// The median time of an arm, in seconds.
fn median(cell: &Cell, arm: &str) -> Option<f64> {
    let samples = cell.rounds.iter().filter_map(|round| round.sample(arm));
    let seconds = samples.map(|sample| Duration::from_nanos(sample.wall_ns).as_secs_f64());
    median_of(&seconds.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::Arm;
    use crate::batch::Batch;
    use crate::sample;

    #[test]
    fn an_arm_is_asked_about_beside_the_form_of_the_baseline_that_is_like_it() {
        let one = "1".parse().unwrap();
        let formed = |arm: Arm| [one, Batch::AUTO].map(|batch| arm.in_batches(batch, true));
        let arms = [formed(Arm::Threads), formed(Arm::Pool)].concat();
        let arms = arms.into_iter().chain([Arm::Fork]);
        let measured = Measured {
            arms: arms.map(|arm| arm.info(String::new())).collect(),
            baseline: "threads@batch-1".to_owned(),
            ..sample::one().comparisons.remove(0)
        };
        let asked = Asked::all(&measured, 0.05);
        let pairs = asked
            .iter()
            .map(|asked| format!("{}/{}", asked.arm, asked.versus));
        assert_eq!(
            pairs.collect::<Vec<_>>(),
            [
                "pool@batch-1/threads@batch-1",
                "pool@batch-auto/threads@batch-auto",
                "fork/threads@batch-1"
            ]
        );
    }
}
