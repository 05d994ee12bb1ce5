//! What the cells along an axis amount to, and where between them another one would tell more.
//!
//! - [`asked`] is what can be asked of the arms of a comparison;
//! - [`verdict`] puts the whole into words.

mod asked;
mod verdict;

use crate::crossover::search::Next;
use crate::report::{Measured, Settings, Side, rounds};
use crate::scaling::scaling;
use crate::sweep::Knob;
use crate::verdict::ENOUGH_ROUNDS;

use asked::Asked;

/// A comparison along an axis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Along<'a> {
    /// What is turned.
    pub(crate) knob: Knob,
    /// How many tasks each run has.
    pub(crate) tasks: usize,
    /// How many of them run at once, where nothing keeps them from it.
    pub(crate) at_once: usize,
    /// How many processors there are for the workers.
    pub(crate) cpus: usize,
    /// How it is measured.
    pub(crate) settings: &'a Settings,
}

impl Along<'_> {
    /// The next place of the knob that is worth measuring; `None` once nothing is left to find between the cells.
    pub(crate) fn next_place(&self, measured: &Measured) -> Option<f64> {
        if fewest_rounds(measured) < ENOUGH_ROUNDS {
            return None;
        }
        self.asked(measured)
            .iter()
            .find_map(|asked| match asked.next(self, measured) {
                Next::Measure(point) => Some(self.knob.place_at(point)),
                Next::Done(_) => None,
            })
    }

    /// What is asked along the axis.
    fn asked(&self, measured: &Measured) -> Vec<Asked> {
        let share = self.settings.min_effect;
        match self.knob {
            Knob::Length => Asked::all(measured, share),
            Knob::Parent => Asked::of_parents(measured, share),
            _ => Vec::new(),
        }
    }

    /// Works out what all cells together tell.
    pub(crate) fn conclude(&self, measured: &mut Measured) {
        measured.crossovers.clear();
        let Some(axis) = measured.axis.clone() else {
            return;
        };
        let mut headline = Vec::new();
        let fewest = fewest_rounds(measured);
        match self.knob {
            // What is told along an axis are small effects.
            Knob::Length | Knob::Workers | Knob::Parent if fewest < ENOUGH_ROUNDS => {
                headline.push(format!(
                    "Too few for a verdict: {}, of at least {ENOUGH_ROUNDS}.",
                    rounds(fewest)
                ));
            }
            Knob::Length | Knob::Parent => {
                for asked in self.asked(measured) {
                    let finding = asked.finding(self, measured);
                    headline.push(finding.headline(axis.unit));
                    let crossover = finding.crossover(axis.unit);
                    measured.crossovers.push(crossover);
                }
            }
            Knob::Workers => {
                let arms = measured.arms.iter().filter(|arm| arm.control_of.is_none());
                let scalings = arms.filter_map(|arm| match arm.side {
                    Side::Sequential => None,
                    _ => scaling(&arm.name, &measured.cells, self.cpus),
                });
                measured.scaling = scalings.collect();
                headline.extend(verdict::of_workers(&measured.scaling));
            }
            _ => {}
        }
        measured.card = Some(verdict::card(measured, &headline));
    }
}

fn fewest_rounds(measured: &Measured) -> usize {
    let counts = measured.cells.iter().map(|cell| cell.rounds.len());
    counts.min().unwrap_or(0)
}

#[cfg(test)]
mod tests;
