//! Does the comparison say what is true? Arms whose ratio is known are measured on machines that are made up.
//!
//! The machines jitter, drift and have bursts of other work; the order of the arms, the end of the rounds, the floor and
//! the words are those of a real comparison. Only the times are made up.

mod machine;
mod trial;
mod goal;
mod table;

use std::num::NonZero;
use std::thread;

use crate::report::Word;
use crate::statistics::count;

use goal::{Goal, RATIOS, Ratio};
use machine::{MACHINES, Machine};
use trial::{Trial, Truth};

/// How often each ratio is measured on each machine, unless told otherwise.
pub const RUNS: u32 = 400;

/// What a self-test found.
///
/// ```
/// let found = anypool_compare::self_test(42, 8);
/// assert!(found.to_string().contains("faster"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SelfTest {
    runs: u32,
    seed: u64,
    rows: Vec<Row>,
}

/// One ratio on one machine.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    machine: Machine,
    ratio: Ratio,
    trials: Vec<Trial>,
}

impl SelfTest {
    /// Whether every goal was kept.
    pub fn is_passed(&self) -> bool {
        self.rows.iter().all(|row| row.missed().is_none())
    }
}

impl Row {
    /// The share of trials of which this is true.
    fn share(&self, is: impl Fn(&Trial) -> bool) -> f64 {
        let found = self.trials.iter().filter(|trial| is(trial)).count();
        count(found) / count(self.trials.len())
    }

    /// The share of trials that say this word.
    fn said(&self, word: Word) -> f64 {
        self.share(|trial| trial.word == Some(word))
    }

    /// The goal that was missed.
    fn missed(&self) -> Option<&Goal> {
        let mut goals = self.ratio.goals.iter();
        goals.find(|goal| !goal.is_kept(|word| self.said(word), self.machine.tells))
    }
}

/// Measures every ratio on every machine so many times, on all processors.
///
/// # Panics
///
/// When a thread cannot be started, or one of a trial's panics.
pub fn self_test(seed: u64, runs: u32) -> SelfTest {
    let rows = MACHINES.iter().flat_map(|machine| {
        RATIOS.iter().map(move |ratio| Row {
            machine: *machine,
            ratio: *ratio,
            trials: trials(machine, ratio.factor, seed, runs),
        })
    });
    SelfTest {
        runs,
        seed,
        rows: rows.collect(),
    }
}

/// Shares the trials among as many threads as there are processors; which thread runs one does not change it.
fn trials(machine: &Machine, factor: f64, seed: u64, runs: u32) -> Vec<Trial> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let some = |first: usize| {
        (0..runs)
            .skip(first)
            .step_by(threads)
            .map(|run| {
                let seed = seed.wrapping_add(u64::from(run));
                Truth { machine, factor }.trial(seed)
            })
            .collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let started: Vec<_> = (0..threads)
            .map(|first| {
                thread::Builder::new()
                    .name(format!("trials {first}"))
                    .spawn_scoped(scope, move || some(first))
                    .expect("a thread for trials can be started")
            })
            .collect();
        started
            .into_iter()
            .flat_map(|thread| thread.join().expect("no trial panics"))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides_what_is_found() {
        assert_eq!(self_test(1, 4), self_test(1, 4));
        assert_ne!(self_test(1, 4), self_test(2, 4));
    }

    #[test]
    fn every_goal_is_kept() {
        let found = self_test(42, 60);
        assert!(found.is_passed(), "{found}");
    }

    #[test]
    fn a_comparison_that_lies_is_found_out() {
        let mut found = self_test(42, 60);
        // As if the arms were told apart by other times than they had.
        for row in &mut found.rows {
            row.ratio = RATIOS[0];
        }
        assert!(!found.is_passed(), "{found}");
        assert!(found.to_string().contains("MISSED"), "{found}");
    }
}
