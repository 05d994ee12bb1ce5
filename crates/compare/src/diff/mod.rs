//! What has changed between two reports of the same machine: arms paired by their cells.
//!
//! Times of two days differ for many reasons, so what is judged is each arm's ratio to the baseline, which was taken
//! within rounds on both days. The times stand beside it.

mod machine;
mod text;

use serde::Serialize;

use crate::report::{ArmResult, Cell, Interval, Measured, Report, Times, Word};

pub use machine::OtherMachine;

/// Two reports, side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diff {
    /// What both have.
    pub rows: Vec<DiffRow>,
    /// What only one has, and so has no row.
    pub unpaired: Vec<String>,
    /// What makes the machines differ, where that was not to matter.
    pub caveats: Vec<String>,
}

/// An arm at one point of both reports.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DiffRow {
    /// The comparison.
    pub comparison: String,
    /// The point, in words; empty where there is no axis.
    pub at: String,
    /// The arm.
    pub arm: String,
    /// Its times before and after.
    pub times: [Times; 2],
    /// Its ratio to the baseline before and after; `None` for the baseline itself.
    pub ratios: Option<[Interval; 2]>,
    /// By what the ratio has changed, and what that allows to be said.
    pub change: Option<(Interval, Word)>,
}

impl Diff {
    /// Pairs what two reports have in common.
    ///
    /// # Errors
    ///
    /// Fails when they are from different machines, unless that is `forced`.
    ///
    /// ```
    /// use anypool_compare::{Diff, sample};
    ///
    /// let diff = Diff::between(&sample::one(), &sample::one(), false).unwrap();
    /// assert!(diff.unpaired.is_empty());
    /// ```
    pub fn between(old: &Report, new: &Report, forced: bool) -> Result<Self, OtherMachine> {
        let caveats = machine::differences(&old.environment, &new.environment);
        if !caveats.is_empty() && !forced {
            return Err(OtherMachine {
                differences: caveats,
            });
        }
        let mut diff = Self {
            rows: Vec::new(),
            unpaired: Vec::new(),
            caveats,
        };
        let effect = old.settings.min_effect.max(new.settings.min_effect);
        for measured in &old.comparisons {
            match named(new, &measured.name) {
                Some(other) if is_same_work(measured, other) => {
                    diff.pair([measured, other], effect);
                }
                Some(_) => diff.unpaired.push(format!(
                    "{}: its work or its baseline has changed",
                    measured.name
                )),
                None => diff
                    .unpaired
                    .push(format!("{}: only before", measured.name)),
            }
        }
        let added = new
            .comparisons
            .iter()
            .filter(|one| named(old, &one.name).is_none());
        let added = added.map(|measured| format!("{}: only after", measured.name));
        diff.unpaired.extend(added);
        Ok(diff)
    }

    /// The tables for a terminal.
    pub fn terminal(&self) -> String {
        text::terminal(self)
    }

    /// The same as Markdown.
    pub fn markdown(&self) -> String {
        text::markdown(self)
    }

    fn pair(&mut self, [old, new]: [&Measured; 2], effect: f64) {
        for cell in &old.cells {
            let at = text::place(old, cell);
            let Some(other) = new.cells.iter().find(|other| other.point == cell.point) else {
                self.unpaired
                    .push(format!("{} {at}: only before", old.name));
                continue;
            };
            for arm in &cell.arms {
                match other.arm(&arm.arm) {
                    Some(after) => self.rows.push(DiffRow {
                        comparison: old.name.clone(),
                        at: at.clone(),
                        arm: arm.arm.clone(),
                        times: [arm.wall, after.wall],
                        ratios: arm.ratio.zip(after.ratio).map(|(one, other)| [one, other]),
                        change: change([arm, after], band([cell, other], effect)),
                    }),
                    None => self
                        .unpaired
                        .push(format!("{} {at} {}: only before", old.name, arm.arm)),
                }
            }
        }
    }
}

fn named<'a>(report: &'a Report, name: &str) -> Option<&'a Measured> {
    report
        .comparisons
        .iter()
        .find(|measured| measured.name == name)
}

fn is_same_work(old: &Measured, new: &Measured) -> bool {
    old.workload == new.workload && old.baseline == new.baseline && old.axis == new.axis
}

/// Below this share two equal arms may seem different: in either report.
fn band(cells: [&Cell; 2], effect: f64) -> f64 {
    let floors = cells.into_iter().filter_map(|cell| cell.noise.floor);
    floors.fold(effect, f64::max)
}

fn change([old, new]: [&ArmResult; 2], band: f64) -> Option<(Interval, Word)> {
    let (before, after) = (old.ratio?, new.ratio?);
    // As wide as both allow: the rounds of two days have nothing in common that would narrow it.
    let change = Interval {
        low: after.low / before.high,
        mid: after.mid / before.mid,
        high: after.high / before.low,
    };
    let is_told = |arm: &ArmResult| arm.word.is_some_and(|word| word != Word::NotEnoughData);
    let word = match change {
        _ if !(is_told(old) && is_told(new)) => Word::NotEnoughData,
        Interval { high, .. } if high < 1.0 - band => Word::Faster,
        Interval { low, .. } if low > 1.0 + band => Word::Slower,
        Interval { low, high, .. } if low >= 1.0 - band && high <= 1.0 + band => Word::Same,
        _ => Word::Unclear,
    };
    Some((change, word))
}

#[cfg(test)]
mod tests;
