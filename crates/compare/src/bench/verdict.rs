//! Whether a goal is met, and by how much it is missed.

use super::figures::{figure, times_better};
use super::goal::{Check, Goal};
use super::record::{BenchReport, Lane, MeasuredRow};
use super::row::{Metric, Row};
use super::unit::digits;
use crate::statistics::Spread;

/// What is said of one goal.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The metric's title.
    pub metric: &'static str,
    /// The goal in words, with its mode where the row has several.
    pub goal: String,
    /// What was reached, in words.
    pub reached: String,
    /// Whether that is enough.
    pub judgement: Judgement,
    /// Whether the median's interval of 95 % has ends on both sides of the goal: another run may say otherwise.
    pub close: bool,
}

/// Whether a goal is met.
#[derive(Debug, Clone, PartialEq)]
pub enum Judgement {
    /// It is.
    Met,
    /// It is missed by this factor; infinitely where nothing was allowed.
    FallsShort(f64),
    /// Nothing can be said, and this is why.
    Unknown(String),
}

impl Judgement {
    /// The verdict in words.
    ///
    /// ```
    /// assert_eq!(anypool_compare::bench::Judgement::FallsShort(2.0).words(), "falls short by 2.00 ×");
    /// ```
    pub fn words(&self) -> String {
        match self {
            Self::Met => "met".to_owned(),
            Self::FallsShort(by) if by.is_finite() => format!("falls short by {} ×", digits(*by)),
            Self::FallsShort(_) => "falls short".to_owned(),
            Self::Unknown(why) => format!("not judged: {why}"),
        }
    }
}

/// Judges all goals of a row.
pub fn judged(row: &Row, measured: &MeasuredRow, report: &BenchReport) -> Vec<Judged> {
    let own = row.own_arm(&report.transports);
    let goals = row
        .metrics
        .iter()
        .flat_map(|metric| metric.goals.iter().map(move |goal| (metric, goal)));
    goals
        .map(|(metric, goal)| {
            let words = goal.check.words(metric.unit);
            let (reached, judgement, close) = judge(metric, goal, measured, &own);
            Judged {
                metric: metric.title,
                goal: match row.modes {
                    [_] => words,
                    _ => format!("{words}, {}", goal.mode),
                },
                reached,
                judgement,
                close,
            }
        })
        .collect()
}

/// What was reached, the judgement, and whether it is close.
type Sentence = (String, Judgement, bool);

fn judge(metric: &Metric, goal: &Goal, measured: &MeasuredRow, own: &str) -> Sentence {
    let unknown = |why: String| ("–".to_owned(), Judgement::Unknown(why), false);
    let Some(lane) = measured.lane(own, goal.mode) else {
        return unknown(format!("{own} was not measured"));
    };
    let Some(ours) = figure(lane, metric) else {
        return unknown(reason(lane));
    };
    match &goal.check {
        Check::AtMost(most) => {
            let judgement = shortfall(ours.value / most, ours.value <= *most);
            (
                metric.unit.show(ours.value),
                judgement,
                crosses(&ours.spread, *most),
            )
        }
        Check::AtLeast(least) => {
            let judgement = shortfall(least / ours.value, ours.value >= *least);
            (
                metric.unit.show(ours.value),
                judgement,
                crosses(&ours.spread, *least),
            )
        }
        Check::Times { than, times } => {
            let rivals = than.iter().map(|arm| measured.lane(arm, goal.mode));
            let rivals: Option<Vec<&Lane>> = rivals.collect();
            match rivals.as_deref().map(|rivals| best(rivals, metric)) {
                Some(Ok(rival)) => against(metric, lane, rival, *times),
                Some(Err(absent)) => unknown(absent),
                None => unknown("not all other arms were measured".to_owned()),
            }
        }
    }
}

/// The best of some arms, by what stands for all their rounds; all must have numbers.
fn best<'l>(rivals: &[&'l Lane], metric: &Metric) -> Result<&'l Lane, String> {
    let mut best: Option<(&Lane, f64)> = None;
    for &lane in rivals {
        let value = figure(lane, metric).ok_or_else(|| reason(lane))?.value;
        if best.is_none_or(|(_, known)| metric.times_better(value, known) > 1.0) {
            best = Some((lane, value));
        }
    }
    best.map(|(lane, _)| lane)
        .ok_or_else(|| "there are no other arms".to_owned())
}

fn reason(lane: &Lane) -> String {
    let why = lane.absent.as_deref().unwrap_or("it gave no such number");
    format!("{}: {why}", lane.arm)
}

fn against(metric: &Metric, ours: &Lane, rival: &Lane, times: f64) -> Sentence {
    let Some(ratio) = times_better(ours, rival, metric) else {
        let why = format!("no round has a number of {} as well", rival.arm);
        return ("–".to_owned(), Judgement::Unknown(why), false);
    };
    let judgement = shortfall(times / ratio.median, ratio.median >= times);
    (
        format!(
            "{} × {} [{}, {}]",
            digits(ratio.median),
            rival.arm,
            digits(ratio.low),
            digits(ratio.high)
        ),
        judgement,
        crosses(&ratio, times),
    )
}

fn shortfall(by: f64, met: bool) -> Judgement {
    if met {
        Judgement::Met
    } else {
        Judgement::FallsShort(by)
    }
}

/// Whether the median's interval lies on both sides of a limit.
fn crosses(spread: &Spread, limit: f64) -> bool {
    spread.low < limit && limit < spread.high
}

#[cfg(test)]
mod tests;
